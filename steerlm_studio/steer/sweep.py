"""One or two attributes taken through their values: a strip or a grid of steerings."""

import re
from dataclasses import dataclass

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import Steering

MOST_CELLS = 25
MOST_BESIDE_ANOTHER = 5  # values of an axis where there are two
_RANGE = re.compile(r"(\d+)\s*(?:-|\u2013|\.\.)\s*(\d+)")
_TIMES = "\N{MULTIPLICATION SIGN}"
_SOME_LANGUAGES = ("en", "de", "fr", "es", "it")

Value = int | str | None


@dataclass(frozen=True)
class Axis:
    """An attribute, or "lang", and the values it takes; None leaves it out."""

    key: str
    values: tuple[Value, ...]

    def name_of(self, place: int) -> str:
        """E.g. "humor 2"."""
        return f"{self.key.replace('_', ' ')} {written(self.values[place])}"


@dataclass(frozen=True)
class Cell:
    """A place in the sweep, counted from 0, and what is told there."""

    row: int
    column: int
    steering: Steering


@dataclass(frozen=True)
class Sweep:
    """`across` goes from left to right, `down`, if there is one, from top to bottom."""

    base: Steering
    across: Axis
    down: Axis | None = None

    @property
    def name(self) -> str:
        """The attributes of the axes, for one line."""
        keys = [self.across.key, *([self.down.key] if self.down else [])]
        return f" {_TIMES} ".join(key.replace("_", " ") for key in keys)

    @property
    def columns(self) -> int:
        return len(self.across.values)

    @property
    def rows(self) -> int:
        return len(self.down.values) if self.down else 1

    @property
    def centre(self) -> int:
        """The number of the middle cell, in the order of `cells`."""
        return self.rows // 2 * self.columns + self.columns // 2

    def cells(self) -> tuple[Cell, ...]:
        """Row by row. Raises StudioError for values that the schema does not know."""
        return tuple(
            Cell(row, column, self._told(row, column))
            for row in range(self.rows)
            for column in range(self.columns)
        )

    def check(self) -> None:
        """Raises StudioError where it cannot be run."""
        if self.down is not None:
            if self.down.key == self.across.key:
                raise StudioError("Both axes are the same. Choose another attribute for one.")
            if max(self.rows, self.columns) > MOST_BESIDE_ANOTHER:
                raise StudioError(
                    f"A grid has at most {MOST_BESIDE_ANOTHER} by {MOST_BESIDE_ANOTHER} cells. "
                    "Give fewer values."
                )
        if self.rows * self.columns > MOST_CELLS:
            raise StudioError(f"A strip has at most {MOST_CELLS} cells. Give fewer values.")
        self.cells()

    def _told(self, row: int, column: int) -> Steering:
        told = self.base.with_values({self.across.key: self.across.values[column]})
        return told.with_values({self.down.key: self.down.values[row]}) if self.down else told


def usual_values(schema: Schema, key: str) -> tuple[Value, ...]:
    """What an axis goes through unless told otherwise: the whole range, some languages."""
    if key == "lang":
        return tuple(code for code in _SOME_LANGUAGES if code in schema.languages)
    attribute = next(one for one in schema.attributes if one.name == key)
    return tuple(range(attribute.low, attribute.high + 1))


def values_in(text: str, schema: Schema, key: str) -> tuple[Value, ...]:
    """Read "0-4", "0 2 4" or "en, de"; "-" alone leaves out. Raises StudioError."""
    spread = _RANGE.sub(lambda found: _spread(int(found[1]), int(found[2])), text)
    values = tuple(
        dict.fromkeys(_value(item, key) for item in re.split(r"[\s,;]+", spread.strip()))
    )
    if not spread.strip():
        raise StudioError(
            f"Give values for {key}, for example {written_all(usual_values(schema, key))}."
        )
    return values


def written(value: Value) -> str:
    return "-" if value is None else str(value)


def written_all(values: tuple[Value, ...]) -> str:
    """As `values_in` reads it."""
    return " ".join(map(written, values))


def _spread(first: int, last: int) -> str:
    return " ".join(map(str, range(first, min(last, first + MOST_CELLS) + 1)))


def _value(item: str, key: str) -> Value:
    if item == "-":
        return None
    if key == "lang":
        return item.lower()
    try:
        return int(item)
    except ValueError:
        raise StudioError(f"{key} takes whole numbers, not “{item}”.") from None
