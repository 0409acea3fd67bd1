"""A comparison that is about to be asked."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.window import MainWindow


@pytest.fixture
def comparing(loaded: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window at its comparison, with three columns that were not asked yet."""
    loaded.sampling.max_tokens.setValue(12)
    qtbot.keyClick(loaded, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    loaded.page.compare.strip.card.buttons[0].click()
    return loaded
