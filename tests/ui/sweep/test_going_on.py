"""A sweep that was stopped goes on with the cells that it lacks; cells say what differs."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.sweep.cell_view import CellView
from steerlm_studio.ui.window import MainWindow
from tests.ui.conftest import LOAD
from tests.ui.test_window import ask

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stopped(loaded: MainWindow, qtbot: QtBot) -> MainWindow:
    """A grid as a stop leaves it: three cells are whole."""
    qtbot.keyClick(loaded, Qt.Key.Key_3, CONTROL)
    page = loaded.page.sweep
    page.choose("humor", "verbosity")
    page.tokens.setValue(9)
    with qtbot.waitSignal(loaded.sweeping.ended, timeout=LOAD):
        ask(loaded, "What is tea?", qtbot)
    for answer in page.answers[3:]:
        answer.finish = "cancelled"
    loaded.sweeping.show_chat()
    return loaded


def whole(window: MainWindow) -> dict[int, Answer]:
    answers = enumerate(window.page.sweep.answers)
    return {n: answer for n, answer in answers if answer.finish in ("stop", "length")}


def test_what_was_stopped_goes_on_with_the_cells_that_it_lacks(stopped: MainWindow, qtbot: QtBot):
    page, before = stopped.page.sweep, whole(stopped)
    assert page.run.text() == "Finish 22 cells"
    with qtbot.waitSignal(stopped.sweeping.ended, timeout=LOAD):
        page.run.click()
    assert len(whole(stopped)) == 25
    assert all(page.answers[n] is answer for n, answer in before.items())
    assert page.run.text() == "Run 25 cells"
    assert len(stopped.session.chat.sweeps) == 1
    assert stopped.session.chat.sweeps[0].answers == page.answers


def test_after_another_setting_all_cells_are_made_anew(stopped: MainWindow, qtbot: QtBot):
    page = stopped.page.sweep
    page.tokens.setValue(8)
    assert page.run.text() == "Run 25 cells"
    with qtbot.waitSignal(stopped.sweeping.ended, timeout=LOAD):
        page.run.click()
    assert {answer.sampling.max_tokens for answer in page.answers} == {8}
    assert len(stopped.session.chat.sweeps) == 2


def test_a_low_cell_leaves_out_what_all_cells_begin_with(qtbot: QtBot):
    """All of a grid once read alike: one seed gives the same first sentence everywhere."""
    view = CellView()
    qtbot.addWidget(view)
    view.show_answer(Answer("Why?", DEFAULT, Sampling(), " Tea is a hot drink."))
    view.leave_out(len("Tea is a "))
    assert view.beginning(3) == "… hot drink."
    assert view.beginning(12) == "Tea is a hot drink."


def test_while_it_grows_a_cell_shows_its_beginning(loaded: MainWindow, qtbot: QtBot):
    page = loaded.page.sweep
    qtbot.keyClick(loaded, Qt.Key.Key_3, CONTROL)
    told = [cell.steering for cell in page.sweep.cells()]
    answers = [Answer("Why?", s, Sampling(), f"Tea is {n}.", "stop") for n, s in enumerate(told)]
    answers[4].finish = None
    page.show_answers(page.sweep, answers)
    assert page.grid.cells[0].beginning(3) == "Tea is 0."
    answers[4].finish = "stop"
    page.show_growth()
    assert [cell.beginning(3) for cell in page.grid.cells][::4] == ["… 0.", "… 4."]
