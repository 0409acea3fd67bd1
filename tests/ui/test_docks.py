"""The docks below: they stay in the window, where they can be seen and cover nothing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow


def dock_of(window: MainWindow) -> QDockWidget:
    dock = window.findChild(QDockWidget, "throughput")
    assert dock is not None
    return dock


def test_a_double_click_on_its_title_leaves_it_where_it_is(window: MainWindow, qtbot: QtBot):
    """It lay over the prompt then, without a frame."""
    dock = dock_of(window)
    qtbot.mouseDClick(dock.titleBarWidget(), Qt.MouseButton.LeftButton)
    assert not dock.isFloating()
    assert dock.isVisible()


def test_one_that_was_left_floating_comes_back_into_the_window(
    window: MainWindow, theme: Theme, qtbot: QtBot
):
    """It was open, and nowhere to be seen: behind the window."""
    dock_of(window).setFloating(True)
    window.frame.remember()
    again = MainWindow(theme, settings())
    qtbot.addWidget(again)
    again.show()
    assert not dock_of(again).isFloating()
    assert again.isAncestorOf(dock_of(again))
    again.close()
