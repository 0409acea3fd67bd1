"""Quitting in the midst of an answer."""

import os
import signal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow

LOAD = 60_000  # ms
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support ")


def started(theme: Theme, qtbot: QtBot) -> MainWindow:
    window = MainWindow(theme, settings(), ["--threads=1"], open_store(default_path()))
    qtbot.addWidget(window)
    window.show()
    return window


def test_a_reply_that_it_cuts_is_not_said_to_have_lost_its_engine(
    theme: Theme, tiny_model: Path, qtbot: QtBot
):
    window = started(theme, qtbot)
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        window.open_model(tiny_model)
    os.kill(window.engine.process_id, signal.SIGSTOP)  # or the reply might end by itself
    window.ask("What is tea?")
    window.close()
    window = started(theme, qtbot)
    (view,) = window.page.transcript.views
    assert view.note.text() == "Cut off: the program ended before the reply did."
    window.close()
