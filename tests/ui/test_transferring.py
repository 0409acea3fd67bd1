"""Copies and drags of what the store has, and the dialogs' way to the window."""

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.schema import NEMOTRON
from steerlm_studio.steer.steering import default_steering
from steerlm_studio.steer.template import text_of
from steerlm_studio.store.transcripts.snippets import SNIPPETS, prompt
from steerlm_studio.ui.chat import Answer, KeptAnswer
from steerlm_studio.ui.reply_menu import ReplyMenuButton, copies
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.transferring import Open, Transferring
from tests.store.made import answered

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")


@pytest.fixture
def talk(store) -> int:
    talk = store.create("Be kind.")
    first = answered(store, talk, None, "Name a tree.", "An oak.", humor=0)
    answered(store, talk, first, "Another?", "A beech.", humor=1)
    return talk


@pytest.fixture
def transferring(store, talk, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    transferring = Transferring(store, settings(), window, lambda: Open(talk, "Name a tree."))
    yield transferring
    transferring.stop()


def _answer(number: int) -> Answer:
    answer = Answer("", default_steering(NEMOTRON), Sampling())
    answer.stored = KeptAnswer(number)
    return answer


def _clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_the_conversation_is_copied_as_markdown(transferring):
    transferring.copy_conversation()
    assert _clipboard().startswith("# Name a tree.\n")
    assert "## Assistant\n" in _clipboard()


def test_the_exact_prompt_and_runnable_requests_are_copied(transferring, store, talk):
    record = store.conversation(talk)
    first, last = record.path()
    transferring.copy_answer_as(_answer(first.id), "prompt")
    assert _clipboard() == text_of(prompt(record, first))
    assert "Another?" not in _clipboard()
    for name in ("curl", "python", "nemo"):
        transferring.copy_last_as(name)
        assert _clipboard() == SNIPPETS[name](record, last)
    assert set(copies()) == {"prompt", *SNIPPETS}


def test_a_reply_that_is_gone_is_a_sentence(transferring, qtbot):
    with qtbot.waitSignal(transferring.failed) as told:
        transferring.copy_answer_as(_answer(99), "prompt")
    assert "not there any more" in told.args[0]


def test_a_conversation_is_dragged_out_as_a_file(transferring, talk):
    data = transferring.dragged(talk)
    (url,) = data.urls()
    path = Path(url.toLocalFile())
    assert (path.name, path.read_text("utf-8")) == ("Name-a-tree.md", data.text())
    assert "A beech." in data.text()
    transferring.stop()
    assert not path.exists()


def test_the_export_begins_with_what_the_window_shows(transferring, talk):
    transferring.open_export()
    request = transferring.exporting.form.request()
    assert request.conversations == (talk,)
    assert "A beech." in transferring.exporting.preview.text.toPlainText()


def test_the_window_hears_of_an_import(transferring, qtbot, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"prompt": "Why?", "response": "So."}) + "\n")
    transferring.open_import([path])
    with qtbot.waitSignal(transferring.imported, timeout=30_000):
        transferring.importing.start.click()


def test_the_menu_of_a_reply_names_what_can_be_copied(theme, qtbot):
    button = ReplyMenuButton()
    qtbot.addWidget(button)
    chosen = []
    button.chosen.connect(chosen.append)
    button.menu().aboutToShow.emit()
    button.menu().aboutToShow.emit()
    assert [action.text() for action in button.menu().actions()] == list(copies().values())
    for action in button.menu().actions():
        action.trigger()
    assert chosen == list(copies())
