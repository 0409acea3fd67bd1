"""Drives without shared memory or without locks: conversations are kept there, or it is said."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from tests.store.network_drive import built, said_on

CODE = "from tests.store.test_network_drive import add_one as f; f()"


def add_one() -> None:
    """Runs in a child."""
    opened = open_store(default_path(), busy_seconds=0.1)
    opened.store.create()
    print(*opened.notes)
    print(opened.lasting, len(opened.store.shelf.entries()))
    opened.close()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("drive"))


def said(refuses: str, library: Path) -> list[str]:
    return said_on(default_path().parent, refuses, library, CODE).splitlines()


def journal() -> str:
    with closing(sqlite3.connect(default_path())) as file:
        return file.execute("PRAGMA journal_mode").fetchone()[0]


def test_without_shared_memory_it_is_kept_without_the_log(library: Path):
    for count in (1, 2):
        note, kept = said("memory", library)
        assert "network drive" in note
        assert kept == f"True {count}"
    assert journal() == "delete"


def test_a_file_with_a_log_that_a_kill_left_is_kept_without_one(library: Path):
    opened = open_store(default_path())
    opened.store.create()
    opened.claim.release()  # and no more: the log stays, as after a kill
    log = default_path().with_name("transcripts.db-wal").read_bytes()
    whole = default_path().read_bytes()
    opened.store.close()
    default_path().write_bytes(whole)
    default_path().with_name("transcripts.db-wal").write_bytes(log)
    note, kept = said("memory", library)
    assert "network drive" in note
    assert kept == "True 2"
    assert journal() == "delete"


def test_back_on_a_drive_of_ones_own_the_log_is_used_again(library: Path):
    said("memory", library)
    opened = open_store(default_path())
    assert opened.notes == ()
    opened.close()
    assert journal() == "wal"


def test_without_locks_the_conversations_are_shown_and_nothing_is_written(library: Path):
    open_store(default_path()).close()
    before = default_path().read_bytes()
    note, kept = said("locks", library)
    assert "gives no locks" in note
    assert "nothing new will be kept" in note
    assert kept == "False 1"
    assert default_path().read_bytes() == before
