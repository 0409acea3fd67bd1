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
    pixels: list[float] = field(default_factory=list)  # from a step's arrival to that


class Watch(QObject):
    """Beats as often as the event loop lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.times = Times()
        self._last = time.perf_counter()
        self._arrived: list[float] = []  # steps that no frame has taken yet
        self._taken: list[float] = []  # those of the frame that is under way
        self._frame_begun = self._painted = 0.0
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._on_beat)
        self._beat.start(BEAT)
        self._look_on()

    def begin(self) -> Times:
        """Times from here on."""
        self.times = Times()
        self._last = time.perf_counter()
        self._arrived, self._taken = [], []
        self._frame_begun = self._painted = 0.0
        return self.times

    def step_arrived(self) -> None:
        self._arrived.append(time.perf_counter())

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.times.gaps.append(now - self._last - BEAT / 1000)
        self._last = now
        if self._painted:  # all texts of a window are painted in one go, so the frame is over
            self.times.frames.append(self._painted - self._frame_begun)
            self.times.pixels += [self._painted - arrived for arrived in self._taken]
            self._taken = []
            self._frame_begun = self._painted = 0.0

    def _look_on(self) -> None:
        show, paint = Pace.now, TextView.paintEvent

        def timed_show(pace: Pace) -> None:
            self._frame_begun = self._frame_begun or time.perf_counter()
            self._taken += self._arrived
            self._arrived = []
            show(pace)

        def timed_paint(view: TextView, event: QPaintEvent) -> None:
            paint(view, event)
            if self._frame_begun:
                self._painted = time.perf_counter()

        Pace.now = timed_show  # type: ignore[method-assign]
        TextView.paintEvent = timed_paint  # type: ignore[method-assign]


def share(times: list[float], per_cent: int) -> float:
    """A percentile, in seconds."""
    return statistics.quantiles(times, n=100)[per_cent - 1] if len(times) > 1 else 0.0
