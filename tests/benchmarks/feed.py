"""Feeds a window what a fast engine says, and acts on it meanwhile."""

import itertools
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

from steerlm_studio import protocol
from steerlm_studio.ui.window import MainWindow
from tests.benchmarks.watch import Watch

STEP = 5  # ms between two steps: 200 a second
LANES = 8
LONGEST = 4000  # tokens of one reply
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
