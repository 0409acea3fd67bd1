"""Comparisons and sweeps are there again at the next start."""

from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow


def started(theme: Theme, qtbot: QtBot) -> MainWindow:
    """A window over the file of this test."""
    window = MainWindow(theme, settings(), ["--threads=1"], open_store(default_path()))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def said(text: str, **told: int) -> Answer:
    return Answer("Tea?", DEFAULT.with_values(told), Sampling(), text, "stop", 3)


def test_a_comparison_comes_back_with_columns_replies_and_how_it_was_read(
    theme: Theme, qtbot: QtBot
):
    window = started(theme, qtbot)
    for answer in (said("Hot."), said("Ha.", humor=4), said("Tea.", verbosity=0)):
        window.session.chat.start.answers.append(answer)
    window.viewing.show("compare")
    page = window.page.compare
    page.strip.in_order()[2].menu.earlier.trigger()
    page.strip.in_order()[1].foot.marks.up.click()
    page.strip.in_order()[2].foot.marks.keep.click()
    page.foot.differences.setCurrentIndex(1)
    page.foot.changed.emit()
    state = page.state()
    window.close()
    window = started(theme, qtbot)
    window.viewing.show("compare")
    page = window.page.compare
    assert page.state() == state
    views = page.strip.in_order()
    assert [view.answer.text for view in views] == ["Hot.", "Tea.", "Ha."]
    assert [view.answer.vote for view in views] == [0, 1, 0]
    assert [view.answer.kept for view in views] == [False, False, True]
    assert views[2].foot.marks.keep.text() == "Kept"
    window.close()


def test_a_cell_that_was_opened_and_the_chosen_axes_come_back(theme: Theme, qtbot: QtBot):
    window = started(theme, qtbot)
    window.viewing.show("sweep")
    window.page.sweep.choose("verbosity", "humor")
    state = window.page.sweep.state()
    answer = said("Ha.", humor=3)
    window.sweeping.open_requested.emit(answer, window.session.chat.end())
    assert window.viewing.view == "compare"
    window.viewing.show("sweep")
    window.page.sweep.changed.emit()
    window.close()
    window = started(theme, qtbot)
    assert [one.text for one in window.session.chat.start.answers] == ["Ha."]
    assert window.page.sweep.state() == state
    window.close()
