"""The prompts of a batch, one a line, read as they are needed: a file may hold any number."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from steerlm_studio.batch.messages import asked_in
from steerlm_studio.batch.place import Place
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.conversation import Turn

LONGEST = 16 * 2**20  # bytes of a line
_JSON = (".jsonl", ".json", ".ndjson")


@dataclass(frozen=True)
class Prompt:
    """What is to be answered. `number` counts from 1, `line` is its place in the file."""

    number: int
    line: int
    id: int | str  # its own, else the number
    questions: tuple[str, ...]  # each asked after the reply to the one before
    history: tuple[Turn, ...] = ()
    system: str | None = None  # None: that of the model's family
    category: str = ""


@dataclass(frozen=True)
class Scan:
    """How many prompts a file holds, and a fingerprint of its bytes."""

    count: int
    fingerprint: str


class PromptFile:
    """A file of prompts: plain text, JSON lines, or FastChat's MT-Bench questions.

    It is opened once, so one that is replaced meanwhile does no harm. Every method raises
    StudioError that names the line.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file: IO[bytes] = path.open("rb")
        except OSError as error:
            raise StudioError(
                f"The prompts {path} cannot be read: {error.strerror}. Check the path."
            ) from error

    def __enter__(self) -> "PromptFile":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def scan(self) -> Scan:
        """Read all of it once, so that what is wrong in line 9,000 is said before line 1 is run."""
        digest = hashlib.sha256()
        seen: dict[int | str, int] = {}
        for prompt in self._read(digest):
            if prompt.id in seen:
                self._place(prompt.line).refuse(
                    f"the id {prompt.id!r} stands in line {seen[prompt.id]} already"
                )
            seen[prompt.id] = prompt.line
        if not seen:
            raise StudioError(f"{self._path} holds no prompt. Write one a line.")
        return Scan(len(seen), digest.hexdigest()[:16])

    def __iter__(self) -> Iterator[Prompt]:
        return self._read(hashlib.sha256())

    def _read(self, digest: "hashlib._Hash") -> Iterator[Prompt]:
        number = 0
        is_json: bool | None = None
        for line, text in self._lines(digest):
            if not text.strip():
                continue
            if is_json is None:
                is_json = self._is_json(text)
            number += 1
            read = _from_json if is_json else _from_text
            yield read(text, number, self._place(line))

    def _is_json(self, first: str) -> bool:
        ending = self._path.suffix.lower()
        return ending in _JSON or (ending != ".txt" and first.lstrip().startswith("{"))

    def _lines(self, digest: "hashlib._Hash") -> Iterator[tuple[int, str]]:
        self._file.seek(0)
        number = 0
        while data := self._file.readline(LONGEST + 1):
            number += 1
            digest.update(data)
            place = self._place(number)
            if len(data) > LONGEST:
                place.refuse(f"it is longer than {LONGEST // 2**20} MiB")
            try:
                yield number, data.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                place.refuse(f"it is not UTF-8 at byte {error.start + 1}")

    def _place(self, line: int) -> Place:
        return Place(self._path.name, line)


def _from_text(text: str, number: int, place: Place) -> Prompt:
    return Prompt(number, place.line, number, (place.sound(text.strip(), "it"),))


def _from_json(text: str, number: int, place: Place) -> Prompt:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        place.refuse(f"it is no JSON: {error}")
    if not isinstance(found, dict):
        place.refuse("it is no object with “prompt”, “messages” or “turns”")
    asked = asked_in(found, place)
    own = found.get("question_id", found.get("id", number))
    if isinstance(own, bool) or not isinstance(own, int | str):
        place.refuse("its id must be a number or a string")
    category = found.get("category")
    return Prompt(
        number,
        place.line,
        own,
        asked.questions,
        asked.history,
        asked.system,
        category if isinstance(category, str) else "",
    )
