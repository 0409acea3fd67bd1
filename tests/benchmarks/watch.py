"""How long a window is deaf, how long its frames take, when tokens are on the screen.

The watchdog of `window_gaps.py`; it looks on while texts are painted, wherever they stand.
"""

import statistics
import time
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QPaintEvent

from steerlm_studio.ui.pace import Pace
from steerlm_studio.ui.text_view import TextView

BEAT = 2  # ms between two beats


@dataclass
class Times:
    """Seconds, of one phase."""

    gaps: list[float] = field(default_factory=list)  # by which a beat came late
    frames: list[float] = field(default_factory=list)  # from taking new text to the last paint
    spent: list[float] = field(default_factory=list)  # processor time of the thread in these
    pixels: list[float] = field(default_factory=list)  # from a step's arrival to a text's paint


class Watch(QObject):
    """Beats as often as the event loop lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.times = Times()
        self._last = time.perf_counter()
        self._arrived: list[float] = []  # all steps of this phase
        self._shown: dict[TextView, int] = {}  # how many of them a text has on the screen
        self._taken: dict[TextView, int] = {}  # how many are in it, and not painted yet
        self._begun: tuple[float, float] | None = None  # the frame under way: clock, spent
        self._painted: tuple[float, float] | None = None  # its last paint so far
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._on_beat)
        self._beat.start(BEAT)
        self._look_on()

    def begin(self) -> Times:
        """Times from here on."""
        self.times = Times()
        self._last = time.perf_counter()
        self._arrived, self._shown, self._taken = [], {}, {}
        self._begun = self._painted = None
        return self.times

    def step_arrived(self) -> None:
        self._arrived.append(time.perf_counter())

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.times.gaps.append(now - self._last - BEAT / 1000)
        self._last = now
        if self._begun and self._painted:  # a frame's texts are painted in one go, so it is over
            self.times.frames.append(self._painted[0] - self._begun[0])
            self.times.spent.append(self._painted[1] - self._begun[1])
            self._begun = self._painted = None

    def _on_shown(self, view: TextView) -> None:
        self._taken[view] = len(self._arrived)

    def _on_painted(self, view: TextView) -> None:
        if self._begun:
            self._painted = _now()
        if (taken := self._taken.pop(view, None)) is not None:
            # What arrived before a new text's first words is another's.
            fresh = self._arrived[self._shown.get(view, taken) : taken]
            self.times.pixels += [time.perf_counter() - arrived for arrived in fresh]
            self._shown[view] = taken

    def _look_on(self) -> None:
        due, show, paint = Pace.now, TextView.show_markdown, TextView.paintEvent

        def timed_due(pace: Pace) -> None:
            self._begun = self._begun or _now()
            due(pace)

        def timed_show(view: TextView, text: str) -> None:
            show(view, text)
            self._on_shown(view)

        def timed_paint(view: TextView, event: QPaintEvent) -> None:
            paint(view, event)
            self._on_painted(view)

        Pace.now = timed_due  # type: ignore[method-assign]
        TextView.show_markdown = timed_show  # type: ignore[method-assign]
        TextView.paintEvent = timed_paint  # type: ignore[method-assign]


def _now() -> tuple[float, float]:
    """The clock and what this thread has spent, in seconds."""
    return time.perf_counter(), time.thread_time()


def share(times: list[float], per_cent: int) -> float:
    """A percentile, in seconds."""
    return statistics.quantiles(times, n=100)[per_cent - 1] if len(times) > 1 else 0.0
