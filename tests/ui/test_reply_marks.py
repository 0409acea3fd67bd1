"""What a user thinks of a reply: in the chat as in a comparison, kept, found and exported."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.records import StoredTurn
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.reply_marks import ReplyMarks
from steerlm_studio.ui.window import MainWindow


def said(text: str, question: str = "Tea?") -> Answer:
    return Answer(question, DEFAULT, Sampling(), text, "stop", 3)


@pytest.fixture
def talking(window: MainWindow) -> MainWindow:
    """Two versions of a reply, the second shown."""
    for text in ("Hot.", "Leaves."):
        window.session.chat.start.add(said(text))
    window.conversing.changed.emit()
    return window


def marks(window: MainWindow) -> ReplyMarks:
    return window.page.transcript.views[-1].marks


def stored(window: MainWindow) -> list[StoredTurn]:
    return list(window.store.conversation(window.session.chat.id).turns)


def found(window: MainWindow, words: str) -> int:
    return len(window.store.search.find(words))


def test_a_vote_in_the_chat_is_kept_at_once_and_found(talking: MainWindow, qtbot: QtBot):
    assert found(talking, "has:vote") == 0
    qtbot.mouseClick(marks(talking).up, Qt.MouseButton.LeftButton)
    assert [turn.vote for turn in stored(talking)] == [0, 1]
    assert found(talking, "has:vote") == found(talking, "vote:up") == 1
    qtbot.mouseClick(marks(talking).down, Qt.MouseButton.LeftButton)
    assert [turn.vote for turn in stored(talking)] == [0, -1]
    qtbot.mouseClick(marks(talking).down, Qt.MouseButton.LeftButton)
    assert [turn.vote for turn in stored(talking)] == [0, 0]


def test_a_note_is_kept_while_it_is_typed_and_found(talking: MainWindow, qtbot: QtBot):
    qtbot.mouseClick(marks(talking).note_button, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(marks(talking).note, "too short")
    qtbot.waitUntil(lambda: [turn.note for turn in stored(talking)] == ["", "too short"])
    assert found(talking, "has:note") == 1
    talking.conversing.step_last_version(-1)
    assert (marks(talking).note.text(), marks(talking).note.isHidden()) == ("", True)
    talking.conversing.step_last_version(1)
    assert (marks(talking).note.text(), marks(talking).note.isHidden()) == ("too short", False)


def test_one_version_is_kept_and_a_click_takes_it_back(talking: MainWindow, qtbot: QtBot):
    first, second = talking.session.chat.start.answers
    marks(talking).keep.click()
    assert marks(talking).keep.text() == "Kept"
    talking.conversing.step_last_version(-1)
    assert marks(talking).keep.text() == "Keep"
    marks(talking).keep.click()
    assert (first.kept, second.kept) == (True, False)
    assert [turn.kept for turn in stored(talking)] == [True, False]
    assert found(talking, "has:kept") == 1
    marks(talking).keep.click()
    assert [turn.kept for turn in stored(talking)] == [False, False]
    assert talking.session.chat.last is first


def test_a_reply_that_is_written_cannot_be_kept_yet(talking: MainWindow, qtbot: QtBot):
    growing = said("A", "And coffee?")
    growing.finish = None
    talking.session.chat.end().add(growing)
    talking.conversing.changed.emit()
    assert not marks(talking).keep.isEnabled()
    growing.finish = "stop"
    talking.page.transcript.views[-1].grow()
    assert marks(talking).keep.isEnabled()


def test_both_views_show_what_was_marked_in_the_other(talking: MainWindow, qtbot: QtBot):
    marks(talking).up.click()
    qtbot.keyClicks(marks(talking).note, "fine")
    talking.viewing.show("compare")
    (column, *_) = talking.page.compare.strip.in_order()
    assert column.foot.marks.note.text() == "fine"
    assert column.foot.marks.up.isChecked()
    column.foot.marks.down.click()
    column.foot.marks.note.clear()
    column.foot.marks.note.editingFinished.emit()
    talking.viewing.show("chat")
    talking.conversing.changed.emit()
    assert (marks(talking).down.isChecked(), marks(talking).note.text()) == (True, "")


def test_the_menu_marks_the_last_reply_without_a_model(talking: MainWindow, qtbot: QtBot):
    actions = talking.frame.actions
    actions.vote_up.trigger()
    actions.keep_reply.trigger()
    assert marks(talking).up.isChecked()
    assert [(turn.vote, turn.kept) for turn in stored(talking)] == [(0, False), (1, True)]
    actions.vote_up.trigger()
    assert [turn.vote for turn in stored(talking)] == [0, 0]
