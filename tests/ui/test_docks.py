"""The docks below: they stay in the window, where they can be seen and cover nothing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDockWidget
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow

LOAD = 60_000  # ms


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


def test_devices_that_are_closed_give_their_room_back_to_the_chat(window: MainWindow, qtbot: QtBot):
    """The plot above them kept it, and columns were three lines high."""
    window.resize(1280, 770)
    plot, devices = dock_of(window), window.frame.devices_dock
    height = plot.height()
    devices.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: bool(window.frame.devices.rows), timeout=LOAD)
    qtbot.waitUntil(lambda: plot.height() == height)
    devices.close()
    QApplication.processEvents()
    qtbot.waitUntil(lambda: plot.height() == height)
    devices.toggleViewAction().trigger()
    qtbot.waitUntil(lambda: devices.isVisible() and plot.height() == height)
