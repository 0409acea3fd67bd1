"""The whole main job without a mouse, and that one always sees where the keyboard is."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.actions import all_actions
from steerlm_studio.ui.settings_dialog import SettingsDialog
from steerlm_studio.ui.window import MainWindow
from tests.ui.conftest import LOAD
from tests.ui.test_accessible import nameless, place_of, tab_order

KEY, WITH = Qt.Key, Qt.KeyboardModifier
CONTROL, ALT, SHIFT = WITH.ControlModifier, WITH.AltModifier, WITH.ShiftModifier


class Keyboard:
    """Presses keys where the focus is, as a keyboard does."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self._qtbot, self._window = qtbot, window

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = WITH.NoModifier) -> None:
        self._qtbot.keyClick(self.focus, key, modifiers)

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(self.focus, text)

    def tab_to(self, widget: QWidget) -> None:
        for _ in range(200):
            if self.focus is widget:
                return
            self.press(KEY.Key_Tab)
        raise AssertionError(f"Tab does not reach {place_of(widget)}, it stays on {self.focus}")

    @property
    def focus(self) -> QWidget:
        return QApplication.focusWidget() or self._window


@pytest.fixture
def keyboard(qtbot: QtBot, window: MainWindow) -> Keyboard:
    window.activateWindow()
    window.page.composer.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.page.composer.input)
    return Keyboard(qtbot, window)


def open_model(window: MainWindow, keyboard: Keyboard, model: Path, qtbot: QtBot) -> None:
    keyboard.press(KEY.Key_O, CONTROL | SHIFT)
    dialog = window.findChild(QFileDialog)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    keyboard.type(str(model))
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        keyboard.press(KEY.Key_Return)
    assert dialog is not None
    window.activateWindow()  # the window manager's part
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.page.composer.input)


@pytest.mark.qt_log_ignore("This plugin does not support")  # pop-ups of the file dialog
def test_the_main_job_is_done_by_keyboard_alone(
    window: MainWindow, keyboard: Keyboard, tiny_model: Path, qtbot: QtBot
):
    open_model(window, keyboard, tiny_model, qtbot)
    window.sampling.max_tokens.setValue(5)
    keyboard.tab_to(window.page.composer.input)
    keyboard.type("What is tea?")
    with qtbot.waitSignal(window.answering.measured, timeout=LOAD):
        keyboard.press(KEY.Key_Return)

    keyboard.tab_to(window.steering.rows["humor"].slider)
    keyboard.press(KEY.Key_4)
    with qtbot.waitSignal(window.answering.measured, timeout=LOAD):
        keyboard.press(KEY.Key_Return, CONTROL)
    view = window.page.transcript.views[0]
    assert view.version.text() == "2 of 2"
    assert window.session.chat.last.steering["humor"] == 4

    keyboard.press(KEY.Key_Left, ALT)
    assert view.version.text() == "1 of 2"
    keyboard.press(KEY.Key_Right, ALT)
    keyboard.tab_to(view.delete)
    keyboard.press(KEY.Key_Space)
    assert view.version.isHidden()
    keyboard.tab_to(window.page.notice.button)
    keyboard.press(KEY.Key_Space)
    assert view.version.text() == "2 of 2"

    keyboard.press(KEY.Key_F, CONTROL)
    keyboard.type("tea")
    assert window.page.find_bar.count.text() == "1 of 1"
    keyboard.press(KEY.Key_Escape)
    keyboard.tab_to(window.page.composer.input)
    keyboard.press(KEY.Key_Up)
    assert window.page.composer.is_editing
    keyboard.press(KEY.Key_Escape)
    keyboard.press(KEY.Key_N, CONTROL)
    assert window.session.chat.last is None
    assert QApplication.focusWidget() is window.page.composer.input


def test_no_two_commands_have_the_same_key(window: MainWindow):
    owners: dict[str, set[str]] = {}
    for action in {*all_actions(window), *window.actions()}:
        for key in action.shortcuts():
            owners.setdefault(key.toString(), set()).add(action.text())
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}
    assert len(owners) > 30


def test_the_settings_are_opened_changed_and_closed_by_keyboard(
    window: MainWindow, keyboard: Keyboard, theme, qtbot: QtBot
):
    keyboard.press(KEY.Key_Comma, CONTROL)
    dialog = window.findChild(SettingsDialog)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    assert nameless(dialog) == ""
    keyboard.tab_to(dialog.size_of_text)
    keyboard.press(KEY.Key_Up)
    assert theme.scale == pytest.approx(1.1)
    keyboard.press(KEY.Key_Down)
    with qtbot.waitSignal(dialog.finished):
        keyboard.press(KEY.Key_Escape)


def test_one_sees_where_the_keyboard_is(loaded: MainWindow, qtbot: QtBot):
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        loaded.sampling.max_tokens.setValue(5)
        loaded.page.composer.submitted.emit("What is tea?")
    loaded.resize(1400, 1800)  # nothing is out of sight
    loaded.activateWindow()
    loaded.page.find_bar.open()
    loaded.page.banner.show_error("It broke.", "here", [loaded.frame.actions.open_model])
    loaded.sampling.header.setChecked(True)
    unseen = [place_of(widget) for widget in tab_order(loaded) if not shows_focus(widget)]
    assert ", ".join(unseen) == ""


def shows_focus(widget: QWidget) -> bool:
    """Whether the place of `widget` looks otherwise while it has the focus."""
    window = widget.window()
    window.setFocus()
    QApplication.processEvents()
    before = window.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    return window.grab().toImage() != before
