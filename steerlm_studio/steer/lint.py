"""Reading a control string back, and saying what is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from steerlm_studio.steer.schema import SCHEMAS, Schema
from steerlm_studio.steer.steering import Steering

Kind = Literal[
    "unknown key",
    "wrong order",
    "out of range",
    "not a number",
    "malformed",
    "missing lang",
    "unknown language",
    "spaces",
    "duplicate",
    "wrong schema",
]


@dataclass(frozen=True)
class Said:
    """A sentence with places for values, %1 and so on, so that it can be translated first."""

    words: str
    values: tuple[str, ...] = ()

    def filled(self, words: str) -> str:
        """`words`, these or a translation of them, with the values in their places."""
        return re.sub(r"%([1-9])", lambda place: self.values[int(place[1]) - 1], words)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a control string, at characters `start`..`end` of it.

    `fix` replaces that stretch; None where there is no single mend.
    """

    kind: Kind
    said: "Said"
    start: int
    end: int
    fix: str | None = None

    @property
    def message(self) -> str:
        """In English."""
        return self.said.filled(self.said.words)

    @property
    def is_error(self) -> bool:
        """Leaving `lang` out is legal; everything else the models never saw."""
        return self.kind != "missing lang"


@dataclass(frozen=True)
class Parsed:
    """What a control string says, as far as it can be understood, and its problems."""

    steering: Steering
    problems: tuple[Problem, ...]

    @property
    def is_valid(self) -> bool:
        return not any(problem.is_error for problem in self.problems)


@dataclass(frozen=True)
class _Item:
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def parse(text: str, schema: Schema) -> Parsed:
    """Read `text` as a control string of `schema`: the inverse of `str(Steering)`.

    Never raises: what cannot be used is left out of the steering and named in `problems`.
    """
    reader = _Reader(schema)
    problems = list(reader.read(text)) if text else []
    steering = Steering(
        schema, tuple(reader.values.get(name) for name in schema.names), reader.lang
    )
    if text and schema.languages and "lang" not in reader.seen:
        message = _say("Lint", "No lang: the model then chooses the language itself.")
        problems.append(Problem("missing lang", message, len(text), len(text), ",lang:en"))
    if other := _other_schema(text, reader, problems):
        message = _say(
            "Lint", "These attributes are those of %1, not of %2.", other.title, schema.title
        )
        problems.append(Problem("wrong schema", message, 0, len(text)))
    return Parsed(steering, tuple(problems))


def matching_schema(text: str) -> Schema | None:
    """The schema whose control string this is without any error, if there is just one first."""
    return next((schema for schema in SCHEMAS.values() if parse(text, schema).is_valid), None)


class _Reader:
    """Reads the items of one string from left to right."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.values: dict[str, int] = {}
        self.lang: str | None = None
        self.seen: list[str] = []
        self.unknown: list[str] = []

    def read(self, text: str) -> Iterator[Problem]:
        for item in _items(text):
            trimmed = "".join(item.text.split())
            if trimmed != item.text:
                message = _say(
                    "Lint", "Spaces in “%1”: the models were trained without any.", item.text
                )
                yield Problem("spaces", message, item.start, item.end, trimmed)
            key, colon, value = trimmed.partition(":")
            if not colon or not key or not value:
                message = _say("Lint", "“%1” is not of the form name:number.", item.text)
                yield Problem("malformed", message, item.start, item.end)
            else:
                yield from self._pair(item, key, value)

    def _pair(self, item: _Item, key: str, value: str) -> Iterator[Problem]:
        if key not in self.schema.keys:
            self.unknown.append(key)
            yield _unknown_key(item, key, value, self.schema)
            return
        if key in self.seen:
            message = _say("Lint", "%1 is given twice; the first one counts.", key)
            yield Problem("duplicate", message, item.start, item.end)
            return
        if key != self._expected_place(key):
            message = _say(
                "Lint", "%1 stands after %2; in training it came before.", key, self.seen[-1]
            )
            yield Problem("wrong order", message, item.start, item.end)
        self.seen.append(key)
        yield from self._lang(item, value) if key == "lang" else self._value(item, key, value)

    def _expected_place(self, key: str) -> str | None:
        """`key` itself when no later key came before it."""
        order = self.schema.keys.index
        return key if all(order(seen) < order(key) for seen in self.seen) else None

    def _value(self, item: _Item, key: str, value: str) -> Iterator[Problem]:
        attribute = self.schema.attributes[self.schema.names.index(key)]
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", value):
            message = _say("Lint", "%1 takes a whole number, not “%2”.", key, value)
            yield Problem("not a number", message, item.start, item.end)
            return
        number = min(max(int(value), attribute.low), attribute.high)
        self.values[key] = number
        if number != int(value):
            ends = str(attribute.low), str(attribute.high)
            message = _say("Lint", "%1 goes from %2 to %3, not to %4.", key, *ends, value)
            yield Problem("out of range", message, item.start, item.end, f"{key}:{number}")
        elif str(number) != value:
            message = _say("Lint", "“%1” is written %2.", value, str(number))
            yield Problem("malformed", message, item.start, item.end, f"{key}:{number}")

    def _lang(self, item: _Item, value: str) -> Iterator[Problem]:
        if value in self.schema.languages:
            self.lang = value
            return
        base = re.split(r"[-_]", value.lower())[0]
        likely = base if base in self.schema.languages else None
        message = _say("Lint", "“%1” is not a language code that the models know.", value)
        if likely:
            message = _say(
                "Lint",
                "“%1” is not a language code that the models know. Did you mean %2?",
                value,
                likely,
            )
        fix = f"lang:{likely}" if likely else None
        yield Problem("unknown language", message, item.start, item.end, fix)


def _items(text: str) -> Iterator[_Item]:
    """The comma-separated items of `text` with their places."""
    start = 0
    for piece in text.split(","):
        yield _Item(piece, start)
        start += len(piece) + 1


def _unknown_key(item: _Item, key: str, value: str, schema: Schema) -> Problem:
    likely = get_close_matches(key.lower(), schema.keys, n=1)
    if likely:
        message = _say("Lint", "There is no attribute “%1”. Did you mean %2?", key, likely[0])
        return Problem("unknown key", message, item.start, item.end, f"{likely[0]}:{value}")
    message = _say("Lint", "%1 has no attribute “%2”.", schema.title, key)
    return Problem("unknown key", message, item.start, item.end)


def _other_schema(text: str, reader: _Reader, problems: list[Problem]) -> Schema | None:
    """A schema that reads `text` without an error, or knows every key where this one does not."""
    if not any(problem.is_error for problem in problems):
        return None
    keys = {*reader.unknown, *reader.seen}
    for schema in SCHEMAS.values():
        if schema == reader.schema:
            continue
        if (reader.unknown and keys <= set(schema.keys)) or not list(_Reader(schema).read(text)):
            return schema
    return None


def _say(context: str, words: str, *values: str) -> Said:
    """`context` is where translators find the words: lupdate reads these calls as translate()."""
    return Said(words, values)
