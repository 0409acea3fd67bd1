"""Sweeps in the store: beside the turns of a conversation, and gone with them."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.store.database import Database
from steerlm_studio.store.health import open_store
from steerlm_studio.store.moving import settle
from steerlm_studio.store.records import Counts, StoredCell, StoredSweep
from steerlm_studio.store.repair import repair
from steerlm_studio.store.schema import MIGRATIONS, migrate, version_of
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts import json_file
from steerlm_studio.store.transcripts.intake import bring_in
from steerlm_studio.store.transcripts.options import Options
from tests.store.made import SETUP, answered

AXES = (("humor", (0, 2, None)), ("lang", ("en", "de")))


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


def sweep(parent: int | None = None, question: str = "Name a tree.") -> StoredSweep:
    cells = (StoredCell("An oak.", "stop", 7, Counts(tokens=3, width=4)), *[StoredCell()] * 5)
    return StoredSweep(0, parent, question, "quality:4,humor:1", AXES, SETUP, cells)


def test_a_sweep_comes_back_as_it_was_put_in(store: Store):
    talk = store.create()
    number = store.sweeps.add(talk, sweep())
    (found,) = store.sweeps.of(talk)
    assert found.id == number
    assert found.created > 0
    assert (found.axes, found.cells, found.control) == (AXES, sweep().cells, "quality:4,humor:1")
    assert replace(found.setup, sampling=SETUP.sampling) == SETUP  # the seeds are the cells'


def test_cells_grow_and_end(store: Store):
    talk = store.create()
    number = store.sweeps.add(talk, sweep())
    store.sweeps.write(number, {1: StoredCell("A be")})
    store.sweeps.write(number, {1: StoredCell("A beech.", "length", 3), 5: StoredCell("Ash")})
    cells = store.sweeps.of(talk)[0].cells
    assert [cell.reply for cell in cells] == ["An oak.", "A beech.", "", "", "", "Ash"]
    assert cells[1] == StoredCell("A beech.", "length", 3)


def test_the_question_names_a_conversation_without_another_name(store: Store):
    new, named = store.create(), store.create()
    store.shelf.rename(named, "Trees")
    for talk in (new, named):
        store.sweeps.add(talk, sweep())
    assert {entry.title for entry in store.shelf.entries()} == {"Name a tree.", "Trees"}


def test_a_sweep_is_in_the_bin_with_its_turn_and_goes_with_it(store: Store):
    talk = store.create()
    turn = answered(store, talk, None, "Name a tree.", "An oak.")
    store.sweeps.add(talk, sweep(turn))
    entry = store.shelf.delete_version(turn)
    assert store.sweeps.of(talk) == ()
    store.shelf.restore(entry)
    assert len(store.sweeps.of(talk)) == 1
    store.shelf.delete_version(turn)
    store.shelf.empty_bin()
    assert store.database.number("SELECT count(*) FROM sweep") == 0
    assert store.database.number("SELECT count(*) FROM sweep_cell") == 0


def test_a_sweep_of_no_conversation_is_refused(store: Store):
    with pytest.raises(StudioError, match="conversation"):
        store.sweeps.add(99, sweep())


def test_damaged_axes_hide_no_other_sweep(store: Store):
    talk = store.create()
    store.sweeps.add(talk, sweep())
    store.sweeps.add(talk, sweep())
    store.database.do("UPDATE sweep SET axes = '[[3,' WHERE id = 1")
    assert [found.axes for found in store.sweeps.of(talk)] == [(), AXES]


def test_a_file_from_before_there_were_sweeps_gets_room_for_them(tmp_path: Path):
    path = tmp_path / "transcripts.db"
    with closing(Database(path)) as old:
        migrate(old, pytest.fail, MIGRATIONS[:1])  # a new file needs no backup
        turn = answered(Store(old), Store(old).create(), None, "Name a tree.", "An oak.")
    opened = open_store(path)
    talk = opened.store.shelf.entries()[0].id
    opened.store.sweeps.add(talk, sweep(turn))
    assert version_of(opened.store.database) == len(MIGRATIONS)
    assert len(opened.store.sweeps.of(talk)) == 1
    opened.close()


@pytest.mark.parametrize("version", [1, len(MIGRATIONS)])
def test_a_repaired_file_has_its_sweeps_whatever_its_version(tmp_path: Path, version: int):
    path = tmp_path / "transcripts.db"
    with closing(Database(path)) as database:
        migrate(database, lambda version: None, MIGRATIONS[:version])
        store = Store(database)
        turn = answered(store, store.create(), None, "Name a tree.", "An oak.")
        if version > 1:
            store.sweeps.add(1, sweep(turn))
    with closing(Database(path)) as database:
        database.do("PRAGMA foreign_keys = OFF")
        database.do("DELETE FROM turn")
        database.do("DELETE FROM conversation")
    assert "is repaired" in repair(path)[0]
    opened = open_store(path)
    swept = [s for entry in opened.store.shelf.entries() for s in opened.store.sweeps.of(entry.id)]
    assert [found.cells[0].reply for found in swept] == ["An oak."] * (version > 1)
    opened.close()


def with_sweeps(store: Store) -> int:
    """One that begins the conversation, and one after a turn."""
    talk = store.create()
    turn = answered(store, talk, None, "Name a tree.", "An oak.")
    store.sweeps.add(talk, sweep())
    store.sweeps.add(talk, sweep(turn, "And a bush?"))
    return talk


def told(store: Store, conversation: int) -> list[object]:
    """What they say, and the question of the turn that each follows."""
    record = store.conversation(conversation)
    turns = {turn.id: turn.question for turn in record.turns}
    return [
        (turns.get(one.parent), one.question, one.control, one.axes, one.setup, one.created,
         [(cell.reply, cell.seed, cell.counts) for cell in one.cells])
        for one in record.sweeps
    ]  # fmt: skip


def test_a_duplicate_has_the_sweeps_too(store: Store):
    talk = with_sweeps(store)
    copy = store.duplicate(talk)
    assert told(store, copy) == told(store, talk)
    assert [one[:2] for one in told(store, copy)] == [
        (None, "Name a tree."),
        ("Name a tree.", "And a bush?"),
    ]


def test_our_json_holds_the_sweeps(store: Store, tmp_path: Path):
    talk = with_sweeps(store)
    file = tmp_path / "all.json"
    file.write_text("".join(json_file.write([store.conversation(talk)], Options())))
    there = Store.in_memory()
    assert bring_in(there, [file]).problems == []
    (entry,) = there.shelf.entries()
    assert told(there, entry.id) == told(store, talk)
    (first, _) = there.conversation(entry.id).sweeps
    assert [cell.finish for cell in first.cells] == ["stop", *["interrupted"] * 5]


def test_a_conversation_of_a_sweep_alone_comes_in_with_its_title(store: Store, tmp_path: Path):
    talk = store.create()
    store.sweeps.add(talk, sweep())
    file = tmp_path / "all.json"
    record = replace(store.conversation(talk), title="")
    file.write_text("".join(json_file.write([record], Options())))
    there = Store.in_memory()
    assert bring_in(there, [file]).problems == []
    assert [entry.title for entry in there.shelf.entries()] == ["Name a tree."]


def test_sweeps_go_along_to_another_folder(store: Store, tmp_path: Path):
    other = open_store(tmp_path / "transcripts.db")
    answered(other.store, other.store.create(), None, "Name a bush.", "A rose.")
    other.close()
    talk = with_sweeps(store)
    settle(store, tmp_path / "transcripts.db", since=0)
    other = open_store(tmp_path / "transcripts.db")
    newest = max(entry.id for entry in other.store.shelf.entries())
    assert told(other.store, newest) == told(store, talk)
    other.close()


def test_a_sweep_is_found_by_its_question(store: Store):
    talk, other = store.create(), store.create()
    store.shelf.rename(talk, "Trees")
    turn = answered(store, talk, None, "Name a bush.", "A rose.")
    store.sweeps.add(talk, sweep(turn, "Which rivers are longest?"))
    (hit,) = store.search.find("river longest")
    assert (hit.conversation, hit.turn, hit.excerpt) == (talk, None, "Which rivers are longest?")
    store.sweeps.add(other, sweep(question="Rivers of Asia?"))  # since the search before
    assert [hit.conversation for hit in store.search.find("rivers asia")] == [other]
    entry = store.shelf.delete_version(turn)
    assert store.search.find("longest") == []
    store.shelf.restore(entry)
    assert len(store.search.find("longest")) == 1
    store.shelf.delete(talk)
    assert store.search.find("longest") == []
