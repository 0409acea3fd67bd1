"""What windows are tested with: the theme as the program has it, and a tiny model in a file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.connect_dialog import ConnectDialog
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.text_view import TextView
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.transcript import Transcript
from steerlm_studio.ui.window import MainWindow
from tests.engine import tiny
from tests.engine.asking import COMPLETIONS, tea
from tests.engine.peer import Peer

LOAD = 60_000  # ms: a busy machine takes its time to start a child


class PatientBot(QtBot):
    """Waits as long as a busy machine needs; pytest-qt's own limit is five seconds."""

    def waitSignal(self, signal: Any, *, timeout: int = LOAD, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitSignals(self, signals: Any, *, timeout: int = LOAD, **more: Any) -> Any:
        return super().waitSignals(signals, timeout=timeout, **more)

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = LOAD) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitExposed(self, widget: QWidget, *, timeout: int = LOAD) -> Any:
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _no_window_left(qapp: QApplication) -> Iterator[None]:
    """Windows end with their test; else Python does it some time later, in the midst of Qt's work.

    A style sheet set for the application walks over all widgets, and crashed on such ones.
    """
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random model: it answers with nonsense, as a rule to the last token allowed."""
    return tiny.write(tmp_path_factory.mktemp("window") / "tiny.gguf")


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> Iterator[MainWindow]:
    """The whole window without a model."""
    window = MainWindow(theme, settings(), ["--threads=1"])
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


@pytest.fixture
def loaded(window: MainWindow, tiny_model: Path, qtbot: QtBot) -> MainWindow:
    """The whole window with the tiny model ready."""
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        window.open_model(tiny_model)
    return window


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> Iterator[TextView]:
    """Inside a scroll area, as in the transcript."""
    area = QScrollArea()
    qtbot.addWidget(area)
    area.resize(600, 400)
    view = TextView()
    area.setWidget(view)
    area.setWidgetResizable(True)
    area.show()
    qtbot.waitExposed(area)
    yield view
    area.close()


@pytest.fixture
def transcript(qtbot: QtBot, theme: Theme) -> Iterator[Transcript]:
    transcript = Transcript()
    qtbot.addWidget(transcript)
    transcript.resize(600, 400)
    transcript.show()
    qtbot.waitExposed(transcript)
    yield transcript
    transcript.close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer().running() as peer:
        peer.routes[COMPLETIONS] = tea
        yield peer


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> ConnectDialog:
    dialog = window.connecting.open()
    qtbot.waitExposed(dialog)
    return dialog
