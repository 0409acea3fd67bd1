"""Ctrl+F: what is found, marked and brought to the screen."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.chat_page import ChatPage


@pytest.fixture
def page(qtbot: QtBot) -> ChatPage:
    page = ChatPage()
    qtbot.addWidget(page)
    page.resize(700, 600)
    chat = Chat()
    for number in range(40):
        text = f"It is **drink** number {number}."
        chat.end().add(Answer(f"What is tea {number}?", DEFAULT, Sampling(), text, "stop"))
    page.show_chat(chat, DEFAULT)
    page.show()
    qtbot.waitExposed(page)
    page.find_bar.open()
    return page


def test_all_matches_are_counted_those_of_unseen_turns_too(page: ChatPage, qtbot: QtBot):
    qtbot.keyClicks(page.find_bar.field, "TEA")
    assert page.find_bar.count.text() == "1 of 40"


def test_the_first_turn_is_made_to_show_its_match(page: ChatPage, qtbot: QtBot):
    assert page.transcript.earlier > 0
    qtbot.keyClicks(page.find_bar.field, "number 0")
    assert page.transcript.earlier == 0
    assert page.find_bar.count.text() == "1 of 1"
    marks = page.transcript.views[0].body.extraSelections()
    assert [mark.cursor.selectedText() for mark in marks] == ["number 0"]


def test_enter_goes_on_and_shift_enter_back_round_the_ends(page: ChatPage, qtbot: QtBot):
    qtbot.keyClicks(page.find_bar.field, "tea 3")
    assert page.find_bar.count.text() == "1 of 11"
    qtbot.keyClick(page.find_bar.field, Qt.Key.Key_Return)
    assert page.find_bar.count.text() == "2 of 11"
    for _ in range(2):
        qtbot.keyClick(page.find_bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert page.find_bar.count.text() == "11 of 11"


def test_escape_takes_the_marks_away(page: ChatPage, qtbot: QtBot):
    qtbot.keyClicks(page.find_bar.field, "drink")
    qtbot.keyClick(page.find_bar.field, Qt.Key.Key_Escape)
    assert page.find_bar.isHidden()
    assert all(not view.body.extraSelections() for view in page.transcript.views)


def test_typing_goes_on_in_the_prompt_when_finding_is_over(page: ChatPage, qtbot: QtBot):
    """The focus fell to the pencil of some question."""
    page.activateWindow()
    qtbot.keyClick(page.find_bar.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.focusWidget() is page.composer.input)


def test_what_is_not_there_is_said_to_be_none(page: ChatPage, qtbot: QtBot):
    qtbot.keyClicks(page.find_bar.field, "coffee")
    assert page.find_bar.count.text() == "none"
    assert not page.find_bar.next.isEnabled()
