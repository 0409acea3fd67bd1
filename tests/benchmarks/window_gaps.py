"""How long the window is deaf while it works: gaps of a timer, frames, token to pixels.

python tests/benchmarks/window_gaps.py [--seconds N] [--model FILE]
Loads a model in the real window. Then it is fed what eight lanes of 200 tokens a second say: all of
it into one reply of 4,000 tokens after the other, which is harder, and into eight columns; while
nothing else happens and while the window is resized. A conversation of 200 turns is opened and
scrolled. Last the engine itself answers in eight columns that are resized and scrolled, and in a
grid of 25 cells. Fails when the gaps reach 50 ms at p99, what is fed to one reply or to columns
that stay as wide needs 33 ms to the pixels at p95, or a frame of eight columns 16 ms at p99.
"CPU" is what the window's thread spent on a frame: on a busy machine it says more than the clock.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QAbstractSlider, QApplication, QScrollBar

from steerlm_studio import protocol, resources
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.collecting import Collecting
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from tests.benchmarks.feed import LANES, PLAIN, WORDS, Feed, every, rest
from tests.benchmarks.watch import Times, Watch, share

GAP_LIMIT, PIXEL_LIMIT, FRAME_LIMIT, SHOW_LIMIT = 0.050, 0.033, 0.016, 0.300  # seconds
QUESTION = "How do bees make honey?"
TURNS = 200
PATIENCE = 180_000  # ms
HEADS = (
    "gap p50",
    "gap p99",
    "gap max",
    "frame p50",
    "frame p99",
    "CPU p50",
    "CPU p99",
    "pixels p95",
)


@dataclass
class Bench:
    """One window through all phases; `holds` says whether every limit was kept so far."""

    window: MainWindow
    watch: Watch
    seconds: float
    holds: bool = True

    def look(self, phase: str, act: Callable[[], None], pixels: bool = False) -> Times:
        times = self.watch.begin()
        act()
        print(row(phase, times), flush=True)
        self.holds &= share(times.gaps, 99) < GAP_LIMIT
        self.holds &= not pixels or share(times.pixels, 95) < PIXEL_LIMIT
        return times

    def stream(self, words: tuple[str, ...], resized: bool = False) -> None:
        """One reply, or as many as there are columns."""
        window = self.window
        window.conversing.start_new()
        is_comparing = window.comparing.is_shown
        feed = Feed(window, self.watch, window.comparing.ask if is_comparing else window.ask, words)
        reader = QTimer(window)  # reads at the end of each column, where something is painted
        reader.timeout.connect(self._go_to_ends)
        reader.start(100)
        if resized:
            every(30, self._resize, self.seconds)
            window.resize(1280, 770)
        else:
            rest(self.seconds)
        reader.stop()
        feed.stop()

    def _go_to_ends(self) -> None:
        for view in self.window.page.compare.strip.in_order():
            bar = view.text.verticalScrollBar()
            if bar.value() < bar.maximum():
                bar.triggerAction(QAbstractSlider.SliderAction.SliderToMaximum)

    def _resize(self, number: int) -> None:
        self.window.resize(1000 + 10 * (number % 28), 700 + 2 * (number % 28))

    def scroll(self) -> None:
        bar = self.window.page.transcript.verticalScrollBar()
        every(16, lambda n: _scroll(bar, n), self.seconds)

    def compare(self) -> None:
        """Go to a comparison of eight columns."""
        self.window.viewing.show("compare")
        while len(self.window.page.compare.columns.all) < LANES:
            self.window.comparing.add(None)
        rest(0.5)

    def answer(self) -> None:
        """The engine writes in all columns, again and again, while the window is moved."""
        window = self.window
        window.conversing.start_new()
        window.comparing.ask(QUESTION)
        again = window.answering.run_ended.connect(
            lambda: QTimer.singleShot(0, window, window.comparing.answer_all)
        )
        bars = [view.text.verticalScrollBar() for view in window.page.compare.strip.in_order()]

        def move(number: int) -> None:
            self._resize(number)
            _scroll(bars[number % len(bars)], number)

        every(30, move, self.seconds)
        window.answering.run_ended.disconnect(again)
        window.answering.stop()
        window.resize(1280, 770)
        rest(0.5)

    def sweep(self) -> None:
        window, loop = self.window, QEventLoop()
        window.viewing.show("sweep")
        window.page.sweep.choose("humor", "verbosity")
        window.sweeping.ended.connect(loop.quit)
        QTimer.singleShot(PATIENCE, loop.quit)
        window.sweeping.ask(QUESTION)
        loop.exec()


def _scroll(bar: QScrollBar, number: int) -> None:
    """Up, and a line down now and then."""
    actions = QAbstractSlider.SliderAction
    up, down = actions.SliderPageStepSub, actions.SliderSingleStepAdd
    bar.triggerAction(down if number % 8 == 7 else up)


def load(window: MainWindow, model: Path) -> None:
    loop = QEventLoop()
    window.engine.ready.connect(loop.quit)
    window.engine.lost.connect(lambda sentence, _: sys.exit(sentence))
    window.open_model(model)
    loop.exec()
    rest(0.3)


def keep_long_chat(window: MainWindow, turns: int) -> Chat:
    """A conversation of so many turns that the store has; another one is shown afterwards."""
    chat = Chat()
    for number in range(turns):
        text = "".join(WORDS) * 4
        chat.end().add(Answer(f"Question {number}?", DEFAULT, protocol.Sampling(), text, "stop"))
    window.conversing.show(chat)
    rest(0.3)
    window.conversing.start_new()
    rest(0.3)
    return chat


def first_show(window: MainWindow, chat: Chat) -> tuple[float, float]:
    """Until a long conversation is laid out and painted: seconds of clock and of processor."""
    begun, spent = time.perf_counter(), time.thread_time()
    window.conversing.show(chat)
    QApplication.processEvents()
    window.page.transcript.viewport().repaint()
    return time.perf_counter() - begun, time.thread_time() - spent


def row(phase: str, times: Times) -> str:
    numbers = [
        *(share(times.gaps, n) for n in (50, 99)),
        max(times.gaps, default=0.0),
        *(share(times.frames, n) for n in (50, 99)),
        *(share(times.spent, n) for n in (50, 99)),
        share(times.pixels, 95),
    ]
    return f"{phase:24}" + "".join(f"{1000 * number:11.1f}" for number in numbers)


def measure(window: MainWindow, model: Path, seconds: float) -> bool:
    bench = Bench(window, Watch(), seconds)
    print(f"{'ms':24}" + "".join(f"{head:>11}" for head in HEADS))
    bench.look("loading", lambda: load(window, model))
    bench.look("one reply", lambda: bench.stream(WORDS), pixels=True)
    bench.look("one paragraph", lambda: bench.stream(PLAIN), pixels=True)
    bench.look("one reply, resized", lambda: bench.stream(WORDS, resized=True))
    shown, spent = first_show(window, keep_long_chat(window, TURNS))
    bench.look(f"scrolling {TURNS} turns", bench.scroll)
    text = f"first show of {TURNS} turns: {shown * 1000:.0f} ms, CPU {spent * 1000:.0f} ms"
    print(f"{text} (limit {SHOW_LIMIT * 1000:.0f} ms)")
    bench.compare()
    times = bench.look("eight columns", lambda: bench.stream(WORDS), pixels=True)
    bench.look("eight columns, resized", lambda: bench.stream(WORDS, resized=True))
    bench.look("engine, columns moved", bench.answer)
    bench.look("engine, 25 cells", bench.sweep)
    return bench.holds and shown < SHOW_LIMIT and share(times.frames, 99) < FRAME_LIMIT


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=6.0, help="of each phase")
    parser.add_argument("--model", type=Path, default=resources.demo_model())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["STEERLM_STUDIO_HOME"] = home
        app = QApplication(sys.argv[:1])
        store = QSettings(f"{home}/settings.ini", QSettings.Format.IniFormat)
        window = MainWindow(Theme(app), store, ["--threads=1"])
        window.resize(1280, 770)
        window.show()
        Collecting(app)
        rest(0.5)
        print(f"{app.platformName()}, frame limit {FRAME_LIMIT * 1000:.0f} ms")
        holds = measure(window, options.model, options.seconds)
        window.close()
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
