"""How long the window is deaf while it works: gaps of a timer, frames, token to pixels.

python tests/benchmarks/window_gaps.py [--seconds N] [--model FILE]
Loads a model in the real window, then feeds it what eight lanes of 200 tokens a second say, while
nothing else happens, while it is resized, and while a conversation of 200 turns is scrolled.
Fails when the gaps reach 50 ms at p99, or the tokens need 33 ms to the pixels at p95.
"""

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QSettings, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractSlider, QApplication

from steerlm_studio import protocol, resources
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.text_view import TextView
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.transcript import Transcript
from steerlm_studio.ui.window import MainWindow

BEAT = 2  # ms between two beats of the watchdog
STEP = 5  # ms between two steps: 200 a second
LANES = 8
GAP_LIMIT, PIXEL_LIMIT, FRAME_LIMIT, SHOW_LIMIT = 0.050, 0.033, 0.016, 0.300  # seconds
WORDS = (
    "Tea is a hot drink made from leaves. ",
    "It is **old** and `common`. ",
    "\n\n- green\n- black\n\n",
    "One pours hot water on it, waits, and drinks. ",
    "\n\n```python\ndef brew(minutes):\n    return minutes * 60\n```\n\n",
)
PLAIN = ("One pours hot water on the leaves, waits a little, and drinks it with friends. ",)


@dataclass
class Times:
    """Seconds, of one phase."""

    gaps: list[float] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)
    pixels: list[float] = field(default_factory=list)


class Watch(QObject):
    """Beats as often as the event loop lets it, and looks on while replies are painted."""

    def __init__(self) -> None:
        super().__init__()
        self.times = Times()
        self._last = time.perf_counter()
        self._arrived: list[float] = []  # steps that are not painted yet
        self._frame_begun = 0.0
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._on_beat)
        self._beat.start(BEAT)
        self._look_on()

    def begin(self) -> Times:
        """Times from here on."""
        self.times = Times()
        self._last = time.perf_counter()
        self._arrived.clear()
        return self.times

    def step_arrived(self) -> None:
        self._arrived.append(time.perf_counter())

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.times.gaps.append(now - self._last - BEAT / 1000)
        self._last = now

    def _look_on(self) -> None:
        show, paint = Transcript.show_pending, TextView.paintEvent

        def timed_show(transcript: Transcript) -> None:
            self._frame_begun = time.perf_counter()
            show(transcript)

        def timed_paint(view: TextView, event: QPaintEvent) -> None:
            paint(view, event)
            if self._frame_begun:
                now = time.perf_counter()
                self.times.frames.append(now - self._frame_begun)
                self.times.pixels += [now - begun for begun in self._arrived]
                self._arrived.clear()
                self._frame_begun = 0.0

        Transcript.show_pending = timed_show  # type: ignore[method-assign]
        TextView.paintEvent = timed_paint  # type: ignore[method-assign]


class Feed(QObject):
    """Says what an engine would, at the pace of eight lanes, into one reply."""

    def __init__(self, window: MainWindow, watch: Watch, words: tuple[str, ...]) -> None:
        super().__init__(window)
        self._window, self._watch = window, watch
        self._words = itertools.cycle(" ".join(words).split(" "))
        answer = Answer("What is tea?", DEFAULT, protocol.Sampling())
        window.session.chat.end().add(answer)
        template = window.answering.model.template  # type: ignore[union-attr]
        self._run, _ = window.session.begin([answer], template)
        window.conversing.changed.emit()
        window.page.transcript.follow()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        self._timer.start(STEP)

    def stop(self) -> None:
        self._timer.stop()
        number = self._run.number
        self._window.session.on_lane_done(protocol.LaneDone(number, 0, "stop", 1, 1, 1))
        self._window.answering.end_run(number)

    def _step(self) -> None:
        words = " ".join(next(self._words) for _ in range(LANES)) + " "
        self._watch.step_arrived()
        step = protocol.Step(self._run.number, (0,), (words,), STEP / 1000, 1)
        self._window.engine.stepped.emit(step)


