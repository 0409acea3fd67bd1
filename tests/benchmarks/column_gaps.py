"""How smooth eight columns and a grid of 25 cells stream: event loop gaps, frames, token to pixels.

PYTHONPATH=. python tests/benchmarks/column_gaps.py [--seconds N] [--model FILE]
First the window is fed what eight lanes of 200 tokens a second say, then a real engine answers in
eight columns and in a grid of 5 by 5. Fails when the gaps reach 50 ms at p99 or, while it is fed,
a frame 16 ms at p99 or the tokens need 33 ms to the pixels at p95.
"""

import argparse
import itertools
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from steerlm_studio import protocol, resources
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.compare.columns import MOST, Column, Columns
from steerlm_studio.ui.compare.page import ComparePage
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from tests.benchmarks.window_gaps import (
    FRAME_LIMIT,
    GAP_LIMIT,
    PIXEL_LIMIT,
    STEP,
    WORDS,
    Times,
    Watch,
    load,
    rest,
    row,
    share,
)

QUESTION = "How do bees make honey?"
PATIENCE = 180_000  # ms


class FrameWatch(Watch):
    """Looks on while the columns are shown: a frame is their showing and their painting."""

    def _look_on(self) -> None:
        show = ComparePage._show_grown

        def timed(page: ComparePage) -> None:
            begun = time.perf_counter()
            show(page)
            for view in page.strip.in_order():
                view.text.body.viewport().repaint()
            now = time.perf_counter()
            self.times.frames.append(now - begun)
            self.times.pixels += [now - arrived for arrived in self._arrived]
            self._arrived.clear()

        ComparePage._show_grown = timed  # type: ignore[method-assign]


class Feed(QObject):
    """Says what an engine would say for eight columns, 200 tokens a second each."""

    def __init__(self, window: MainWindow, watch: Watch) -> None:
        super().__init__(window)
        self._window, self._watch = window, watch
        self._words = itertools.cycle(" ".join(WORDS).split(" "))
        window.engine.blockSignals(True)  # the real one answers too
        window.comparing.ask(QUESTION)
        window.engine.blockSignals(False)
        run = window.session.active
        assert run is not None
        self._run = run.number
        window.answering.stop()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        self._timer.start(STEP)

    def stop(self) -> None:
        self._timer.stop()
        self._window.answering.end_run(self._run)

    def _step(self) -> None:
        pieces = tuple(next(self._words) + " " for _ in range(MOST))
        self._watch.step_arrived()
        lanes = tuple(range(MOST))
        self._window.answering._on_stepped(protocol.Step(self._run, lanes, pieces, STEP / 1000, 1))


def fed(window: MainWindow, watch: Watch, seconds: float) -> None:
    feed = Feed(window, watch)
    rest(seconds)
    feed.stop()


def answered(window: MainWindow) -> None:
    """A real engine writes in all columns until all are done."""
    loop = QEventLoop()
    window.answering.run_ended.connect(loop.quit)
    QTimer.singleShot(PATIENCE, loop.quit)
    window.comparing.answer_all()
    loop.exec()


def swept(window: MainWindow) -> None:
    loop = QEventLoop()
    window.viewing.show("sweep")
    window.page.sweep.choose("humor", "verbosity")
    window.sweeping.ended.connect(loop.quit)
    QTimer.singleShot(PATIENCE, loop.quit)
    window.sweeping.ask(QUESTION)
    loop.exec()


def measure(window: MainWindow, model: Path, seconds: float) -> bool:
    watch = FrameWatch()
    load(window, model)
    window.viewing.show("compare")
    told = [DEFAULT.having(humor=n % 5, verbosity=4 - n // 5) for n in range(MOST)]
    window.page.compare.set_columns(Columns(tuple(map(Column, range(MOST), told))))
    rest(0.5)
    heads = ("gap p50", "gap p99", "gap max", "frame p99", "pixels p95")
    print(f"{'ms':24}" + "".join(f"{head:>12}" for head in heads))
    times = watch.begin()
    fed(window, watch, seconds)
    print(row("fed, 8 x 200 tokens/s", times), flush=True)
    holds = share(times.frames, 99) < FRAME_LIMIT and share(times.pixels, 95) < PIXEL_LIMIT
    for phase, act in (("8 columns, engine", answered), ("5 by 5 cells, engine", swept)):
        after = watch.begin()
        act(window)
        print(row(phase, Times(after.gaps, after.frames)), flush=True)
        holds &= share(after.gaps, 99) < GAP_LIMIT
    return holds and share(times.gaps, 99) < GAP_LIMIT


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=6.0, help="of being fed")
    parser.add_argument("--model", type=Path, default=resources.demo_model())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["STEERLM_STUDIO_HOME"] = home
        app = QApplication(sys.argv[:1])
        store = QSettings(f"{home}/settings.ini", QSettings.Format.IniFormat)
        window = MainWindow(Theme(app), store, [])
        window.resize(1900, 1000)
        window.show()
        rest(0.5)
        print(f"{app.platformName()}, {window.width()} x {window.height()}")
        holds = measure(window, options.model, options.seconds)
        window.close()
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
