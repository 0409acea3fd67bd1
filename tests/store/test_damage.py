"""Records, texts and indexes that are damaged: none hides another."""

import random
import re
from pathlib import Path

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from tests.store.made import LONG, WORDS, answered, change, filled, found, left_open, replies

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path() -> Path:
    return default_path()


def test_a_damaged_record_hides_no_other(path):
    filled(path, 3, LONG)
    opened = open_store(path)
    opened.store.database.do("PRAGMA wal_checkpoint(TRUNCATE)")
    page = opened.store.database.number("PRAGMA page_size")
    opened.close()
    _spoil(path, b"1 An oak is", page)
    unreadable, *others = replies(path)
    assert unreadable == ""
    assert [reply.endswith(LONG) for reply in others] == [True, True]


def test_fields_that_are_no_json_hide_nothing(store):
    talk = store.create()
    answered(store, talk, None, "Name a tree.", "An oak.")
    for table, column in (("body", "counts"), ("body", "extra"), ("conversation", "view")):
        store.database.do(f"UPDATE {table} SET {column} = '[broken'")
    store.database.do("UPDATE setup SET fields = 'x'")
    assert store.conversation(talk).turns[0].reply == "An oak."


def _spoil(path: Path, words: bytes, page: int) -> None:
    """Break the chain of pages that a long text fills, at its first link."""
    data = bytearray(path.read_bytes())
    spot = data.index(words)
    following = data.index(b"An oak is a tree. ", spot + page) // page * page
    data[following : following + 4] = b"\xff\xff\xff\xf0"
    path.write_bytes(data)


@pytest.mark.parametrize(
    "change_to",
    [
        "conversation SET title = {}",
        "folder SET name = {}",
        "tag SET name = {} WHERE conversation = 2",
        "control SET text = {}",
        "setup SET fields = {}",
        "body SET question = {} WHERE turn = 2",
        "body SET note = {}, label = {}, counts = {}, extra = {}",
        "conversation SET system = {}, draft = {}, view = {}, extra = {}",
        "conversation SET changed = {}, created = {}, shown = {}",
        "turn SET created = {}, finished = {}, vote = {}, seed = {}, shown = {}",
    ],
)
@pytest.mark.parametrize("damage", ["CAST(x'ff41fe' AS TEXT)", "x'ff41fe'", "'soon'"])
def test_a_field_that_is_not_what_it_should_be_hides_nothing(path, damage, change_to):
    filled(path)
    opened = open_store(path)
    opened.store.shelf.move(1, "Trees")
    opened.store.shelf.tag(2, "oak")
    opened.close()
    triggers = ("body_changed", "title_changed")
    drops = (f"DROP TRIGGER {name}" for name in triggers)
    change(path, *drops, f"UPDATE {change_to.replace('{}', damage)}")
    opened = open_store(path)
    assert found(opened) == ["0 An oak.", "1 An oak.", "2 An oak."]
    assert len(opened.store.search.find("oak")) == 3
    assert all(isinstance(name, str) for name in opened.store.shelf.folders())
    opened.close()


@pytest.mark.parametrize("damage", ["CAST(x'ff41fe' AS TEXT)", "x'ff41fe'"])
def test_a_reply_with_damaged_letters_shows_those_that_can_be_read(path, damage):
    filled(path)
    change(path, "DROP TRIGGER body_changed", f"UPDATE body SET reply = {damage} WHERE turn = 2")
    assert replies(path) == ["0 An oak.", "2 An oak.", "\ufffdA\ufffd"]


def test_json_that_is_nested_without_end_hides_nothing(path):
    filled(path)
    deep = "[" * 100_000
    change(
        path,
        f"UPDATE body SET extra = '{deep}', counts = '{deep}'",
        f"UPDATE conversation SET view = '{deep}'",
        f"INSERT OR REPLACE INTO state VALUES ('open', '{deep}')",
    )
    opened = open_store(path)
    assert len(found(opened)) == 3
    assert opened.store.state("open", 7) == 7
    opened.close()


def test_a_broken_index_of_words_is_repaired_after_a_crash(path):
    """Before, every question was refused from then on: its words could not be put in."""
    filled(path)
    left_open(path)
    change(path, WORDS)
    opened = open_store(path)
    answered(opened.store, opened.store.create(), None, "Another tree?", "An oak too.")
    assert len(opened.store.search.find("oak")) == 4
    assert "replies: 3; records that could not be read: 0." in opened.notes[0]
    opened.close()


def test_damage_that_a_window_met_is_repaired_at_the_next_start(path):
    """It says so to the user; before, only a crash let the next start look."""
    filled(path)
    change(path, WORDS)
    opened = open_store(path)
    with pytest.raises(StudioError, match="repairs it at its next start"):
        opened.store.search.find("oak")
    opened.close()
    again = open_store(path)
    assert "is repaired" in again.notes[0]
    assert not again.unclean
    assert len(again.store.search.find("oak")) == 3
    again.close()


@pytest.mark.parametrize("seed", range(12))
def test_bytes_that_changed_anywhere_end_in_a_file_that_works(path, seed):
    """After the second start at the latest; the first may be needed to meet the damage."""
    filled(path, 12, LONG)
    left_open(path)
    dice, data = random.Random(seed), bytearray(path.read_bytes())
    for _ in range(3):
        spot, length = dice.randrange(4096, len(data)), dice.choice((1, 8, 400, 5000))
        data[spot : spot + length] = dice.randbytes(len(data[spot : spot + length]))
    path.write_bytes(data)
    open_store(path).close()
    opened = open_store(path)
    answered(opened.store, opened.store.create(), None, "Another tree?", "An elm.")
    assert len([reply for reply in found(opened) if re.search("oak|elm", reply)]) > 6
    assert opened.store.search.find("elm")
    opened.close()
