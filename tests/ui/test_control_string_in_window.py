"""The control string and the sliders of one window: each moves the other, undo covers both."""

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.schema import NEMO_ALIGNER
from steerlm_studio.steer.steering import DEFAULT, default_steering
from steerlm_studio.steer.template import render, text_of
from steerlm_studio.ui.control_text import ControlText
from steerlm_studio.ui.window import MainWindow
from tests.ui.test_window_work import with_answers

UNDO = (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def field(window: MainWindow, qtbot: QtBot) -> ControlText:
    """As a user comes to it: by the key."""
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    text = window.page.control.text
    qtbot.waitUntil(text.hasFocus)
    text.moveCursor(QTextCursor.MoveOperation.End)
    return text


def test_typing_moves_the_slider_and_undo_takes_it_back(window: MainWindow, qtbot: QtBot):
    text = field(window, qtbot)
    for _ in "en":
        qtbot.keyClick(text, Qt.Key.Key_Backspace)
    qtbot.keyClicks(text, "de")
    assert window.steering.steering == DEFAULT.having(lang="de")
    assert window.steering.language.value == "de"
    qtbot.keyClick(text, *UNDO)
    assert window.steering.steering == DEFAULT
    assert text.string == str(DEFAULT)
    assert text.cursor_place() == len(str(DEFAULT))


def test_a_slider_rewrites_what_was_typed(window: MainWindow, qtbot: QtBot):
    text = field(window, qtbot)
    qtbot.keyClicks(text, ",nonsense")
    qtbot.keyClick(window.steering.rows["humor"].slider, "2")
    assert text.string == str(DEFAULT.having(humor=2))
    assert window.page.control.lint.isHidden()


def test_a_string_of_another_family_changes_the_panel_over(window: MainWindow, qtbot: QtBot):
    other = default_steering(NEMO_ALIGNER)
    window.page.control.type(str(other))
    qtbot.mouseClick(window.page.control.lint.switch, Qt.MouseButton.LeftButton)
    assert window.steering.steering == other
    assert window.page.control.text.string == str(other)
    assert window.page.control.lint.isHidden()


def test_a_prompt_that_is_pasted_where_one_asks_brings_its_setting_and_system_text(
    window: MainWindow,
):
    """All of it was sent as a question."""
    asked = DEFAULT.having(humor=3)
    paste(window, text_of(render(Conversation("Be kind."), "Why?", asked)))
    assert window.page.composer.text() == "Why?"
    assert window.steering.steering == asked
    assert window.session.chat.system == window.page.system.text() == "Be kind."
    assert window.page.notice.isHidden()


def test_a_conversation_keeps_its_system_text_and_says_so(window: MainWindow):
    with_answers(window, "A drink.")
    system = window.session.chat.system
    paste(window, text_of(render(Conversation("Be kind."), "Why?", DEFAULT)))
    assert window.page.composer.text() == "Why?"
    assert window.session.chat.system == system
    assert "another system text" in window.page.notice.message.text()


def paste(window: MainWindow, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    window.page.composer.input.insertFromMimeData(data)
