"""Opening a file that is cut, full, locked, read-only, newer or damaged: the program starts."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.store import backup
from steerlm_studio.store.database import Database
from steerlm_studio.store.health import open_beside, open_store
from steerlm_studio.store.places import is_on_network
from steerlm_studio.store.schema import MIGRATIONS, migrate, version_of
from steerlm_studio.store.store import default_path
from tests.store.made import answered, asked

LONG = "An oak is a tree. " * 600  # several pages


@pytest.fixture
def path() -> Path:
    return default_path()


def _filled(path: Path, talks: int = 3, reply: str = "An oak.") -> None:
    opened = open_store(path)
    for number in range(talks):
        talk = opened.store.create()
        answered(opened.store, talk, None, f"Question {number}", f"{number} {reply}")
    opened.close()


def _left_open(path: Path) -> None:
    """End like a killed window: nothing is said to the file."""
    opened = open_store(path)
    opened.store.close()
    opened.claim.release()


def _replies(path: Path) -> list[str]:
    opened = open_beside(path)
    records = [opened.store.conversation(entry.id) for entry in opened.store.shelf.entries()]
    opened.close()
    return sorted(turn.reply for record in records for turn in record.turns)


def test_a_clean_end_is_told_from_a_crash(path):
    _filled(path)
    opened = open_store(path)
    assert (opened.unclean, opened.notes, opened.lasting) == (False, (), True)
    opened.close()
    _left_open(path)
    again = open_store(path)
    again.close()
    assert again.unclean


def test_a_reply_that_was_cut_is_kept_and_marked(path):
    opened = open_store(path)
    talk = opened.store.create()
    (turn,) = opened.store.ask(talk, None, asked())
    opened.store.append({turn: "An o"})
    opened.store.close()
    opened.claim.release()
    again = open_store(path)
    (found,) = again.store.conversation(talk).turns
    again.close()
    assert again.interrupted == (turn,)
    assert (found.reply, found.finish) == ("An o", "interrupted")


def test_a_second_window_works_beside_the_first_and_marks_nothing(path):
    first = open_store(path)
    talk = first.store.create()
    (turn,) = first.store.ask(talk, None, asked())
    second = open_store(path)
    assert "Another window" in second.notes[0]
    assert second.interrupted == ()
    second.close()
    first.store.finish(turn, "stop", reply="An oak.")
    first.close()
    assert _replies(path) == ["An oak."]
    assert not first.unclean


def test_a_newer_file_is_left_alone_and_the_program_starts(path):
    _filled(path)
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    opened = open_store(path)
    opened.store.create()
    opened.close()
    assert "newer version" in opened.notes[0]
    assert not opened.lasting
    assert path.read_bytes() == before
    with pytest.raises(StudioError, match="newer version"):
        open_beside(path)


def test_a_locked_file_is_said_and_the_program_starts(path):
    _filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        opened = open_store(path, busy_seconds=0.05)
        opened.close()
    assert "Another program holds" in opened.notes[0]
    assert not opened.lasting


def test_a_folder_that_cannot_be_made_is_said_and_the_program_starts(tmp_path):
    (tmp_path / "file").write_text("in the way")
    opened = open_store(tmp_path / "file" / "transcripts.db")
    opened.store.create()
    opened.close()
    assert "cannot be made" in opened.notes[0]


def test_a_file_that_cannot_be_written_is_shown_from_a_copy():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "transcripts.db"
        _filled(path)
        Path(folder).chmod(0o755)
        path.chmod(0o444)
        path.parent.chmod(0o555)
        said = _said_by_child("show_read_only", path)
        path.parent.chmod(0o755)
    assert "cannot be written to" in said
    assert "3 conversations, lasting: False" in said


def show_read_only(name: str) -> None:
    """Runs in a child, which gives up root's right to write everywhere."""
    if os.geteuid() == 0:
        os.seteuid(65534)
    opened = open_store(Path(name))
    opened.store.create()
    count = len(opened.store.shelf.entries()) - 1
    print(*opened.notes)
    print(f"{count} conversations, lasting: {opened.lasting}")
    opened.close()


