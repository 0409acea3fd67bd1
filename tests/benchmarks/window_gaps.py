"""How long the window is deaf while it works: gaps of a timer, frames, token to pixels.

python tests/benchmarks/window_gaps.py [--seconds N] [--model FILE]
Loads a model in the real window, then feeds it what eight lanes of 200 tokens a second say: into
eight columns of a comparison, and, which is harder, all of it into one reply of 4,000 tokens after
the other; while nothing else happens and while the window is resized. Then a conversation of 200
turns is scrolled. Fails when the gaps reach 50 ms at p99, the tokens need 33 ms to the pixels at
p95, or a frame of eight columns 16 ms at p99.
"""

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QAbstractSlider, QApplication

from steerlm_studio import protocol, resources
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from tests.benchmarks.watch import Times, Watch, share

STEP = 5  # ms between two steps: 200 a second
LANES = 8
LONGEST = 4000  # tokens of one reply
GAP_LIMIT, PIXEL_LIMIT, FRAME_LIMIT, SHOW_LIMIT = 0.050, 0.033, 0.016, 0.300  # seconds
WORDS = (
    "Tea is a hot drink made from leaves. ",
    "It is **old** and `common`. ",
    "\n\n- green\n- black\n\n",
    "One pours hot water on it, waits, and drinks. ",
    "\n\n```python\ndef brew(minutes):\n    return minutes * 60\n```\n\n",
)
PLAIN = ("One pours hot water on the leaves, waits a little, and drinks it with friends. ",)


class Feed(QObject):
    """Says what an engine would, a word a token, to the question that the window has just sent."""

    def __init__(
        self, window: MainWindow, watch: Watch, ask: Callable[[str], None], words: tuple[str, ...]
    ) -> None:
        super().__init__(window)
        self._window, self._watch, self._ask = window, watch, ask
        self._words = itertools.cycle(" ".join(words).split(" "))
        self._begin()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        self._timer.start(STEP)

    def stop(self) -> None:
        self._timer.stop()
        self._end()

    def _begin(self) -> None:
        self._said = 0
        send, self._window.engine.send = self._window.engine.send, lambda message: None  # type: ignore[method-assign]
        self._ask("What is tea?")
        self._window.engine.send = send  # type: ignore[method-assign]
        run = self._window.session.active
        assert run is not None
        self._run = run

    def _end(self) -> None:
        number, engine = self._run.number, self._window.engine
        for lane in range(len(self._run.answers)):
            engine.lane_done.emit(protocol.LaneDone(number, lane, "stop", 1, 1, 1))
        engine.done.emit(protocol.Done(number, 1, 0, 1, 0.1, 0.1, 1.0))

    def _step(self) -> None:
        lanes = len(self._run.answers)
        each = LANES // lanes  # words: one lane alone says what eight would
        pieces = tuple("".join(f"{next(self._words)} " for _ in range(each)) for _ in range(lanes))
        self._watch.step_arrived()
        step = protocol.Step(self._run.number, tuple(range(lanes)), pieces, STEP / 1000, 1)
        self._window.engine.stepped.emit(step)
        self._said += each
        if self._said >= LONGEST:
            self._end()
            self._begin()


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


def stream(
    window: MainWindow, watch: Watch, words: tuple[str, ...], seconds: float, resized: bool = False
) -> None:
    """One reply, or as many as there are columns."""
    window.conversing.start_new()
    is_comparing = window.comparing.is_shown
    feed = Feed(window, watch, window.comparing.ask if is_comparing else window.ask, words)
    if resized:
        every(30, lambda n: window.resize(1000 + 10 * (n % 28), 700 + 2 * (n % 28)), seconds)
        window.resize(1280, 770)
    else:
        rest(seconds)
    feed.stop()


def compare(window: MainWindow) -> None:
    """Go to a comparison of eight columns."""
    window.viewing.show("compare")
    while len(window.page.compare.columns.all) < LANES:
        window.comparing.add(None)
    rest(0.5)


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


def row(phase: str, times: Times) -> str:
    numbers = [
        *(share(times.gaps, n) for n in (50, 99)),
        max(times.gaps, default=0.0),
        *(share(times.frames, n) for n in (50, 99)),
        share(times.pixels, 95),
    ]
    return f"{phase:28}" + "".join(f"{1000 * number:12.1f}" for number in numbers)


def measure(window: MainWindow, model: Path, seconds: float) -> bool:
    watch, holds = Watch(), True

    def look(phase: str, act: Callable[[], None], frame_limit: float = 1.0) -> None:
        nonlocal holds
        times = watch.begin()
        act()
        print(row(phase, times), flush=True)
        holds &= share(times.gaps, 99) < GAP_LIMIT and share(times.pixels, 95) < PIXEL_LIMIT
        holds &= share(times.frames, 99) < frame_limit

    heads = ("gap p50", "gap p99", "gap max", "frame p50", "frame p99", "pixels p95")
    print(f"{'ms':28}" + "".join(f"{head:>12}" for head in heads))
    look("loading", lambda: load(window, model))
    look("one reply", lambda: stream(window, watch, WORDS, seconds))
    look("one paragraph", lambda: stream(window, watch, PLAIN, seconds))
    look("one reply, resized", lambda: stream(window, watch, WORDS, seconds, resized=True))
    shown = first_show(window, 200)
    look("scrolling 200 turns", lambda: scroll(window, seconds))
    print(f"first show of 200 turns: {shown * 1000:.0f} ms (limit {SHOW_LIMIT * 1000:.0f} ms)")
    compare(window)
    look("eight columns", lambda: stream(window, watch, WORDS, seconds), FRAME_LIMIT)
    look(
        "eight columns, resized",
        lambda: stream(window, watch, WORDS, seconds, resized=True),
        FRAME_LIMIT,
    )
    return holds and shown < SHOW_LIMIT


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
