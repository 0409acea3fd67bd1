"""Combo boxes."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.window import MainWindow


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_list_that_has_room_is_shown_whole(window: MainWindow, qtbot: QtBot):
    """With the frame of the focus its last line was half hidden, behind an arrow for more."""
    choice = window.steering.family.choice
    choice.setFocus()
    qtbot.waitUntil(choice.hasFocus)
    qtbot.mouseClick(choice, Qt.MouseButton.LeftButton)
    view = choice.view()
    qtbot.waitExposed(view.window())
    assert view.verticalScrollBar().maximum() == 0
    last = view.visualRect(view.model().index(choice.count() - 1, 0))
    assert last.bottom() <= view.viewport().rect().bottom()
    choice.hidePopup()
