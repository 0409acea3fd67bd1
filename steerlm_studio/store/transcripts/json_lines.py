"""Reading JSON of any size piece by piece: lines, arrays, or values one after another."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

CHUNK = 1 << 20  # characters
_NEAR_END = 16  # a value that is cut may be seen as wrong so many characters before the cut
_decode = json.JSONDecoder().raw_decode


@dataclass(frozen=True)
class Value:
    """One value of a file; `line` is where it begins, `text` how it stood (for lines only).

    `read` counts the bytes of the file that are read so far.
    """

    line: int
    value: Any
    text: str = ""
    read: int = 0


@dataclass(frozen=True)
class Broken:
    """A place that is no JSON; nothing behind it could be read unless it is a line of its own."""

    line: int
    message: str


def lines(path: Path) -> Iterator[Value | Broken]:
    """One value a line; a broken line hides no other."""
    with path.open("rb") as file:
        read = 0
        for number, raw in enumerate(file, 1):
            read += len(raw)
            data = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            if not data.strip():
                continue
            try:
                text = data.decode("utf-8").strip("\r\n")
                yield Value(number, json.loads(text), text, read)
            except UnicodeDecodeError as error:
                yield Broken(number, f"byte {error.start + 1} is not UTF-8")
            except json.JSONDecodeError as error:
                yield Broken(number, f"not JSON: {error.msg} (column {error.colno})")
            except (ValueError, RecursionError) as error:
                yield Broken(number, f"not JSON: {error}")


def values(path: Path, start: str = "") -> Iterator[Value | Broken]:
    """The items of an array, or values one after another; what is read is not kept.

    `start` is a text that the array's bracket follows, e.g. `"conversations":`.
    """
    with path.open("rb") as data, TextIOWrapper(data, "utf-8-sig", newline="") as file:
        reader = _Reader(file)
        try:
            if start:
                reader.skip_to(start)
            yield from reader.values()
            reader.end("}" if start else "")
        except UnicodeDecodeError:
            yield Broken(reader.line, "the file is not UTF-8 from about here on")
        except (ValueError, RecursionError) as error:
            message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            yield Broken(reader.line, f"not JSON: {message}")


class _Reader:
    """A window on the file that holds the value being read, and no more."""

    def __init__(self, file: TextIOWrapper) -> None:
        self.file = file
        self.line = 1
        self.bytes_read = 0
        self._text = ""
        self._at = 0
        self._ended = False
        self._in_array = False

    def skip_to(self, start: str) -> None:
        self._grow()
        place = self._text.find(start)
        self._take(place + len(start) if place >= 0 else 0)

    def values(self) -> Iterator[Value]:
        in_array = self._in_array = self._next() == "["
        if in_array:
            self._take(1)
        while (letter := self._next()) and letter != "]":
            line = self.line
            yield Value(line, self._value(), read=self.bytes_read)
            if in_array and self._next() not in (",", "]"):
                raise ValueError("a comma or the end of the list is missing")
            if self._next() == ",":
                self._take(1)
        if in_array:
            if not self._next():
                raise ValueError("the end of the list is missing")
            self._take(1)

    def end(self, last: str) -> None:
        """Behind an array only `last` stands, or after a comma what this version does not know."""
        if not self._in_array or (last and self._next() == ","):
            return
        if last and self._next() != last:
            raise ValueError("the end of the file is missing")
        self._take(len(last))
        if self._next():
            raise ValueError("something follows the end of the list")

    def _next(self) -> str:
        """The next character that is not blank; "" at the end."""
        while True:
            rest = self._text[self._at : self._at + 4096]
            found = rest.lstrip()
            self._take(len(rest) - len(found))
            if found:
                return found[0]
            if not rest and not self._grow():
                return ""

    def _value(self) -> Any:
        while True:
            try:
                value, end = _decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or (
                    error.pos >= len(self._text) - _NEAR_END
                )
                if not cut or not self._grow():
                    self._take(max(error.pos - self._at, 0))
                    raise
                continue
            if end == len(self._text) and self._grow():
                continue  # a number may go on
            self._take(end - self._at)
            return value

    def _grow(self) -> bool:
        """Read on, twice as far as before while one value fills the window."""
        if self._ended:
            return False
        self._text, self._at = self._text[self._at :], 0
        more = self.file.read(max(CHUNK, len(self._text)))
        self._ended = not more
        self._text += more
        self.bytes_read += len(more.encode())
        return bool(more)

    def _take(self, count: int) -> None:
        self.line += self._text.count("\n", self._at, self._at + count)
        self._at += count
