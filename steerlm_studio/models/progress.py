"""The messages of a download child, one JSON object per line, and the speed they tell."""

import time
from collections import deque
from collections.abc import Callable

import msgspec

WINDOW = 5.0  # seconds that the speed is an average of


class Started(msgspec.Struct, frozen=True, tag="started"):
    """The hub was asked; `present` bytes of `total` are here from before."""

    repo: str
    file: str
    total: int
    present: int


class Checking(msgspec.Struct, frozen=True, tag="checking"):
    """What is here already is read once more, for the checksum."""

    done: int
    total: int


class Fetched(msgspec.Struct, frozen=True, tag="fetched"):
    """Bytes here so far; the speed in bytes per second, and the seconds that remain, if known."""

    done: int
    total: int
    rate: float
    remaining: float | None


class Waiting(msgspec.Struct, frozen=True, tag="waiting"):
    """A pause before the next attempt, and why."""

    seconds: float
    reason: str


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """The whole file is at `path` and its checksum is right; `fetched` bytes came this time."""

    path: str
    etag: str
    fetched: int


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It ended; `message` says why and what next. What was fetched is kept."""

    message: str
    kind: str = "other"
    link: str = ""
    detail: str = ""


Progress = Started | Checking | Fetched | Waiting | Finished | Failed

_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[Progress] = msgspec.json.Decoder(Progress)


def line(message: Progress) -> bytes:
    """The message as one line, newline included."""
    return _encode(message) + b"\n"


def message(data: bytes) -> Progress:
    """Parse a line of the child. Raises `msgspec.MsgspecError`."""
    return _decoder.decode(data)


class Meter:
    """Bytes per second over the last seconds, and how long the rest will take."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._points: deque[tuple[float, int]] = deque()

    def at(self, done: int, total: int) -> Fetched:
        """Note that `done` of `total` bytes are here now."""
        now = self._clock()
        self._points.append((now, done))
        while len(self._points) > 2 and now - self._points[0][0] > WINDOW:
            self._points.popleft()
        then, before = self._points[0]
        rate = (done - before) / (now - then) if now > then else 0.0
        return Fetched(done, total, rate, (total - done) / rate if rate > 0 else None)
