"""The plot shows the run in progress, ignores others and keeps the earlier ones."""

import csv
import gc
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Done, Prefilling, Step
from steerlm_studio.ui.throughput import ThroughputPlot


@pytest.fixture
def plot(qtbot: QtBot) -> ThroughputPlot:
    plot = ThroughputPlot()
    qtbot.addWidget(plot)
    plot.resize(900, 130)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def answer(
    plot: ThroughputPlot, run: int, lanes: int = 1, tokens: int = 50, setting: str = ""
) -> None:
    plot.begin(run, lanes, setting)
    plot.on_prefilling(Prefilling(run, 32, 32))
    for _ in range(tokens):
        plot.on_step(Step(run, tuple(range(lanes)), ("x",) * lanes, 0.01, 1))


def done(run: int, generated: int = 50) -> Done:
    return Done(run, 32, 380, generated, 0.016, 0.038, 0.5)


def curves(plot: ThroughputPlot) -> list[int]:
    """The number of points of each line drawn, the faintest first."""
    return plot.chart.points()


def test_a_plot_leaves_no_menu_behind(qtbot: QtBot, qapp: QApplication):
    before = set(qapp.topLevelWidgets())
    plot = ThroughputPlot()
    gc.disable()
    try:
        assert {type(widget) for widget in set(qapp.topLevelWidgets()) - before} > {QMenu}
        plot.deleteLater()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert set(qapp.topLevelWidgets()) <= before
    finally:
        gc.enable()


class Counted(QObject):
    """How often a widget gets an event of one kind."""

    def __init__(self, widget: QWidget, kind: QEvent.Type) -> None:
        super().__init__(widget)
        self._kind, self.count = kind, 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == self._kind
        return False


def settle() -> None:
    """Until what was asked for in the last event is done, and what that asked for."""
    for _ in range(10):
        QApplication.processEvents()


def test_a_run_is_drawn_once_its_question_is_sent(plot: ThroughputPlot, qtbot: QtBot):
    answer(plot, 1)
    plot.on_done(done(1))
    plot.begin(2, lanes=2)
    assert len(curves(plot)) == 1
    qtbot.waitUntil(lambda: len(curves(plot)) == 4)


def test_a_run_that_ends_at_once_is_drawn_whole(plot: ThroughputPlot):
    answer(plot, 1, lanes=2)
    plot.on_done(done(1))
    assert curves(plot) == [50, 50, 50]


def test_a_plot_that_is_resized_is_painted_once(plot: ThroughputPlot):
    answer(plot, 1, lanes=2)
    plot.on_done(done(1))
    settle()
    painted = Counted(plot.chart.viewport(), QEvent.Type.Paint)
    plot.resize(800, 130)
    settle()
    assert painted.count == 1


def test_numbers_that_stay_do_not_have_the_dock_laid_out(plot: ThroughputPlot):
    answer(plot, 1)
    plot.on_done(done(1))
    settle()
    laid_out = Counted(plot, QEvent.Type.LayoutRequest)
    plot.numbers.show_run(plot.run)
    settle()
    assert laid_out.count == 0


def test_before_the_first_run_it_says_what_will_be_here(plot: ThroughputPlot):
    assert plot.chart.hint.isVisible()
    assert plot.numbers.text("mean") == "\N{EN DASH}"


def test_a_finished_run_shows_the_engines_numbers(plot: ThroughputPlot):
    answer(plot, 1)
    plot.on_done(done(1))
    assert not plot.chart.hint.isVisible()
    shown = [plot.numbers.text(key) for key in ("now", "mean", "prompt", "first", "reused")]
    assert shown[1:] == ["100 t/s", "2000 t/s", "38 ms", "380 of 412"]
    assert shown[0] == "\N{EN DASH}"


def test_numbers_change_at_most_five_times_a_second(plot: ThroughputPlot, qtbot: QtBot):
    answer(plot, 1)
    assert plot.numbers.text("now") == "\N{EN DASH}"
    qtbot.waitUntil(lambda: plot.numbers.text("now") == "100 t/s")


def test_messages_of_another_run_are_ignored(plot: ThroughputPlot):
    plot.begin(2, 1)
    plot.on_step(Step(1, (0,), ("x",), 0.01, 1))
    plot.on_prefilling(Prefilling(1, 8, 8))
    plot.on_done(done(1))
    assert plot.run
    assert plot.run.generated == 0
    assert not plot.run.is_done


def test_several_lanes_have_a_line_each_and_one_in_total(plot: ThroughputPlot):
    answer(plot, 1, lanes=3)
    plot.on_done(done(1, 150))
    assert curves(plot) == [50, 50, 50, 50]


def test_the_last_four_runs_stay(plot: ThroughputPlot):
    for run in range(1, 8):
        answer(plot, run, tokens=10 * run)
        plot.on_done(done(run))
    assert curves(plot) == [30, 40, 50, 60, 70]


def test_the_plot_is_told_in_words(plot: ThroughputPlot):
    answer(plot, 1, setting="humor 0→3")
    plot.on_done(done(1))
    assert plot.chart.accessibleDescription() == (
        "Run 1 (humor 0→3): 50 tokens, 100 t/s on average, between 100 t/s and 100 t/s, "
        "prompt at 2000 t/s, first token after 38 ms, 380 of 412 prompt tokens reused."
    )


def test_the_summary_of_all_runs_is_copied_the_newest_first(plot: ThroughputPlot):
    for run in (1, 2):
        answer(plot, run)
        plot.on_done(done(run))
    plot.copy_summary.trigger()
    newest, oldest = QGuiApplication.clipboard().text().splitlines()
    assert newest.startswith("Run 2: ")
    assert oldest.startswith("Run 1: ")


