"""The plot shows the run in progress, ignores others and keeps the earlier ones."""

import pytest
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


def answer(plot: ThroughputPlot, run: int, lanes: int = 1, tokens: int = 50) -> None:
    plot.begin(run, lanes)
    plot.on_prefilling(Prefilling(run, 32, 32))
    for _ in range(tokens):
        plot.on_step(Step(run, tuple(range(lanes)), ("x",) * lanes, 0.01, 1))


def done(run: int, generated: int = 50) -> Done:
    return Done(run, 32, 380, generated, 0.016, 0.038, 0.5)


def curves(plot: ThroughputPlot) -> list[int]:
    """The number of points of each line drawn, the faintest first."""
    return [len(line.getOriginalDataset()[0]) for line in plot.plot.listDataItems()]


def test_before_the_first_run_it_says_what_will_be_here(plot: ThroughputPlot):
    assert plot.hint.isVisible()
    assert plot.numbers.text("mean") == "\N{EN DASH}"


def test_a_finished_run_shows_the_engines_numbers(plot: ThroughputPlot):
    answer(plot, 1)
    plot.on_done(done(1))
    assert not plot.hint.isVisible()
    shown = [plot.numbers.text(key) for key in ("now", "mean", "prompt", "first", "reused")]
    assert shown[1:] == ["100 t/s", "2000 t/s", "38 ms", "380 of 412"]
    assert shown[0] == "\N{EN DASH}"


def test_numbers_change_at_most_five_times_a_second(plot: ThroughputPlot, qtbot: QtBot):
    answer(plot, 1)
    assert plot.numbers.text("now") == "\N{EN DASH}"
    qtbot.waitUntil(lambda: plot.numbers.text("now") == "100 t/s", timeout=2000)


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
    answer(plot, 1)
    plot.on_done(done(1))
    assert "mean 100 t/s" in plot.plot.accessibleDescription()
