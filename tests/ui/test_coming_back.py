"""The view that was open is open at the next start, after kill -9 too; the chat's sliders stay."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from tests.ui.conftest import LOAD

ROOT = Path(__file__).parents[2]
Start = Callable[[], MainWindow]


@pytest.fixture
def start(theme: Theme, qtbot: QtBot) -> Iterator[Start]:
    """Closes the window that is there and opens the next over the same file."""
    windows: list[MainWindow] = []

    def start() -> MainWindow:
        for window in windows:
            window.close()
        window = MainWindow(theme, settings(), ["--threads=1"], open_store(default_path()))
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        windows.append(window)
        return window

    yield start
    windows[-1].close()


@pytest.mark.parametrize("view", ["chat", "compare", "sweep"])
def test_the_view_that_was_open_is_open_again(start: Start, view: str):
    start().viewing.show_named(view)
    window = start()
    assert window.viewing.view == view
    page = {"compare": window.page.compare, "sweep": window.page.sweep}.get(view)
    assert page is None or page.isVisible()
    checked = [one.data() for one in window.frame.actions.views.actions() if one.isChecked()]
    assert checked == [view]


def test_the_chats_sliders_come_back_behind_a_comparison(start: Start):
    window = start()
    window.steering.apply(window.steering.steering.having(humor=3))
    window.viewing.show("compare")
    window.comparing.add(None)
    window.steering.apply(window.steering.steering.having(humor=1))
    window = start()
    assert (window.viewing.view, window.steering.steering["humor"]) == ("compare", 1)
    window.viewing.show("chat")
    assert window.steering.steering["humor"] == 3


def test_a_conversation_without_a_question_comes_back_too(start: Start):
    window = start()
    window.session.chat.system = "Be brief."
    window.viewing.show("sweep")
    window.page.sweep.choose("verbosity", "humor")
    state = window.page.sweep.state()
    window = start()
    assert window.session.chat.system == "Be brief."
    assert window.page.system.text() == "Be brief."
    assert window.page.sweep.state() == state
    assert window.frame.conversations.view.model().rowCount() == 0


def test_a_model_that_loads_leaves_the_selected_columns_own_sampling(
    start: Start, tiny_model: Path, qtbot: QtBot
):
    window = start()
    window.viewing.show("compare")
    window.comparing.add(None)
    window.page.compare.strip.in_order()[1].menu.own_sampling.trigger()
    window.sampling.seed.setValue(7)
    window = start()
    window.viewing.show("compare")
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        window.open_model(tiny_model)
    own = window.page.compare.columns.current.sampling
    assert own is not None
    assert (own.seed, window.sampling.seed.value()) == (7, 7)
    window.viewing.show("chat")
    assert window.sampling.sampling() == msgspec.structs.replace(own, seed=42)


def test_an_unknown_view_is_passed_over(start: Start):
    window = start()
    window.viewing.show("sweep")
    window.close()
    opened = open_store(default_path())
    opened.store.set_state("view", "3d")
    opened.close()
    assert start().viewing.view == "chat"


def test_the_view_survives_a_kill(start: Start):
    code = "from tests.ui.test_coming_back import sweep_until_killed as f; f()"
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "kept\n"
        window.send_signal(signal.SIGKILL)
    assert start().viewing.view == "sweep"


def sweep_until_killed() -> None:
    """Runs in a child: goes to the sweep, says when that was written down, waits for its end."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication(["window"])
    window = MainWindow(Theme(app), settings(), (), open_store(default_path()))
    window.show()
    window.viewing.show("sweep")
    look = QTimer()
    look.timeout.connect(
        lambda: window.store.state("view") == "sweep" and (look.stop(), print("kept", flush=True))
    )
    look.start(20)
    app.exec()
