"""Tokens per second from the engine's messages; knows no Qt."""

from collections import deque
from dataclasses import dataclass, field

from steerlm_studio.protocol import Done, Prefilling, Step

WINDOW = 0.5  # seconds over which "now" is meant


@dataclass
class Curve:
    """Rates over the time since the first token: seconds and tokens per second, equally long."""

    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    highest: float = 0.0

    def add(self, seconds: float, rate: float) -> None:
        self.seconds.append(seconds)
        self.rates.append(rate)
        self.highest = max(self.highest, rate)


class RunRates:
    """What is known of one run's speed so far. Times in seconds, rates in tokens per second.

    `clock` readings are the caller's; they stand in until `done` brings the engine's own times.
    """

    def __init__(self, run: int, lanes: int, clock: float, setting: str = "") -> None:
        self.run = run
        self.setting = setting  # what the run was told, in a few words
        self.place = 0  # among the earlier runs of the plot, once it is one
        self.total = Curve()
        self.lanes = [Curve() for _ in range(lanes)]
        self.generated = 0
        self.prompt_rate: float | None = None
        self.first_token: float | None = None
        self.prompt_seconds = 0.0
        self.mean: float | None = None
        self.evaluated: int | None = None
        self.reused: int | None = None
        self.is_done = False
        self._begun = clock
        self._seconds = 0.0
        self._recent: deque[tuple[float, tuple[int, ...]]] = deque()
        self._recent_seconds = 0.0
        self._recent_tokens = [0] * lanes  # of each lane, in the recent steps
        self._recent_total = 0

    @property
    def now(self) -> float | None:
        """All lanes together, over the last half second."""
        return self.total.rates[-1] if self.total.rates else None

    def prefilled(self, message: Prefilling, clock: float) -> None:
        self.evaluated = message.done
        self.prompt_seconds = clock - self._begun
        if clock > self._begun and message.done:
            self.prompt_rate = message.done / (clock - self._begun)

    def stepped(self, message: Step, clock: float) -> None:
        if self.first_token is None:
            self.first_token = clock - self._begun
            self.prompt_seconds = self.prompt_seconds or self.first_token
        self._seconds += message.seconds
        self.generated += len(message.lanes)
        self.mean = self.generated / self._seconds if self._seconds else None
        self._remember(message)
        recent = max(self._recent_seconds, 1e-9)
        for lane in message.lanes:
            if lane < len(self.lanes):
                self.lanes[lane].add(self._seconds, self._recent_tokens[lane] / recent)
        self.total.add(self._seconds, self._recent_total / recent)

    def done(self, message: Done) -> None:
        self.is_done = True
        self.evaluated, self.reused = message.evaluated, message.reused
        if message.generated:
            self.first_token = message.first_token_seconds
        self.prompt_seconds = message.prompt_seconds
        if message.prompt_seconds > 0 and message.evaluated:
            self.prompt_rate = message.evaluated / message.prompt_seconds

    def _remember(self, message: Step) -> None:
        self._recent.append((message.seconds, message.lanes))
        self._recent_seconds += message.seconds
        self._count(message.lanes, 1)
        while len(self._recent) > 1 and self._recent_seconds - self._recent[0][0] >= WINDOW:
            seconds, lanes = self._recent.popleft()
            self._recent_seconds -= seconds
            self._count(lanes, -1)

    def _count(self, lanes: tuple[int, ...], by: int) -> None:
        """Kept as sums: a step comes up to some hundred times a second."""
        self._recent_total += by * len(lanes)
        for lane in lanes:
            if lane < len(self._recent_tokens):
                self._recent_tokens[lane] += by
