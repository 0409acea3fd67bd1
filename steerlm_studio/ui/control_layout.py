"""A control string as coloured pieces, broken between attributes so that it can be read."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from steerlm_studio.steer.attributes import ATTRIBUTES, Group
from steerlm_studio.steer.steering import Steering

BREAK = "\N{ZERO WIDTH SPACE}"  # after each comma on the screen: a line may end here


@dataclass(frozen=True)
class Piece:
    """`text` is "humor:3"; `comma` when one follows. `start` is its place in the string."""

    key: str
    text: str
    start: int
    comma: bool

    @property
    def group(self) -> Group | None:
        """None: the language, or no attribute at all."""
        attribute = ATTRIBUTES.get(self.key)
        return attribute.group if attribute else None

    @property
    def columns(self) -> int:
        return len(self.text) + self.comma


def pieces_of(string: Steering | str) -> tuple[Piece, ...]:
    """The control string piece by piece, right or wrong; joined, they are it."""
    return _pieces_of(str(string))


@lru_cache(maxsize=8)
def _pieces_of(string: str) -> tuple[Piece, ...]:
    texts = string.split(",") if string else []
    pieces, start = [], 0
    for number, text in enumerate(texts, 1):
        key = text.partition(":")[0].strip()
        pieces.append(Piece(key, text, start, comma=number < len(texts)))
        start += len(text) + 1
    return tuple(pieces)


def wrapped(pieces: Iterable[Piece], columns: int) -> list[list[Piece]]:
    """Lines of at most `columns` characters; a longer piece has a line of its own."""
    lines: list[list[Piece]] = []
    used = columns + 1
    for piece in pieces:
        if used + piece.columns > columns:
            lines.append([])
            used = 0
        lines[-1].append(piece)
        used += piece.columns
    return lines


def with_breaks(string: str) -> str:
    """The string as it is shown."""
    return string.replace(",", "," + BREAK)


def without_breaks(shown: str) -> str:
    """What was typed, without the breaks and without anything that ends a line."""
    return "".join(shown.replace(BREAK, "").splitlines())


def place_shown(place: int, string: str) -> int:
    """Where the character at `place` of `string` stands in what is shown."""
    return place + string.count(",", 0, place)


def place_typed(place: int, shown: str) -> int:
    """The way back."""
    return place - shown.count(BREAK, 0, place)
