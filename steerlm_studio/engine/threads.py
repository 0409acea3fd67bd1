"""How many CPU threads a step should use while other programs want the cores too.

ggml's threads wait for each other by spinning: one core lost to another program makes two threads
several times slower than one. So a step that takes too long halves the count at once. Now and then
twice the count (or, from the top, half of it) is tried for a few steps, ever more rarely while that
does not pay; a trial ends with its first slow step. Even that one step may take a second where
another program has the core, so more threads are tried only while cores stand idle.
"""

import time
from collections.abc import Callable

import psutil

SLOW = 1.6  # times the usual duration: something else runs
VERY_SLOW = 4.0  # times the usual duration: one such step is enough
STRIKES = 2  # slow steps in a row before the count falls
TRIAL = 4  # steps that a trial of another count lasts
GAIN = 0.9  # of the time before: what a trial must reach to be kept
PATIENCE = (2.0, 30.0)  # seconds between trials, and at most when they do not pay
FREE = 0.6  # of each core that a trial wants: the share that must have been idle


class IdleCores:
    """How many cores of the machine stood idle, on average, since the last call.

    The system counts in hundredths of a second, so calls in quick succession get the same answer.
    """

    def __init__(self) -> None:
        self._last = self._now()
        self._count = 0.0

    def __call__(self) -> float:
        now = self._now()
        seconds = now[0] - self._last[0]
        if seconds >= 0.1:
            self._count = (now[1] - self._last[1]) / seconds
            self._last = now
        return self._count

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.monotonic(), psutil.cpu_times().idle


class Threads:
    """The count for the next step: fixed, or adapted between 1 and `most`."""

    def __init__(
        self,
        most: int,
        fixed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        idle: Callable[[], float] = lambda: float("inf"),
    ) -> None:
        self._most = max(1, most)
        self._clock = clock
        self._idle = idle
        self.fix(fixed)

    def fix(self, count: int) -> None:
        """Use `count` threads from now on; 0 starts with all and adapts."""
        self._fixed = count > 0
        self._restart(count if count > 0 else self._most)

    def climb(self) -> int:
        """Start with one thread (if not fixed) and double while that pays; returns the count."""
        if not self._fixed:
            self._restart(1)
        return self.count

    @property
    def settled(self) -> bool:
        """Whether there is nothing to find out at present."""
        climbing = self._trial_from > 0 or self._next_trial <= self._clock()
        return self._fixed or self._most == 1 or not climbing

    def observe(self, seconds: float, width: int = 1) -> int:
        """Take note of a step of `width` tokens; returns the count for the next one."""
        if self._fixed or self._most == 1:
            return self.count
        if width != self._width:
            self._forget(width)
        if self._trial_from:
            self._try(seconds)
        elif self._is_slow(seconds) and self.count > 1:
            self._move(self.count // 2)
        elif self._clock() >= self._next_trial:
            self._start_trial()
        return self.count

    def _restart(self, count: int) -> None:
        self._width = 0
        self._strikes = 0
        self._usual: dict[int, float] = {}  # seconds of a step by count, while nothing else runs
        self._patience = PATIENCE[0]
        self._trial_from = 0  # the count before the trial that is going on
        self._move(count)
        self._next_trial = self._clock()  # at once: the cores may be busy already

    def _forget(self, width: int) -> None:
        """Steps of another width take other times: leave what was learnt about them."""
        self._width = width
        self._usual.clear()
        if self._trial_from:
            self._move(self._trial_from)

    def _is_slow(self, seconds: float) -> bool:
        """Whether the last steps took far longer than steps with this count do."""
        usual = self._usual.get(self.count, seconds)
        if seconds > SLOW * usual:
            self._strikes += STRIKES if seconds > VERY_SLOW * usual else 1
        else:
            self._strikes = 0
            self._usual[self.count] = usual + 0.1 * (seconds - usual)
        return self._strikes >= STRIKES

    def _start_trial(self) -> None:
        before = self.count
        wanted = min(2 * before, self._most) if before < self._most else before // 2
        if self._idle() < FREE * (wanted - before):
            self._next_trial = self._clock() + PATIENCE[0]
            return
        self._move(wanted)
        self._trial_from = before

    def _try(self, seconds: float) -> None:
        """Go on with a trial; keep the count when it is clearly faster than the one before."""
        self._steps.append(seconds)
        before = self._trial_from
        usual = self._usual.get(before, float("inf"))
        if seconds > SLOW * usual:
            self._give_up(before)
        elif len(self._steps) == TRIAL:
            typical = sorted(self._steps)[TRIAL // 2]
            if typical < GAIN * usual:
                self._keep(before, typical)
            else:
                self._give_up(before)

    def _keep(self, before: int, typical: float) -> None:
        self._usual[self.count] = typical
        self._patience = PATIENCE[0]
        self._move(self.count)
        if before < self.count < self._most:
            self._next_trial = self._clock()  # go on climbing

    def _give_up(self, before: int) -> None:
        self._patience = min(2 * self._patience, PATIENCE[1])
        self._move(before)

    def _move(self, count: int) -> None:
        self.count = count
        self._trial_from = 0
        self._strikes = 0
        self._steps: list[float] = []
        self._next_trial = self._clock() + self._patience
