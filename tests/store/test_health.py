"""Opening a file that is full, locked, read-only, older or newer: the program starts."""

import os
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
from tests.store.made import answered, asked, filled, left_open, replies


@pytest.fixture
def path() -> Path:
    return default_path()


def test_a_clean_end_is_told_from_a_crash(path):
    filled(path)
    opened = open_store(path)
    assert (opened.unclean, opened.notes, opened.lasting) == (False, (), True)
    opened.close()
    left_open(path)
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
    assert replies(path) == ["An oak."]
    assert not first.unclean


def test_a_newer_file_is_left_alone_and_the_program_starts(path):
    filled(path)
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
    filled(path)
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
        filled(path)
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
    filled(path)
    acknowledged, sentence = _said_by_child("write_until_refused", path).splitlines()
    assert int(acknowledged) > 0
    assert "disk is full" in sentence
    assert len(replies(path)) == 3 + int(acknowledged)


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


def test_the_format_is_changed_step_by_step_with_a_backup_before_each(path):
    filled(path)
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
    filled(path)
    database = Database(path)

    def fails(changed: Database) -> None:
        changed.do("CREATE TABLE later (id INTEGER)")
        changed.do("SELECT nonsense")

    with pytest.raises(StudioError):
        migrate(database, lambda version: None, (*MIGRATIONS, fails))
    assert version_of(database) == len(MIGRATIONS)
    assert database.rows("SELECT * FROM sqlite_schema WHERE name = 'later'") == []
    database.close()


def test_a_network_drive_is_told_by_what_is_mounted_there(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text("disk / ext4 rw 0 0\nserver:/home /mnt/my\\040home nfs4 rw 0 0\n")
    assert is_on_network(Path("/mnt/my home/me"), mounts)
    assert not is_on_network(Path("/home/me"), mounts)