def test_the_legend_names_each_run_by_its_setting(plot: ThroughputPlot):
    for run, setting in ((1, "Default"), (2, "humor 0→3"), (3, "")):
        answer(plot, run, setting=setting)
        plot.on_done(done(run))
    assert plot.legend.texts == ["100 t/s · run 3", "100 t/s · humor 0→3", "100 t/s · Default"]
    assert plot.legend.accessibleDescription() == "\n".join(plot.legend.texts)
    legend, line = plot.legend, plot.legend.sizeHint().height() // 3
    legend.setFixedHeight(2 * line + line // 2)  # the third would be cut in its middle
    image = legend.grab().toImage()
    below = {image.pixel(x, 2 * line + 2) for x in range(image.width())}
    assert len(below) == 1


def test_earlier_runs_are_dashed_differently_whatever_their_numbers(plot: ThroughputPlot):
    """Counting tokens takes numbers too: two runs of one slider move were drawn the same."""
    for run in (2, 6, 10, 14, 18):
        answer(plot, run)
        plot.on_done(done(run))
    styles = [entry.style for entry in plot.legend.entries]
    assert len(set(styles)) == len(styles) == 5


def test_the_prompt_phase_lies_before_the_first_token(plot: ThroughputPlot):
    answer(plot, 1)
    plot.on_done(done(1))
    (low, high), (bottom, top) = plot.chart.viewRange()
    assert low == pytest.approx(-0.016)
    assert high == pytest.approx(0.6)
    assert (bottom, top) == (0, 150)


def test_a_long_run_is_thinned_to_what_can_be_told_apart(plot: ThroughputPlot):
    answer(plot, 1, tokens=5000)
    plot.on_done(done(1))
    assert curves(plot)[-1] <= 401


def test_the_pointer_reads_a_value(plot: ThroughputPlot, qtbot: QtBot):
    answer(plot, 1)
    plot.on_done(done(1))
    chart = plot.chart
    place = chart.mapFromScene(chart.getViewBox().mapViewToScene(QPoint(0, 50)))
    qtbot.mouseMove(chart.viewport(), place + QPoint(2, 0))
    assert chart.value.text() == "100 t/s at 0.01 s"
    plot.begin(2, 1)
    qtbot.waitUntil(chart.value.isHidden)


def test_the_arrow_keys_read_values_too(plot: ThroughputPlot, qtbot: QtBot):
    answer(plot, 1)
    plot.on_done(done(1))
    for key in (Qt.Key.Key_End, Qt.Key.Key_Left):
        qtbot.keyClick(plot.chart, key)
    assert plot.chart.value.text() == "100 t/s at 0.49 s"
    assert plot.chart.accessibleDescription() == "100 t/s at 0.49 s"


def test_while_paused_nothing_moves_and_nothing_is_lost(plot: ThroughputPlot):
    plot.pause.trigger()
    answer(plot, 1)
    plot.on_done(done(1))
    assert plot.numbers.text("mean") == "\N{EN DASH}"
    plot.pause.trigger()
    assert plot.numbers.text("mean") == "100 t/s"


def test_a_run_that_begins_while_paused_leaves_the_plot_as_it_is(
    plot: ThroughputPlot, qtbot: QtBot
):
    answer(plot, 1)
    plot.on_done(done(1))
    drawn = curves(plot)
    plot.pause.trigger()
    answer(plot, 2, tokens=5)
    plot.on_done(done(2))
    assert curves(plot) == drawn
    qtbot.keyClick(plot.chart, Qt.Key.Key_End)
    assert plot.chart.value.text() == "100 t/s at 0.50 s"
    plot.pause.trigger()
    assert curves(plot) == [*drawn, 5]


def test_the_memory_of_the_engine_is_shown(plot: ThroughputPlot):
    plot.watch_process(os.getpid())
    assert plot.numbers.text("memory").endswith("B")
    plot.watch_process(0)
    assert plot.numbers.text("memory") == "\N{EN DASH}"


def test_the_table_holds_every_run_and_phase(plot: ThroughputPlot, tmp_path: Path):
    answer(plot, 1, lanes=2, setting='say "hi", now')
    plot.on_done(done(1))
    plot.save_table_as(tmp_path / "runs")
    with (tmp_path / "runs.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["setting"] for row in rows} == {'say "hi", now'}
    assert [row["phase"] for row in rows] == ["prompt"] + ["generation"] * 150
    assert rows[0]["seconds"] == "-0.016000"
    assert rows[0]["tokens_per_second"] == "2000.000"
    assert {row["lane"] for row in rows} == {"all", "0", "1"}


def test_the_picture_is_twice_as_fine_as_the_screen(plot: ThroughputPlot, tmp_path: Path):
    answer(plot, 1)
    plot.save_picture_as(tmp_path / "runs")
    assert QImage(str(tmp_path / "runs.png")).size() == plot.size() * 2


def test_a_place_that_cannot_be_written_is_told(plot: ThroughputPlot, tmp_path: Path):
    answer(plot, 1)
    plot.save_table_as(tmp_path / "none" / "runs.csv")
    assert "cannot be written" in plot.notice.message.text()
    plot.save_picture_as(tmp_path / "none" / "runs.png")
    assert "picture" in plot.notice.message.text()


def test_the_files_are_asked_for_without_stopping_the_window(plot: ThroughputPlot):
    answer(plot, 1)
    plot.on_done(done(1))
    plot.save_picture.trigger()
    plot.save_table.trigger()
    dialogs = plot.findChildren(QFileDialog)
    assert len(dialogs) == 2
    for dialog in dialogs:
        dialog.reject()
