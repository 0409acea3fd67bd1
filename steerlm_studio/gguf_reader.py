"""Takes values from a GGUF in turn: bounded by the file's size and by what any model needs.

The file is read in pieces and not mapped: a map of a file that somebody cuts or overwrites while it
is read ends the process.
"""

import os
import struct
from collections.abc import Callable
from pathlib import Path
from stat import S_ISREG
from typing import Any, TypeVar

from steerlm_studio.errors import StudioError, piece

T = TypeVar("T")

_WINDOW = 1 << 18  # bytes read at a time
_HEAD = 1 << 29  # bytes of a header: those of large vocabularies have some 20 million
_STRINGS = 1 << 22  # strings in all lists: large vocabularies have some 300,000, and as many merges
_NAME = 1 << 16  # bytes of a key or a tensor's name
_TEXT = 1 << 20  # bytes of a text that is kept; longer ones are passed over


class Damaged(Exception):
    """What is wrong, as the end of a sentence."""


class Reader:
    """Goes on from `at`, never past the end of the file. Methods raise `Damaged` or OSError."""

    def __init__(self, file: int, size: int) -> None:
        self._file = file
        self.size = size
        self.at = 0
        self._window = b""
        self._start = 0  # where in the file the window begins
        self._strings = 0  # in lists so far

    def take(self, count: int) -> bytes:
        self.must_hold(count, 1, piece("bytes"))
        place = self._place_of(count)
        self.at += count
        return self._window[place : place + count]

    def number(self, code: str) -> Any:
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def name(self) -> bytes:
        """A key, or a tensor's name."""
        length = self.number("Q")
        self.must_hold(length, 1, piece("bytes"))
        if length >= _NAME:
            raise Damaged("a name in it is longer than any can be")
        return self.take(length)

    def text(self) -> str:
        """A value; empty where it is longer than anything that is looked at here."""
        length = self.number("Q")
        self.must_hold(length, 1, piece("bytes"))
        if length > _TEXT:
            self.at += length
            return ""
        return self.take(length).decode("utf-8", errors="replace")

    def strings(self, count: int, wanted: bool) -> tuple[bytes, ...]:
        """A list of strings; only walked over when not `wanted`."""
        self.must_hold(count, 8, piece("strings"))
        self._strings += count
        if self._strings > _STRINGS:
            raise Damaged(f"its {self._strings} listed texts are more than any model has")
        at, window, start = self.at, self._window, self._start
        unpack = struct.Struct("<Q").unpack_from
        found = []
        for _ in range(count):
            if not start <= at <= start + len(window) - 8:
                self.at = at
                self._place_of(8)
                window, start = self._window, self._start
            (length,) = unpack(window, at - start)
            at += 8 + length
            if at > self.size:
                raise Damaged("a text in its metadata is longer than the file")
            if wanted:
                self.at = at - length
                place = self._place_of(length)
                window, start = self._window, self._start
                found.append(window[place : place + length])
        self.at = at
        return tuple(found)

    def must_hold(self, count: int, each: int, what: str) -> None:
        """Refuse a count that the rest of the file cannot hold."""
        if count * each > self.size - self.at:
            raise Damaged(f"it ends too early: {count} {what} cannot follow")

    def _place_of(self, count: int) -> int:
        """Where in the window the next `count` bytes begin; reads on where they are not in it."""
        place = self.at - self._start
        if 0 <= place <= len(self._window) - count:
            return place
        if self.at + count > min(self.size, _HEAD):
            raise Damaged("it ends in the middle of its metadata, or these are too large")
        self._window, self._start = os.pread(self._file, max(count, _WINDOW), self.at), self.at
        if len(self._window) < count:
            raise Damaged("it was cut while it was read")
        return 0


def reading(path: str | Path, take: Callable[[Reader], T]) -> T:
    """What `take` makes of the file; `Damaged` and the system's errors become `StudioError`s."""
    path = Path(path)
    try:
        if not S_ISREG(path.stat().st_mode):
            raise _no_file(path)
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe by now: no wait
        try:
            about = os.fstat(file)
            if not S_ISREG(about.st_mode):
                raise _no_file(path)
            if about.st_size == 0:
                raise Damaged("it is empty")
            return take(Reader(file, about.st_size))
        finally:
            os.close(file)
    except OSError as error:
        raise StudioError(
            f"{path} cannot be read: {error.strerror or error}. Check the path and its permissions."
        ) from error
    except Damaged as damage:
        raise StudioError(
            f"{path.name} cannot be used: {damage}. If it was downloaded or copied, do that again; "
            "a model in another format must be converted to GGUF first."
        ) from None


def _no_file(path: Path) -> StudioError:
    return StudioError(f"{path} cannot be read: it is no file. Choose a .gguf file.")
