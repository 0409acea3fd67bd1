"""Asking, answering, versions, drafts: what is given to the store is in the file."""

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.languages import LANGUAGES
from steerlm_studio.store.health import open_store
from steerlm_studio.store.records import Asked, Counts
from steerlm_studio.store.store import default_path
from tests.store.made import SETUP, answered, asked


def test_a_reply_comes_back_with_all_it_was_made_with(store):
    talk = store.create("Be kind.")
    (turn,) = store.ask(talk, None, asked(humor=3))
    store.append({turn: "An "})
    store.append({turn: "oak."})
    counts = Counts(tokens=4, prompt_tokens=90, evaluated=12, reused=78, seconds=0.5)
    store.finish(turn, "length", counts, seed=99)
    (found,) = store.conversation(talk).turns
    assert (found.question, found.reply, found.finish) == ("Name a tree.", "An oak.", "length")
    assert "humor:3" in found.control
    assert (found.counts, found.seed) == (counts, 99)
    assert found.setup.sampling.seed == 99
    assert (found.setup.model, found.setup.versions) == (SETUP.model, SETUP.versions)
    assert 0 < found.created <= found.finished


def test_a_question_is_in_the_file_before_its_reply_begins(store):
    talk = store.create()
    store.ask(talk, None, asked("Why?"))
    with_another_eye = open_store(default_path())
    (turn,) = with_another_eye.store.conversation(talk).turns
    with_another_eye.close()
    assert (turn.question, turn.reply, turn.finish) == ("Why?", "", None)


def test_pieces_show_in_a_running_reply(store):
    talk = store.create()
    (turn,) = store.ask(talk, None, asked())
    store.append({turn: "An "})
    store.append({turn: "oak"})
    assert store.conversation(talk).turns[0].reply == "An oak"


def test_a_comparison_is_versions_side_by_side_with_the_first_shown(store):
    talk = store.create()
    turns = store.ask(talk, None, asked(humor=0), asked(humor=4))
    store.append(dict(zip(turns, ("Dry.", "Funny."), strict=True)))
    record = store.conversation(talk)
    assert [turn.reply for turn in record.versions(None)] == ["Dry.", "Funny."]
    assert [turn.reply for turn in record.path()] == ["Dry."]


def test_keeping_a_version_shows_it_and_unkeeps_its_siblings(store):
    talk = store.create()
    dry, funny = store.ask(talk, None, asked(humor=0), asked(humor=4))
    store.keep(dry)
    store.keep(funny)
    record = store.conversation(talk)
    assert [turn.kept for turn in record.turns] == [False, True]
    assert [turn.id for turn in record.path()] == [funny]


def test_an_edited_question_is_a_branch_and_overwrites_nothing(store):
    talk = store.create()
    first = answered(store, talk, None, "Name a tree.", "An oak.")
    follow = answered(store, talk, first, "And a bush?", "A hazel.")
    branch = answered(store, talk, None, "Name a flower.", "A rose.")
    assert [turn.id for turn in store.conversation(talk).path()] == [branch]
    store.show(first)
    assert [turn.id for turn in store.conversation(talk).path()] == [first, follow]


def test_the_first_question_makes_the_title_in_one_short_line(store):
    talk = store.create()
    store.ask(talk, None, Asked("Why \n is  " + "the sky " * 20))
    (entry,) = store.shelf.entries()
    assert entry.title.startswith("Why is the sky the sky")
    assert entry.title.endswith("…")
    assert len(entry.title) <= 60


def test_sending_takes_the_draft(store):
    talk = store.create()
    store.set_draft(talk, "half a thou")
    assert store.conversation(talk).draft == "half a thou"
    store.ask(talk, None, asked())
    assert store.conversation(talk).draft == ""


def test_votes_notes_and_corrected_labels_are_kept(store):
    talk = store.create()
    turn = answered(store, talk, None, "Name a tree.", "An oak.")
    store.vote(turn, 5)
    store.note(turn, "too short")
    store.label(turn, "humor:1")
    (found,) = store.conversation(talk).turns
    assert (found.vote, found.note, found.label, found.told) == (
        1,
        "too short",
        "humor:1",
        "humor:1",
    )


def test_what_the_window_remembers_is_any_json(store):
    talk = store.create()
    store.set_view(talk, {"columns": 3, "scroll": 0.5})
    store.set_state("open", {"conversation": talk})
    assert store.conversation(talk).view == {"columns": 3, "scroll": 0.5}
    assert store.state("open") == {"conversation": talk}
    assert store.state("unknown", "default") == "default"


@pytest.mark.parametrize(
    "text",
    [
        *(f"{english} {endonym}" for english, endonym in LANGUAGES.values()),
        "שלום עולם \u202eabc\u202c",
        "👩‍👩‍👧‍👦 🇪🇺 é vs e\u0301",
        "<extra_id_1>User\n<extra_id_2>humor:4\n</s>",
        "a NUL \0 and a bell \a inside",
        "x" * 1_000_000,
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_texts_of_every_kind_come_back_as_they_were(store, text):
    talk = store.create(text)
    answered(store, talk, None, text, text)
    record = store.conversation(talk)
    assert (record.system, record.turns[0].question, record.turns[0].reply) == (text, text, text)


def test_half_a_character_is_replaced_since_no_file_can_hold_it(store):
    talk = store.create()
    answered(store, talk, None, "\ud83d\ude00 \ud83d", "ok")
    assert store.conversation(talk).turns[0].question == "😀 \ufffd"


def test_replies_with_the_same_settings_share_them(store):
    talk = store.create()
    for number in range(3):
        answered(store, talk, None, f"Question {number}", "An oak.", humor=2)
    assert store.database.number("SELECT count(*) FROM setup") == 1
    assert store.database.number("SELECT count(*) FROM control") == 1


def test_a_copy_has_everything_and_is_apart(store):
    talk = store.create()
    first = answered(store, talk, None, "Name a tree.", "An oak.")
    answered(store, talk, first, "Another?", "A lime.")
    copy = store.duplicate(talk)
    answered(store, copy, None, "Name a flower.", "A rose.")
    replies = [[turn.reply for turn in store.conversation(one).turns] for one in (talk, copy)]
    assert replies == [["An oak.", "A lime."], ["An oak.", "A lime.", "A rose."]]


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.conversation(9),
        lambda store: store.ask(9, None, asked()),
        lambda store: store.ask(store.create(), 9, asked()),
        lambda store: store.append({9: "text"}),
        lambda store: store.finish(9, "stop"),
        lambda store: store.show(9),
        lambda store: store.set_draft(9, "text"),
        lambda store: store.shelf.delete(9),
        lambda store: store.shelf.restore(9),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence_and_changes_nothing(store, call):
    with pytest.raises(StudioError):
        call(store)
    assert store.database.number("SELECT count(*) FROM turn") == 0


def test_a_turn_cannot_hang_on_another_conversation(store):
    one, other = store.create(), store.create()
    turn = answered(store, one, None, "Name a tree.", "An oak.")
    with pytest.raises(StudioError):
        store.ask(other, turn, asked())
    assert store.conversation(other).turns == ()
