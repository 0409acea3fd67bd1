"""What one finds at the next start: the conversation, the place, a cut reply, the model."""

import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio import protocol
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from steerlm_studio.ui.writing import Writing
from tests.ui.conftest import LOAD
from tests.ui.test_keeping import answer, kept
from tests.ui.test_window import answered


def again(window: MainWindow, theme: Theme, qtbot: QtBot) -> MainWindow:
    """The next start, with the same file."""
    window.close()
    window = MainWindow(theme, settings(), ["--threads=1"], open_store(default_path()))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def lasting(qtbot: QtBot, theme: Theme, tiny_model):
    """A window over a file, the tiny model ready."""
    window = MainWindow(theme, settings(), ["--threads=1"], open_store(default_path()))
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        window.open_model(tiny_model)
    yield window
    window.close()


def test_the_next_start_shows_what_the_last_one_did(
    lasting: MainWindow, theme: Theme, qtbot: QtBot
):
    answered(lasting, "What is tea?", qtbot)
    answered(lasting, "And coffee?", qtbot)
    lasting.steering.apply(lasting.steering.steering.having(humor=3))
    qtbot.keyClicks(lasting.page.composer.input, "And milk")
    told, number = lasting.steering.steering, lasting.session.chat.id
    text = lasting.session.chat.last.text
    window = again(lasting, theme, qtbot)
    assert window.session.chat.id == number
    assert window.session.chat.last.text == text
    assert window.session.chat.last.cost.tokens == 20
    assert window.page.composer.text() == "And milk"
    assert window.steering.steering == told
    assert window.page.control.steering == told
    assert window.frame.conversations.view.currentIndex().data() == "What is tea?"
    assert window.windowTitle().startswith("What is tea?")
    window.close()


def test_the_next_start_scrolls_to_where_one_read(lasting: MainWindow, theme: Theme, qtbot: QtBot):
    text = "A line of it.\n\n" * 60
    for number in range(12):
        lasting.session.chat.end().add(answer(text, f"Question {number}?"))
    lasting.conversing.changed.emit()
    lasting.page.transcript.go_to(5, 100)
    place = lasting.page.transcript.place()
    assert place == [5, 100]
    window = again(lasting, theme, qtbot)
    qtbot.waitUntil(lambda: window.page.transcript.place() == place)
    window.close()


def test_a_reply_that_was_cut_is_shown_as_cut(theme: Theme, qtbot: QtBot):
    opened = open_store(default_path())
    chat = Chat()
    chat.start.add(Answer("Tea?", DEFAULT, protocol.Sampling(), "A dr"))
    Writing(opened.store, chat).write()
    opened.store.set_state("open", chat.id)
    opened.store.close()  # as the end of a killed program does
    opened.claim.release()
    window = MainWindow(theme, settings(), (), open_store(default_path()))
    qtbot.addWidget(window)
    view = window.page.transcript.views[0]
    assert view.body.toPlainText() == "A dr"
    assert "Cut off" in view.note.text()
    window.close()


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_model_that_was_there_at_a_bad_end_is_not_loaded_by_itself(
    theme: Theme, qtbot: QtBot, tiny_model, is_lost: bool
):
    opened = open_store(default_path())
    opened.store.set_state("model", {"path": str(tiny_model), "lost": is_lost})
    if is_lost:
        opened.close()
    else:
        opened.store.close()
        opened.claim.release()
    window = MainWindow(theme, settings(), (), open_store(default_path()))
    qtbot.addWidget(window)
    window.last_model.load_at_start(tiny_model)
    assert not window.engine.is_running
    assert "tiny" in window.page.banner.message.text()
    window.close()


def test_a_model_is_loaded_again_after_a_good_end(theme: Theme, qtbot: QtBot, tiny_model):
    opened = open_store(default_path())
    opened.store.set_state("model", {"path": str(tiny_model)})
    opened.close()
    window = MainWindow(theme, settings(), (), open_store(default_path()))
    qtbot.addWidget(window)
    window.last_model.load_at_start(tiny_model)
    assert window.engine.is_running
    window.close()


def test_what_was_found_wrong_with_the_file_is_said(theme: Theme, qtbot: QtBot):
    default_path().parent.mkdir(parents=True)
    default_path().write_bytes(b"no database at all " * 100)
    window = MainWindow(theme, settings(), (), open_store(default_path()))
    qtbot.addWidget(window)
    assert "could not be read" in window.page.keeping.message.text()
    window.session.chat.start.add(answer())
    assert kept(window).turns[0].reply == "A drink."
    window.close()
