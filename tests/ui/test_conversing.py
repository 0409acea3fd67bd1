"""Conversations changed by the user: what is deleted can be had back."""

from types import SimpleNamespace

import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.store import Store
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.chat_page import ChatPage
from steerlm_studio.ui.conversing import Conversing
from steerlm_studio.ui.keeping import Keeping
from steerlm_studio.ui.session import Session


@pytest.fixture
def at(qtbot: QtBot) -> SimpleNamespace:
    """A page, an empty conversation in it, and a store behind it."""
    page, session = ChatPage(), Session()
    qtbot.addWidget(page)
    keeping = Keeping(Store.in_memory(), session, page)
    conversing = Conversing(page, session, keeping)
    return SimpleNamespace(page=page, session=session, keeping=keeping, conversing=conversing)


def answered(text: str) -> Answer:
    return Answer("Tea?", DEFAULT, Sampling(), text, "stop")


def texts(at: SimpleNamespace) -> list[str]:
    """What a start from now on would find on the open path."""
    record = at.keeping.store.conversation(at.session.chat.id)
    return [turn.reply for turn in record.path()]


def test_a_deleted_version_is_offered_back(at: SimpleNamespace):
    for text in ("A drink.", "Leaves."):
        at.session.chat.start.add(answered(text))
    at.conversing.delete_version(at.session.chat.last)
    assert at.session.chat.last.text == "A drink."
    assert texts(at) == ["A drink."]
    assert not at.page.notice.isHidden()
    at.page.notice.button.click()
    assert at.session.chat.last.text == "Leaves."
    at.keeping.keep_all()
    assert texts(at) == ["Leaves."]
    assert at.page.notice.isHidden()


def test_a_deleted_version_comes_back_though_another_conversation_was_opened(at: SimpleNamespace):
    for text in ("A drink.", "Leaves."):
        at.session.chat.start.add(answered(text))
    chat = at.session.chat
    at.conversing.delete_version(chat.last)
    at.conversing.start_new()
    at.page.notice.button.click()
    assert at.session.chat.id == chat.id
    assert at.session.chat.last.text == "Leaves."


def test_a_deleted_conversation_is_offered_back_by_its_title(at: SimpleNamespace):
    at.session.chat.start.add(answered("A drink."))
    at.keeping.keep(at.session.chat)
    number = at.session.chat.id
    at.conversing.delete(number)
    assert at.session.chat.id is None
    assert at.keeping.store.shelf.entries() == []
    assert "Tea?" in at.page.notice.message.text()
    at.page.notice.button.click()
    assert at.session.chat.id == number
    assert at.session.chat.last.text == "A drink."


def test_the_last_changed_conversation_takes_the_place_of_a_deleted_one(at: SimpleNamespace):
    at.session.chat.start.add(answered("A drink."))
    at.conversing.start_new()
    at.session.chat.start.add(answered("Leaves."))
    at.keeping.keep(at.session.chat)
    at.conversing.delete_shown()
    assert at.session.chat.last.text == "A drink."


def test_an_empty_name_lets_the_question_be_the_title(at: SimpleNamespace):
    at.session.chat.start.add(answered("A drink."))
    at.keeping.keep(at.session.chat)
    number = at.session.chat.id
    at.conversing.rename(number, "On  tea ")
    assert at.session.chat.title == "On tea"
    assert at.keeping.store.shelf.entry(number).title == "On tea"
    at.conversing.rename(number, " ")
    assert at.session.chat.title == "Tea?"
    assert at.keeping.store.shelf.entry(number).title == "Tea?"