def _said_by_child(function: str, path: Path) -> str:
    code = f"import sys; from tests.store.test_health import {function} as f; f(sys.argv[1])"
    command = [sys.executable, "-c", code, str(path)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_full_disk_is_a_sentence_and_loses_nothing_from_before(store):
    talk = store.create()
    turn = answered(store, talk, None, "Name a tree.", "An oak.")
    pages = store.database.number("PRAGMA page_count")
    store.database.do(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StudioError, match="disk is full"):
        store.ask(talk, turn, asked("x" * 100_000))
    assert len(store.conversation(talk).turns) == 1
    store.database.do("PRAGMA max_page_count = 1000000")
    assert store.ask(talk, turn, asked("x" * 100_000))


def test_a_disk_that_refuses_to_grow_a_file_loses_nothing_acknowledged(path):
    _filled(path)
    acknowledged, sentence = _said_by_child("write_until_refused", path).splitlines()
    assert int(acknowledged) > 0
    assert "disk is full" in sentence
    assert len(_replies(path)) == 3 + int(acknowledged)


def write_until_refused(name: str) -> None:
    """Runs in a child: no file may grow beyond 2 MB."""
    import resource

    opened = open_store(Path(name))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
    count = 0
    try:
        while True:
            talk = opened.store.create()
            opened.store.ask(talk, None, asked("x" * 10_000))
            count += 1
    except StudioError as error:
        print(count)
        print(error)


def test_a_damaged_record_hides_no_other(path):
    _filled(path, 3, LONG)
    opened = open_store(path)
    opened.store.database.do("PRAGMA wal_checkpoint(TRUNCATE)")
    page = opened.store.database.number("PRAGMA page_size")
    opened.close()
    _spoil(path, b"1 An oak is", page)
    unreadable, *others = _replies(path)
    assert unreadable == ""
    assert [reply.endswith(LONG) for reply in others] == [True, True]


def test_a_damaged_file_is_repaired_after_a_crash_and_kept(path):
    _filled(path, 40, LONG)
    _left_open(path)
    data = bytearray(path.read_bytes())
    page = 4096
    spot = data.index(b"20 An oak is") // page * page
    data[spot : spot + page] = b"\xff" * page
    path.write_bytes(data)
    opened = open_store(path)
    replies = [
        turn.reply
        for entry in opened.store.shelf.entries()
        for turn in opened.store.conversation(entry.id).turns
    ]
    assert len(opened.store.search.find("oak")) >= 38
    opened.close()
    assert "damaged" in opened.notes[0]
    assert "could be read back, " in opened.notes[0]
    assert sum(reply.endswith(LONG) for reply in replies) >= 38
    assert list(path.parent.glob("transcripts-damaged-*.db"))


def test_a_file_that_is_no_database_gives_way_to_the_last_backup(path):
    _filled(path)
    backup.back_up_today(path)
    path.write_bytes(b"\0" * 5000)
    opened = open_store(path)
    opened.close()
    assert "are back" in opened.notes[0]
    assert len(_replies(path)) == 3


def test_without_a_backup_it_starts_empty_and_says_so(path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database at all" * 100)
    opened = open_store(path)
    opened.store.create()
    opened.close()
    assert "no backup" in opened.notes[0]
    assert opened.lasting


def test_fields_that_are_no_json_hide_nothing(store):
    talk = store.create()
    answered(store, talk, None, "Name a tree.", "An oak.")
    for table, column in (("body", "counts"), ("body", "extra"), ("conversation", "view")):
        store.database.do(f"UPDATE {table} SET {column} = '[broken'")
    store.database.do("UPDATE setup SET fields = 'x'")
    assert store.conversation(talk).turns[0].reply == "An oak."


def test_the_format_is_changed_step_by_step_with_a_backup_before_each(path):
    _filled(path)
    database = Database(path)
    steps = (*MIGRATIONS, lambda changed: changed.do("CREATE TABLE later (id INTEGER)"))
    migrate(database, lambda version: backup.back_up_version(path, version), steps)
    assert version_of(database) == len(MIGRATIONS) + 1
    database.close()
    with closing(
        sqlite3.connect(backup.folder_of(path) / f"before-format-{len(steps)}.db")
    ) as before:
        assert before.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert before.execute("SELECT count(*) FROM turn").fetchone() == (3,)


def test_a_change_of_format_that_fails_leaves_no_trace(path):
    _filled(path)
    database = Database(path)

    def fails(changed: Database) -> None:
        changed.do("CREATE TABLE later (id INTEGER)")
        changed.do("SELECT nonsense")

    with pytest.raises(StudioError):
        migrate(database, lambda version: None, (*MIGRATIONS, fails))
    assert version_of(database) == len(MIGRATIONS)
    assert database.rows("SELECT * FROM sqlite_schema WHERE name = 'later'") == []
    database.close()


def test_ten_daily_backups_are_kept(path):
    _filled(path)
    folder = backup.folder_of(path)
    folder.mkdir()
    for day in range(1, 13):
        shutil.copy(path, folder / f"day-2020-01-{day:02}.db")
    assert backup.back_up_today(path) == backup.today(path)
    assert backup.back_up_today(path) is None
    names = [file.name for file in backup.days(path)]
    assert len(names) == 10
    assert names[-1] == "day-2020-01-04.db"


def test_a_network_drive_is_told_by_what_is_mounted_there(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("disk / ext4 rw 0 0\nserver:/home /mnt/my\\040home nfs4 rw 0 0\n")
    assert is_on_network(Path("/mnt/my home/me"), mounts)
    assert not is_on_network(Path("/home/me"), mounts)


def _spoil(path: Path, words: bytes, page: int) -> None:
    """Break the chain of pages that a long text fills, at its first link."""
    data = bytearray(path.read_bytes())
    spot = data.index(words)
    following = data.index(b"An oak is a tree. ", spot + page) // page * page
    data[following : following + 4] = b"\xff\xff\xff\xf0"
    path.write_bytes(data)