def rest(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def every(milliseconds: int, act: Callable[[int], None], seconds: float) -> None:
    """Call `act` with 0, 1, 2, … for so long."""
    timer, numbers = QTimer(), itertools.count()
    timer.timeout.connect(lambda: act(next(numbers)))
    timer.start(milliseconds)
    rest(seconds)
    timer.stop()


def load(window: MainWindow, model: Path) -> None:
    loop = QEventLoop()
    window.engine.ready.connect(loop.quit)
    window.engine.lost.connect(lambda sentence, _: sys.exit(sentence))
    window.open_model(model)
    loop.exec()
    rest(0.3)


def stream(window: MainWindow, watch: Watch, words: tuple[str, ...], seconds: float) -> None:
    window.conversing.start_new()
    feed = Feed(window, watch, words)
    rest(seconds)
    feed.stop()


def resize(window: MainWindow, watch: Watch, seconds: float) -> None:
    feed = Feed(window, watch, WORDS)
    every(30, lambda n: window.resize(1000 + 10 * (n % 28), 700 + 2 * (n % 28)), seconds)
    feed.stop()
    window.resize(1280, 770)


def scroll(window: MainWindow, seconds: float) -> None:
    actions = QAbstractSlider.SliderAction
    bar = window.page.transcript.verticalScrollBar()
    up, down = actions.SliderPageStepSub, actions.SliderSingleStepAdd
    every(16, lambda n: bar.triggerAction(down if n % 8 == 7 else up), seconds)


def long_chat(turns: int) -> Chat:
    chat = Chat()
    for number in range(turns):
        text = "".join(WORDS) * 4
        chat.end().add(Answer(f"Question {number}?", DEFAULT, protocol.Sampling(), text, "stop"))
    return chat


def first_show(window: MainWindow, turns: int) -> float:
    """Seconds until a conversation of so many turns is laid out and painted."""
    chat = long_chat(turns)
    begun = time.perf_counter()
    window.conversing.show(chat)
    QApplication.processEvents()
    window.page.transcript.viewport().repaint()
    return time.perf_counter() - begun


def share(times: list[float], per_cent: int) -> float:
    return statistics.quantiles(times, n=100)[per_cent - 1] if len(times) > 1 else 0.0


def row(phase: str, times: Times) -> str:
    numbers = [
        *(share(times.gaps, n) for n in (50, 99)),
        max(times.gaps, default=0.0),
        share(times.frames, 99),
        share(times.pixels, 95),
    ]
    return f"{phase:24}" + "".join(f"{1000 * number:12.1f}" for number in numbers)


def measure(window: MainWindow, model: Path, seconds: float) -> bool:
    watch, holds = Watch(), True
    phases: dict[str, Callable[[], None]] = {
        "loading": lambda: load(window, model),
        "streaming": lambda: stream(window, watch, WORDS, seconds),
        "streaming one paragraph": lambda: stream(window, watch, PLAIN, seconds),
        "streaming and resizing": lambda: resize(window, watch, seconds),
    }
    print(
        f"{'ms':24}{'gap p50':>12}{'gap p99':>12}{'gap max':>12}{'frame p99':>12}{'pixels p95':>12}"
    )
    for phase, act in phases.items():
        times = watch.begin()
        act()
        print(row(phase, times), flush=True)
        holds &= share(times.gaps, 99) < GAP_LIMIT and share(times.pixels, 95) < PIXEL_LIMIT
    shown = first_show(window, 200)
    times = watch.begin()
    scroll(window, seconds)
    print(row("scrolling 200 turns", times))
    print(f"first show of 200 turns: {shown * 1000:.0f} ms (limit {SHOW_LIMIT * 1000:.0f} ms)")
    return holds and share(times.gaps, 99) < GAP_LIMIT and shown < SHOW_LIMIT


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
        rest(0.5)
        print(f"{app.platformName()}, frame limit {FRAME_LIMIT * 1000:.0f} ms")
        holds = measure(window, options.model, options.seconds)
        window.close()
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
