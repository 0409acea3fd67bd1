"""Files of conversations, ours and others', brought in: all of a file or nothing of it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from stat import S_ISREG
from typing import Any

from steerlm_studio.errors import StudioError, piece
from steerlm_studio.store.arrivals import Arrivals
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts import (
    helpsteer,
    json_file,
    lm_studio,
    messages,
    open_webui,
    sharegpt,
    steerlm,
)
from steerlm_studio.store.transcripts.found import Found, NotUnderstood, list_in
from steerlm_studio.store.transcripts.json_lines import Broken, Value, lines, values

_HEAD = 4096
_MOST_LISTED = 1000
_COMPRESSED = "the file is compressed: unpack it first"
_UTF_16 = "the file is UTF-16: save it as UTF-8 first"
_OTHERS = (
    (b"\x1f\x8b", _COMPRESSED),
    (b"PK\x03\x04", _COMPRESSED),
    (b"\xff\xfe", _UTF_16),
    (b"\xfe\xff", _UTF_16),
)
_NOTHING = piece("nothing is said in this conversation")
_OURS = re.compile(rf'\s*\{{\s*"format"\s*:\s*"{json_file.FORMAT}"\s*,\s*"version"\s*:\s*(\d+)\s*,'
                   r'\s*("conversations"\s*:)\s*\[')  # fmt: skip
Read = Callable[[dict[str, Any], str], Found]


@dataclass(frozen=True)
class Problem:
    """What was not understood, and where; `is_error` when a conversation is missing for it."""

    file: Path
    line: int
    message: str
    is_error: bool

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.message}"


@dataclass
class Report:
    """What came of an import. With `refused`, nothing was brought in."""

    conversations: int = 0
    turns: int = 0
    errors: int = 0
    refused: bool = False
    problems: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        self.errors += problem.is_error
        if len(self.problems) < _MOST_LISTED:
            self.problems.append(problem)


Progress = Callable[[int, int], None]  # bytes read, bytes in all


def bring_in(
    store: Store,
    paths: Sequence[Path],
    *,
    skip_errors: bool = False,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Read the files into the store. Nothing of them is seen before all of them are in.

    When something is not understood, nothing is brought in, unless `skip_errors`: then all
    other conversations are. Raises StudioError when a file cannot be read.
    """
    report = Report()
    total, before = sum(_size(path) for path in paths), 0
    with Arrivals(store.database) as arrivals:
        for path in paths:
            for found, read in _found(path, report):
                arrivals.add(found.record)
                report.conversations += 1
                report.turns += len(found.record.turns)
                progress(before + read, total)
            before += _size(path)
        report.refused = bool(report.errors) and not skip_errors
        if not report.refused:
            arrivals.show()
    if report.refused:
        report.conversations = report.turns = 0
    return report


def _size(path: Path) -> int:
    """In bytes. A pipe cannot be read twice: to see what it is, and to read it."""
    try:
        found = path.stat()
    except OSError as error:
        raise StudioError(f"{path} cannot be read: {error.strerror}.") from error
    if not S_ISREG(found.st_mode):
        raise StudioError(f"{path} cannot be read: it is no file. Save it as one first.")
    return found.st_size


def _found(path: Path, report: Report) -> Iterator[tuple[Found, int]]:
    """The conversations of a file and the bytes read so far; problems go to the report."""
    try:
        for value in _values(path):
            if isinstance(value, Broken):
                report.add(Problem(path, value.line, value.message, is_error=True))
                continue
            try:
                for found in _conversations(value):
                    yield found, value.read
                    for note in found.notes:
                        report.add(Problem(path, value.line, note, is_error=False))
            except NotUnderstood as error:
                report.add(Problem(path, value.line, str(error), is_error=True))
    except OSError as error:
        raise StudioError(f"{path} cannot be read: {error.strerror}.") from error


def _values(path: Path) -> Iterator[Value | Broken]:
    """The single conversations of a file, whichever way it holds them."""
    with path.open("rb") as data:
        kind = next((kind for begin, kind in _OTHERS if data.peek(4).startswith(begin)), "")
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        head = file.read(_HEAD)
    if kind:
        yield Broken(1, kind)
    elif not head.strip():
        yield Broken(1, "the file is empty")
    elif ours := _OURS.match(head):
        yield from _ours(path, int(ours[1]), ours[2])
    elif head.lstrip()[0] == "[" or _spans_lines(head):
        yield from values(path)
    else:
        yield from lines(path)


def _ours(path: Path, version: int, start: str) -> Iterator[Value | Broken]:
    try:
        json_file.check_version(version)
    except NotUnderstood as error:
        yield Broken(1, str(error))
        return
    for value in values(path, start):
        if isinstance(value, Value) and isinstance(value.value, dict):
            yield Value(value.line, {**value.value, "format": json_file.FORMAT}, read=value.read)
        else:
            yield value


def _spans_lines(head: str) -> bool:
    """Whether the first object goes on after its first line."""
    first, newline, _ = head.lstrip().partition("\n")
    return bool(newline) and not first.rstrip().endswith("}")


def _conversations(value: Value) -> Iterator[Found]:
    found = value.value
    if not isinstance(found, dict):
        raise NotUnderstood("this is no object")
    if found.get("format") == json_file.FORMAT and "turns" not in found:
        json_file.check_version(found.get("version"))
        for item in list_in(found, "conversations", "the file"):
            yield json_file.read(item, "")
        return
    read = _reader(found)
    made = read(found, value.text)
    is_empty = read is not json_file.read and not made.record.turns
    yield replace(made, notes=(*made.notes, _NOTHING)) if is_empty else made


def _reader(found: dict[str, Any]) -> Read:
    """Which program wrote this. Raises NotUnderstood."""
    if found.get("format") == json_file.FORMAT:
        return json_file.read
    if isinstance(found.get("conversations"), list):
        return sharegpt.read if _is_sharegpt(found) else steerlm.read
    if isinstance(found.get("messages"), list):
        first = next(iter(found["messages"]), None)
        return lm_studio.read if isinstance(first, dict) and "versions" in first else messages.read
    if isinstance(found.get("chat"), dict) or isinstance(found.get("history"), dict):
        return open_webui.read
    if isinstance(found.get("prompt"), dict):
        return helpsteer.read_tree
    if "prompt" in found and "response" in found:
        return helpsteer.read_row
    raise NotUnderstood(_why_not(found))


def _is_sharegpt(found: dict[str, Any]) -> bool:
    """By who speaks; others speak there as well: tools, functions, observations."""
    items = [item for item in found["conversations"] if isinstance(item, dict)]
    is_labelled = "mask" in found or any("label" in item for item in items)
    return not is_labelled and any(item.get("from") in sharegpt.SPEAKERS for item in items)


def _why_not(found: dict[str, Any]) -> str:
    if "message_id" in found and "role" in found:
        return piece("this is a single Open-Assistant message; import the file of trees instead")
    if isinstance(found.get("label"), list) and "text" in found:
        return piece("this is a regression row, whose turns cannot be told apart safely")
    if "mapping" in found:
        return piece("ChatGPT's own export is not known")
    names = ", ".join(list(found)[:6]) or "nothing"
    return piece(f"no known kind of conversation has these fields: {names}")
