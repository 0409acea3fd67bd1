"""The list of conversations: order, folders, tags, pins, and the bin."""

import pytest

from steerlm_studio.errors import StudioError
from tests.store.made import answered


def _titles(store, **where) -> list[str]:
    return [entry.title for entry in store.shelf.entries(**where)]


@pytest.fixture
def three(store) -> list[int]:
    talks = [store.create() for _ in range(3)]
    for number, talk in enumerate(talks):
        answered(store, talk, None, f"Question {number}", "An oak.")
    return talks


def test_pinned_ones_stand_first_then_the_last_changed(store, three):
    store.shelf.pin(three[1])
    assert _titles(store) == ["Question 1", "Question 2", "Question 0"]
    assert _titles(store, limit=1, offset=1) == ["Question 2"]


def test_a_title_is_one_line(store, three):
    store.shelf.rename(three[0], " Trees\nand bushes ")
    assert "Trees and bushes" in _titles(store)


def test_folders_hold_conversations_and_let_them_go(store, three):
    store.shelf.move(three[0], "Garden")
    assert _titles(store, folder="Garden") == ["Question 0"]
    store.shelf.rename_folder("Garden", "Wood")
    assert store.shelf.folders() == ["Wood"]
    store.shelf.remove_folder("Wood")
    assert len(_titles(store, folder="")) == 3


def test_two_folders_cannot_have_one_name(store, three):
    store.shelf.move(three[0], "Garden")
    store.shelf.move(three[1], "Wood")
    with pytest.raises(StudioError, match="already"):
        store.shelf.rename_folder("Wood", "Garden")


def test_tags_are_put_on_and_taken_off(store, three):
    store.shelf.tag(three[0], "green")
    store.shelf.tag(three[0], "green")
    assert _titles(store, tag="green") == ["Question 0"]
    assert store.conversation(three[0]).tags == ("green",)
    store.shelf.untag(three[0], "green")
    assert store.shelf.tags() == []


def test_a_deleted_conversation_is_gone_and_comes_back(store, three):
    store.shelf.delete(three[0])
    assert len(_titles(store)) == 2
    assert "Question 0" not in [hit.title for hit in store.search.find("question")]
    assert store.shelf.undo().conversation == three[0]
    assert len(_titles(store)) == 3


def test_a_deleted_version_takes_what_follows_and_a_sibling_takes_its_place(store):
    talk = store.create()
    first = answered(store, talk, None, "Name a tree.", "An oak.")
    second = answered(store, talk, None, "Name a tree.", "A lime.")
    answered(store, talk, second, "Another?", "A beech.")
    entry = store.shelf.delete_version(second)
    assert [turn.id for turn in store.conversation(talk).path()] == [first]
    assert len(store.conversation(talk).turns) == 1
    store.shelf.restore(entry)
    assert [turn.reply for turn in store.conversation(talk).path()] == ["A lime.", "A beech."]


def test_a_version_restored_inside_a_deleted_one_waits_for_it(store):
    talk = store.create()
    first = answered(store, talk, None, "Name a tree.", "An oak.")
    second = answered(store, talk, first, "Another?", "A beech.")
    inner = store.shelf.delete_version(second)
    outer = store.shelf.delete_version(first)
    store.shelf.restore(inner)
    assert store.conversation(talk).turns == ()
    store.shelf.restore(outer)
    assert [turn.id for turn in store.conversation(talk).path()] == [first, second]


def test_an_emptied_bin_gives_nothing_back(store, three):
    version = store.conversation(three[1]).turns[0].id
    store.shelf.delete(three[0])
    store.shelf.delete_version(version)
    assert store.shelf.empty_bin(before=1.0) == 0
    assert store.shelf.empty_bin() == 2
    assert store.shelf.undo() is None
    assert store.database.number("SELECT count(*) FROM body") == 1
    assert len(_titles(store)) == 2


def test_the_bin_is_emptied_of_what_is_of_a_later_day(store):
    """The clock went back since; before, that stayed in the bin for good."""
    store.shelf.delete(store.create())
    store.database.do("UPDATE bin SET at = at + 100000")
    assert store.shelf.empty_bin() == 1
    assert store.shelf.bin() == []
