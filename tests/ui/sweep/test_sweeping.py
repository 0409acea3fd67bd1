"""Sweeping in the whole window with a real engine: strips, grids, cells opened and taken out."""

import csv
import os
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.colours import DARK, LIGHT, Colours
from steerlm_studio.ui.sweep.cell_view import CellView
from steerlm_studio.ui.sweep.page import SweepPage
from steerlm_studio.ui.sweep.shading import shades
from steerlm_studio.ui.window import MainWindow
from tests.ui.conftest import LOAD
from tests.ui.test_accessible import nameless, place_of, tab_order
from tests.ui.test_keyboard import shows_focus
from tests.ui.test_theme import contrast
from tests.ui.test_window import answered, ask

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def sweeping(loaded: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window at its sweep of humor, not asked yet."""
    qtbot.keyClick(loaded, Qt.Key.Key_3, CONTROL)
    loaded.page.sweep.tokens.setValue(8)
    return loaded


def swept(window: MainWindow, qtbot: QtBot, question: str = "What is tea?") -> SweepPage:
    with qtbot.waitSignal(window.sweeping.ended, timeout=LOAD):
        ask(window, question, qtbot)
    return window.page.sweep


def names(page: SweepPage) -> list[str]:
    return [cell.accessibleName() for cell in page.grid.cells]


def test_a_strip_shows_what_it_will_ask_before_it_is_asked(sweeping: MainWindow):
    page = sweeping.page.sweep
    assert names(page) == [f"humor {n}" for n in range(5)]
    assert not page.run.isEnabled()
    assert page.run.text() == "Run 5 cells"
    assert "Type a question below" in page.hint.accessibleName()


def test_every_cell_is_answered_under_its_value_with_one_seed_and_few_tokens(
    sweeping: MainWindow, qtbot: QtBot
):
    page = swept(sweeping, qtbot)
    assert [answer.steering["humor"] for answer in page.answers] == [0, 1, 2, 3, 4]
    assert {answer.sampling.seed for answer in page.answers} == {42}
    assert {answer.tokens for answer in page.answers} == {8}
    for cell, answer in zip(page.grid.cells, page.answers, strict=True):
        assert cell.answer is answer
        assert cell.accessibleDescription().endswith(answer.text.strip())
    assert sweeping.session.chat.last is None


def test_a_conversation_that_begins_with_a_sweep_has_its_name_over_it(
    sweeping: MainWindow, qtbot: QtBot
):
    swept(sweeping, qtbot)
    assert "What is tea?" in sweeping.windowTitle()
    assert sweeping.frame.conversations.selected() == (sweeping.session.chat.id,)


def test_a_grid_of_twenty_five_fills_in_whatever_the_lanes_of_the_engine(
    sweeping: MainWindow, qtbot: QtBot
):
    page = sweeping.page.sweep
    page.choose("humor", "verbosity")
    assert sweeping.model.ready.lanes < 25
    page = swept(sweeping, qtbot)
    assert len(page.answers) == 25
    assert all(answer.text and answer.finish == "length" for answer in page.answers)
    assert names(page)[7] == "humor 2, verbosity 1"
    assert str(page.answers[7].steering) == str(DEFAULT.having(humor=2, verbosity=1))


def test_other_values_are_typed_and_what_is_wrong_is_said(sweeping: MainWindow, qtbot: QtBot):
    page = sweeping.page.sweep
    page.across.choose("lang", "en de")
    page.across.changed.emit()
    assert names(page) == ["lang en", "lang de"]
    page.across.values.setText("xx")
    page.across.values.editingFinished.emit()
    assert "xx" in page.notice.message.text()
    page.across.values.setText("fr")
    page.across.values.editingFinished.emit()
    assert page.notice.isHidden()
    assert names(page) == ["lang fr"]


def test_the_last_question_is_swept_with_the_conversation_before_it(
    loaded: MainWindow, qtbot: QtBot
):
    answered(loaded, "What is tea?", qtbot)
    answered(loaded, "And coffee?", qtbot)
    loaded.viewing.show("sweep")
    page = loaded.page.sweep
    assert page.question.accessibleName() == "And coffee?"
    with qtbot.waitSignal(loaded.sweeping.ended, timeout=LOAD):
        qtbot.keyClick(loaded, Qt.Key.Key_Return, CONTROL)
    same = [a for a in page.answers if a.steering == DEFAULT]
    last = loaded.session.chat.last
    assert [answer.prompt_tokens for answer in same] == [last.prompt_tokens]


def test_a_click_opens_a_cell_as_a_column_and_a_version(sweeping: MainWindow, qtbot: QtBot):
    page = swept(sweeping, qtbot)
    for number in (4, 1):
        sweeping.viewing.show("sweep")
        page.grid.cells[number].click()
    assert sweeping.viewing.view == "compare"
    opened = [page.answers[4], page.answers[1]]
    assert sweeping.session.chat.start.answers == opened
    shown = [view.answer for view in sweeping.page.compare.strip.in_order()]
    assert shown[-2:] == opened
    assert sweeping.page.compare.columns.current.steering["humor"] == 1
    assert sweeping.steering.steering["humor"] == 1


@pytest.mark.qt_log_ignore("This plugin does not support")  # the tooltip
def test_an_opened_cell_has_the_focus_and_leaves_the_sampling_alone(
    sweeping: MainWindow, qtbot: QtBot
):
    sweeping.sampling.set_preset("K50-Creative")
    sweeping.page.sweep.tokens.setValue(8)
    page = swept(sweeping, qtbot)
    page.grid.cells[3].setFocus()
    qtbot.mouseClick(page.grid.cells[3], Qt.MouseButton.LeftButton)
    views = sweeping.page.compare.strip.in_order()
    assert [view.answer for view in views if view.hasFocus()] == [page.answers[3]]
    assert sweeping.sampling.preset_name() == "K50-Creative"


def test_another_sweep_of_the_same_question_goes_on_from_the_sliders(
    sweeping: MainWindow, qtbot: QtBot
):
    page = swept(sweeping, qtbot)
    sweeping.steering.apply(DEFAULT.having(verbosity=1))
    assert page.answers[0].steering["verbosity"] == 4
    with qtbot.waitSignal(sweeping.sweeping.ended, timeout=LOAD):
        page.run.click()
    assert {answer.steering["verbosity"] for answer in page.answers} == {1}
    assert page.answers[0].question == "What is tea?"


def test_leaving_the_values_as_they_are_keeps_the_cells(sweeping: MainWindow, qtbot: QtBot):
    page = swept(sweeping, qtbot)
    answers = page.answers
    page.across.values.editingFinished.emit()
    assert page.answers is answers


def test_escape_stops_a_sweep_and_keeps_its_texts(sweeping: MainWindow, qtbot: QtBot):
    page = sweeping.page.sweep
    page.tokens.setValue(1000)
    sweeping.sampling.max_tokens.setValue(3000)
    with qtbot.waitSignal(sweeping.engine.stepped, timeout=LOAD):
        ask(sweeping, "What is tea?", qtbot)
    assert sweeping.page.composer.button.text() == "Stop"
    with qtbot.waitSignal(sweeping.sweeping.ended, timeout=LOAD):
        qtbot.keyClick(sweeping, Qt.Key.Key_Escape)
    assert page.answers[0].finish == "cancelled"
    assert page.answers[0].text
    assert sweeping.page.composer.button.text() == "Send"


def test_an_engine_that_is_killed_leaves_the_cells(sweeping: MainWindow, qtbot: QtBot):
    page = sweeping.page.sweep
    page.tokens.setValue(1000)
    sweeping.sampling.max_tokens.setValue(3000)
    with qtbot.waitSignal(sweeping.engine.stepped, timeout=LOAD):
        ask(sweeping, "What is tea?", qtbot)
    qtbot.waitUntil(lambda: page.answers[0].tokens > 20)
    with qtbot.waitSignal(sweeping.engine.lost, timeout=LOAD):
        os.kill(sweeping.engine.process_id, signal.SIGKILL)
    assert page.answers[0].text
    assert {answer.finish for answer in page.answers} == {"failed"}
    page.tokens.setValue(8)
    swept(sweeping, qtbot, "And coffee?")
    assert {answer.tokens for answer in page.answers} == {8}


@pytest.mark.qt_log_ignore("This plugin does not support")  # the tooltip
def test_pointing_at_a_cell_shows_the_whole_reply(sweeping: MainWindow, qtbot: QtBot):
    page = swept(sweeping, qtbot)
    page.grid.cells[1].setFocus(Qt.FocusReason.TabFocusReason)
    assert "humor 1" in QToolTip.text()
    assert "Cut off at 8 tokens" in QToolTip.text()


@pytest.mark.qt_log_ignore("This plugin does not support")  # the tooltip
def test_arrow_keys_walk_the_grid_and_enter_opens(sweeping: MainWindow, qtbot: QtBot):
    sweeping.page.sweep.choose("humor", "verbosity")
    page = swept(sweeping, qtbot)
    cells = page.grid.cells
    cells[0].setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(sweeping.focusWidget(), key)
    assert sweeping.focusWidget() is cells[6]
    qtbot.keyClick(cells[6], Qt.Key.Key_Return)
    assert sweeping.session.chat.start.answers == [page.answers[6]]


@pytest.mark.qt_log_ignore("This plugin does not support")  # the tooltip
def test_everything_in_a_sweep_has_a_name_and_shows_where_the_keyboard_is(
    sweeping: MainWindow, qtbot: QtBot
):
    page = swept(sweeping, qtbot)
    sweeping.resize(1400, 1300)
    sweeping.activateWindow()
    assert nameless(sweeping) == ""
    stops = [stop for stop in tab_order(sweeping) if page.isAncestorOf(stop)]
    assert [place_of(stop) for stop in stops if not shows_focus(stop)] == []
    assert [stop for stop in stops if stop in page.grid.cells] == page.grid.cells


def test_a_sweep_is_exported_as_page_table_and_picture(
    sweeping: MainWindow, qtbot: QtBot, tmp_path: Path
):
    sweeping.page.sweep.choose("humor", "verbosity")
    page = swept(sweeping, qtbot, "What is <tea> & why?")
    page.answers[3].text = 'He said "tea",\nand\x00 <b>left</b>.'
    export = sweeping.sweeping.export
    export.save_page(tmp_path / "s.html")
    html = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert '<h1 dir="auto">What is &lt;tea&gt; &amp; why?</h1>' in html
    assert html.count("<td") == 25
    assert "and &lt;b&gt;left&lt;/b&gt;." in html
    export.save_table(tmp_path / "s.csv")
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["down_value"], row["across_value"]) for row in rows][7] == ("1", "2")
    assert rows[3]["text"] == page.answers[3].text.strip()
    assert rows[3]["control"] == str(page.answers[3].steering)
    export.save_picture(tmp_path / "s.png")
    assert QImage(str(tmp_path / "s.png")).size() == page.grid.picture.size() * 2


def test_a_place_that_cannot_be_written_to_is_said(sweeping: MainWindow, qtbot: QtBot, tmp_path):
    swept(sweeping, qtbot)
    for save in (sweeping.sweeping.export.save_table, sweeping.sweeping.export.save_picture):
        sweeping.page.sweep.notice.hide()
        save(tmp_path / "missing" / "file")
        assert "cannot be written" in sweeping.page.sweep.notice.message.text()


def test_bars_are_as_long_as_their_figures():
    texts = ["Tea is hot.", "Tea is hot and good.", ""]
    found = shades(texts, 0, "words")
    assert [shade.value for shade in found] == [3, 5, None]
    assert [shade.share for shade in found] == pytest.approx([0.6, 1.0, 0.0])
    change = [shade.value for shade in shades(texts, 0, "change")]
    assert change[0] == 0
    assert 0 < change[1] < 1
    assert change[2] is None


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_cell_is_the_deeper_the_more_and_stays_readable(qtbot: QtBot, colours: Colours):
    cell = CellView()
    qtbot.addWidget(cell)
    cell.setPalette(colours.palette())
    cell.resize(120, 80)
    seen = []
    for share in (0.0, 0.5, 1.0):
        cell.show_shade("5 words", share)
        seen.append(cell.grab().toImage().pixelColor(60, 40))
    assert len({colour.name() for colour in seen}) == 3
    for text in (colours.text, colours.secondary):
        assert min(contrast(text, behind.name()) for behind in seen) >= 4.5


def test_what_is_chosen_is_kept(sweeping: MainWindow):
    page = sweeping.page.sweep
    page.across.choose("humor", "0 4")
    page.choose("humor", "lang")
    page.down.choose("lang", "de en")
    page.measure.setCurrentIndex(2)
    state = page.state()
    page.choose("verbosity")
    page.restore(state)
    assert page.state() == state
    assert state["down"] == ["lang", "de en"]
    page.restore({"across": 3, "down": ["no such"], "tokens": "many", "measure": None})
    assert page.state() == state
