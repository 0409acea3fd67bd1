"""The view that was open is open at the next start, after kill -9 too; the chat's sliders stay."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.chat import Answer
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
    with child("from tests.ui.test_coming_back import sweep_until_killed as f; f()") as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "kept\n"
        window.send_signal(signal.SIGKILL)
    assert start().viewing.view == "sweep"


def child(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """Another process with a window over the same file."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


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


def swept(window: MainWindow, question: str, qtbot: QtBot) -> tuple[Answer, ...]:
    """The answers of a sweep of few tokens, asked as a user would."""
    window.viewing.show("sweep")
    window.page.sweep.tokens.setValue(8)
    with qtbot.waitSignal(window.sweeping.ended, timeout=LOAD):
        window.viewing.ask(question)
    return window.page.sweep.answers


def loaded(window: MainWindow, model: Path, qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        window.open_model(model)
    return window


def said(answers: Sequence[Answer]) -> list[tuple[str, str, object, Sampling]]:
    return [(a.text, str(a.steering), a.finish, a.sampling) for a in answers]


def test_the_cells_of_a_sweep_come_back(start: Start, tiny_model: Path, qtbot: QtBot):
    window = loaded(start(), tiny_model, qtbot)
    window.page.sweep.choose("humor", "verbosity")
    made = said(swept(window, "What is tea?", qtbot))
    assert {finish for _, _, finish, _ in made} == {"length"}
    window = start()
    page = window.page.sweep
    assert said(page.answers) == made
    assert len(page.grid.cells) == 25
    assert (page.question.accessibleName(), window.session.chat.title) == ("What is tea?",) * 2
    assert window.session.chat.last is None  # they are no versions of it
    assert page.export.isEnabled()


def test_a_sweep_of_a_draft_has_its_line_in_the_list(start: Start, tiny_model: Path, qtbot: QtBot):
    window = loaded(start(), tiny_model, qtbot)
    window.page.composer.input.setPlainText("What is")
    qtbot.waitUntil(lambda: window.session.chat.id is not None)
    swept(window, "What is tea?", qtbot)
    assert [entry.title for entry in window.store.shelf.entries()] == ["What is tea?"]
    window.frame.actions.new_chat.trigger()
    assert window.page.sweep.answers == ()
    assert window.session.chat.title == ""


def test_an_opened_cell_is_the_version_that_it_became(start: Start, tiny_model: Path, qtbot: QtBot):
    window = loaded(start(), tiny_model, qtbot)
    swept(window, "What is tea?", qtbot)
    window.page.sweep.grid.cells[3].click()
    window = start()
    window.viewing.show("sweep")
    (version,) = window.session.chat.start.answers
    assert window.page.sweep.answers[3] is version
    window.page.sweep.grid.cells[3].click()
    assert window.session.chat.start.answers == [version]


def test_earlier_sweeps_are_gone_back_to(start: Start, tiny_model: Path, qtbot: QtBot):
    window = loaded(start(), tiny_model, qtbot)
    first = said(swept(window, "What is tea?", qtbot))
    assert window.page.sweep.earlier.isHidden()
    window.page.sweep.choose("lang")
    second = said(swept(window, "And coffee?", qtbot))
    window = start()
    page, menu = window.page.sweep, window.sweeping.earlier.menu
    assert said(page.answers) == second
    assert not page.earlier.isHidden()
    lines = [action.text() for action in menu.actions()]
    assert lines == ["lang, 5 cells · And coffee?", "humor, 5 cells · What is tea?"]
    menu.actions()[1].trigger()
    assert said(page.answers) == first
    assert page.question.accessibleName() == "What is tea?"
    assert page.across.key.currentData() == "humor"


def test_a_sweep_goes_on_behind_another_conversation(start: Start, tiny_model: Path, qtbot: QtBot):
    window = loaded(start(), tiny_model, qtbot)
    page = window.page.sweep
    window.viewing.show("sweep")
    page.tokens.setValue(100)
    with qtbot.waitSignal(window.engine.stepped, timeout=LOAD):
        window.viewing.ask("What is tea?")
    chat = window.session.chat
    window.frame.actions.new_chat.trigger()
    assert page.answers == ()
    window.conversing.open(chat.id)
    assert window.session.chat is chat
    assert page.answers is chat.sweeps[0].answers
    window.frame.actions.new_chat.trigger()
    qtbot.waitUntil(lambda: not window.sweeping.is_running)
    kept = window.store.sweeps.of(chat.id)[0].cells
    assert [(cell.reply, cell.finish) for cell in kept] == [
        (answer.text, "length") for answer in chat.sweeps[0].answers
    ]


def test_cells_survive_a_kill(start: Start, tiny_model: Path):
    code = "from tests.ui.test_coming_back import cells_until_killed as f; import sys; "
    with child(code + "f(sys.argv[1])", str(tiny_model)) as window:
        assert window.stdout is not None
        ended, growing = msgspec.json.decode(window.stdout.readline(), type=list[list[str]])
        window.send_signal(signal.SIGKILL)
    sweeps = start().session.chat.sweeps
    assert [len(swept.answers) for swept in sweeps] == [5, 5]
    first, second = (swept.answers for swept in sweeps)
    assert [(answer.text, answer.finish) for answer in first] == [(t, "length") for t in ended]
    for answer, text in zip(second, growing, strict=True):
        assert answer.text.startswith(text)
        assert len(text) > 20
        assert answer.finish is not None


def cells_until_killed(model: str) -> None:
    """Runs in a child: one sweep to its end, then another, of which it says what is kept."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication(["window"])
    window = MainWindow(Theme(app), settings(), ["--threads=1"], open_store(default_path()))
    window.show()
    window.viewing.show("sweep")
    look = QTimer()

    def ask(tokens: int) -> None:
        window.page.sweep.tokens.setValue(tokens)
        window.viewing.ask("What is tea?")

    def go_on() -> None:
        window.sweeping.ended.disconnect(go_on)
        ask(1000)
        look.start(20)

    def say() -> None:
        number = window.session.chat.id
        kept = [[c.reply for c in one.cells] for one in window.store.sweeps.of(number or 0)]
        if len(kept) == 2 and all(len(reply) > 20 for reply in kept[1]):
            look.stop()
            print(msgspec.json.encode(kept).decode(), flush=True)

    look.timeout.connect(say)
    window.sampling.max_tokens.setValue(1000)
    window.engine.ready.connect(lambda: ask(8))
    window.sweeping.ended.connect(go_on)
    window.open_model(Path(model))
    app.exec()
