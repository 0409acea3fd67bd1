"""Conversations changed by the user: what is deleted can be had back."""

import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer, Session
from steerlm_studio.ui.chat_page import ChatPage
from steerlm_studio.ui.conversing import Conversing


@pytest.fixture
def page(qtbot: QtBot) -> ChatPage:
    page = ChatPage()
    qtbot.addWidget(page)
    return page


def answered(text: str) -> Answer:
    return Answer("Tea?", DEFAULT, Sampling(), text, "stop")


def test_a_deleted_version_is_offered_back(page: ChatPage):
    session = Session()
    conversing = Conversing(page, session)
    for text in ("A drink.", "Leaves."):
        session.chat.start.add(answered(text))
    conversing.delete_version(session.chat.last)
    assert session.chat.last.text == "A drink."
    assert not page.notice.isHidden()
    page.notice.button.click()
    assert session.chat.last.text == "Leaves."
    assert page.notice.isHidden()


def test_a_deleted_conversation_is_offered_back_by_its_title(page: ChatPage):
    session = Session()
    conversing = Conversing(page, session)
    session.chat.start.add(answered("A drink."))
    chat = session.chat
    conversing.delete(chat)
    assert chat not in session.chats
    assert "Tea?" in page.notice.message.text()
    page.notice.button.click()
    assert session.chat is chat


def test_an_empty_name_lets_the_question_be_the_title(page: ChatPage):
    session = Session()
    conversing = Conversing(page, session)
    session.chat.start.add(answered("A drink."))
    conversing.rename(session.chat, "On  tea ")
    assert session.chat.title == "On tea"
    conversing.rename(session.chat, " ")
    assert session.chat.title == "Tea?"
