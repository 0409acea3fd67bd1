"""The file that a batch writes: lines are only ever added, and after any end it goes on."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from steerlm_studio.errors import StudioError, piece

MADE_FROM = "made_from"  # the first key of every row: what the whole table belongs to
LONGEST = 64 * 2**20  # bytes of a row: what is longer is a file of another kind
_PARTS = {
    "prompts": piece("other prompts"),
    "settings": piece("other settings"),
    "model": piece("another model"),
}
Row = Mapping[str, Any]


class Unwritable(StudioError):
    """The file, and so the whole batch, cannot go on."""


class Table:
    """Opens a file for one batch alone, and mends a last line that was cut.

    `made_from` holds fingerprints; a file with others, or one that is no table at all, is left as
    it is. `kept(row)` is called for each row that is there. Raises StudioError.
    """

    def __init__(
        self, path: Path, made_from: Mapping[str, str], kept: Callable[[Row], None] = lambda _: None
    ) -> None:
        self.path = path
        self.mended = False  # a cut line was taken away
        self._made_from = dict(made_from)
        self._file = self._open()
        try:
            self._read(kept)
        except BaseException:
            self._file.close()
            raise

    def add(self, row: Row) -> None:
        """Write a row. A kill leaves it whole, or cut and recognised as such."""
        line = json.dumps({MADE_FROM: self._made_from, **row}, ensure_ascii=False) + "\n"
        self._write(line.encode())

    def sync(self) -> None:
        """Have all rows on the disk, for the machine's own end."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from error

    def close(self) -> None:
        self._file.close()

    def _open(self) -> IO[bytes]:
        try:
            file = self.path.open("a+b", buffering=0)
        except OSError as error:
            why = error.strerror or error
            raise Unwritable(
                f"{self.path} cannot be written: {why}. Choose another --out."
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise StudioError(
                f"Another batch is writing to {self.path}. Wait for it, or choose another --out."
            ) from None
        return file

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            raise self._unwritable(error) from error

    def _read(self, kept: Callable[[Row], None]) -> None:
        end = 0
        for number, line in enumerate(self._lines(), 1):
            if line.endswith(b"\n"):
                kept(self._row(line, number))
            elif not self._is_ours(line):
                raise self._no_table(number)
            elif (row := _whole(line)) is not None:
                self._write(b"\n")
                kept(row)
            else:
                self._cut(end)
            end += len(line)

    def _lines(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while line := file.readline(LONGEST):
                yield line
                if not line.endswith(b"\n"):  # the end: a newline may just have been added
                    return

    def _row(self, line: bytes, number: int) -> Row:
        row = _whole(line)
        if row is None or MADE_FROM not in row:
            raise self._no_table(number)
        if row[MADE_FROM] != self._made_from:
            raise StudioError(self._of_others(row[MADE_FROM]))
        return row

    def _is_ours(self, line: bytes) -> bool:
        """Whether this may be the beginning of a row of ours."""
        ours = json.dumps({MADE_FROM: self._made_from})[:-1].encode()
        begun = line.rstrip(b"\0")  # which some file systems leave after a power cut
        return begun[: len(ours)] == ours[: len(begun)]

    def _cut(self, end: int) -> None:
        try:
            self._file.truncate(end)
        except OSError as error:
            raise self._unwritable(error) from error
        self.mended = True

    def _of_others(self, found: object) -> str:
        theirs = found if isinstance(found, dict) else {}
        what = [words for key, words in _PARTS.items() if theirs.get(key) != self._made_from[key]]
        return piece(
            f"{self.path} was made from {', '.join(what)}: it was left as it is. "
            "Choose another --out, or give what it was made from."
        )

    def _no_table(self, number: int) -> StudioError:
        return StudioError(
            f"{self.path} is no table of a batch (line {number}) and was left as it is. "
            "Choose another --out."
        )

    def _unwritable(self, error: OSError) -> Unwritable:
        return Unwritable(
            f"{self.path} cannot be written: {error.strerror or error}. The answers in it are "
            "kept: make room, or choose another --out, and start the same command again."
        )


def _whole(line: bytes) -> Row | None:
    """The row that the line holds; None when it holds none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None
