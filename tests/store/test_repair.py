"""Files that are damaged as a whole: what can be read comes back, else the last backup."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from steerlm_studio.store import backup
from steerlm_studio.store.health import open_store
from steerlm_studio.store.places import Claim
from steerlm_studio.store.store import default_path
from tests.store.made import LONG, WORDS, change, filled, found, left_open, replies

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path() -> Path:
    return default_path()


def test_a_damaged_file_is_repaired_after_a_crash_and_kept(path):
    filled(path, 40, LONG)
    left_open(path)
    data = bytearray(path.read_bytes())
    page = 4096
    spot = data.index(b"20 An oak is") // page * page
    data[spot : spot + page] = b"\xff" * page
    path.write_bytes(data)
    opened = open_store(path)
    found = [
        turn.reply
        for entry in opened.store.shelf.entries()
        for turn in opened.store.conversation(entry.id).turns
    ]
    assert len(opened.store.search.find("oak")) >= 38
    opened.close()
    assert "damaged" in opened.notes[0]
    assert "replies: 39; records that could not be read: " in opened.notes[0]
    assert sum(reply.endswith(LONG) for reply in found) >= 38
    assert list(path.parent.glob("transcripts-damaged-*.db"))


def test_a_file_that_is_no_database_gives_way_to_the_last_backup(path):
    filled(path)
    backup.back_up_today(path)
    path.write_bytes(b"\0" * 5000)
    opened = open_store(path)
    opened.close()
    assert "are back" in opened.notes[0]
    assert len(replies(path)) == 3


def test_without_a_backup_it_starts_empty_and_says_so(path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database at all" * 100)
    opened = open_store(path)
    opened.store.create()
    opened.close()
    assert "no backup" in opened.notes[0]
    assert opened.lasting


def test_a_file_that_was_cut_gives_what_is_left_of_it(path):
    filled(path, 40, LONG)
    os.truncate(path, path.stat().st_size // 2 + 99)
    opened = open_store(path)
    whole = [reply for reply in found(opened) if reply.endswith(LONG)]
    opened.close()
    assert "is repaired" in opened.notes[0]
    assert len(whole) > 10


def test_an_empty_file_gives_way_to_the_last_backup(path):
    filled(path)
    backup.back_up_today(path)
    path.write_bytes(b"")
    opened = open_store(path)
    assert "are back" in opened.notes[0]
    assert len(found(opened)) == 3
    opened.close()


@pytest.mark.parametrize("version", [0, -5])
def test_a_file_whose_version_is_damaged_is_repaired(path, version):
    filled(path)
    change(path, f"PRAGMA user_version = {version}")
    opened = open_store(path)
    assert "is repaired" in opened.notes[0]
    assert len(found(opened)) == 3
    opened.close()


def test_a_table_whose_description_is_damaged_hides_no_other(path):
    filled(path)
    change(path, "UPDATE sqlite_schema SET sql = 'garbage' WHERE name = 'turn'")
    opened = open_store(path)
    assert found(opened) == ["0 An oak.", "1 An oak.", "2 An oak."]
    assert "Recovered" in {entry.title for entry in opened.store.shelf.entries()}
    opened.close()


def test_where_nothing_can_be_read_the_backup_comes(path):
    """Before, an empty list came: “0 conversations could be read back”."""
    filled(path)
    backup.back_up_today(path)
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996  # which tables there are
    path.write_bytes(data)
    opened = open_store(path)
    assert "are back" in opened.notes[0]
    assert len(found(opened)) == 3
    opened.close()


def test_where_there_is_no_day_the_backup_before_a_change_of_format_comes(path):
    filled(path)
    backup.back_up_version(path, 1)
    path.write_bytes(b"\0" * 5000)
    opened = open_store(path)
    assert "are back" in opened.notes[0]
    assert len(found(opened)) == 3
    opened.close()


def test_without_room_for_a_repair_the_file_stays_and_the_program_starts(path):
    """Before, an OSError ended the program, and the file was gone from its place."""
    filled(path, 40, LONG)
    left_open(path)
    change(path, WORDS)
    code = "import sys; from tests.store.test_repair import open_cramped as f; f(sys.argv[1])"
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "no way to repair it there" in done.stdout
    assert "nothing new will be kept" in done.stdout
    assert [file.name for file in path.parent.glob("transcripts*.db")] == [path.name]
    opened = open_store(path)
    assert len(found(opened)) == 40
    opened.close()


def open_cramped(name: str) -> None:
    """Runs in a child: no file may grow beyond 100 KB."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    opened = open_store(Path(name))
    opened.store.create()
    print(*opened.notes)
    opened.close()


def test_what_a_repair_left_that_was_killed_is_in_nobodys_way(path):
    filled(path)
    left_open(path)
    change(path, WORDS)
    path.with_name("transcripts-repaired.tmp").write_bytes(b"half")
    opened = open_store(path)
    assert len(found(opened)) == 3
    opened.close()
    assert [file.name for file in path.parent.glob("*.tmp*")] == []


def test_a_file_that_another_window_holds_is_not_repaired_under_it(path):
    filled(path)
    path.write_bytes(b"\0" * 5000)
    claim = Claim(path.with_suffix(".lock"))
    opened = open_store(path)
    opened.close()
    claim.release()
    assert "Another program holds" in opened.notes[0]
    assert path.read_bytes() == b"\0" * 5000
