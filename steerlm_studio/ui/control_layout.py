"""A control string as coloured pieces, broken between attributes so that it can be read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from steerlm_studio.steer.attributes import Group
from steerlm_studio.steer.steering import Steering

ELLIPSIS = "…"


@dataclass(frozen=True)
class Piece:
    """`text` is "humor:3", or "…" where pieces are folded away; `comma` when one follows."""

    key: str
    text: str
    group: Group | None  # None: the language
    comma: bool = True

    @property
    def columns(self) -> int:
        return len(self.text) + self.comma


def pieces_of(steering: Steering) -> tuple[Piece, ...]:
    """The control string piece by piece; joined, they are `str(steering)`."""
    pieces = [
        Piece(attribute.name, f"{attribute.name}:{value}", attribute.group)
        for attribute, value in zip(steering.schema.attributes, steering.values, strict=True)
        if value is not None
    ]
    if steering.lang is not None:
        pieces.append(Piece("lang", f"lang:{steering.lang}", None))
    return _with_last_bare(pieces)


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


def folded(pieces: Sequence[Piece], keep: Iterable[str], columns: int) -> list[Piece]:
    """One line of `columns` characters: the pieces of `keep`, then as many others as fit.

    What is left away shows as "…".
    """
    wanted = set(keep)
    order = [*(p for p in pieces if p.key in wanted), *(p for p in pieces if p.key not in wanted)]
    shown: set[str] = set()
    for piece in order:
        if _columns(_with_gaps(pieces, {*shown, piece.key})) <= columns:
            shown.add(piece.key)
    return list(_with_gaps(pieces, shown))


def laid_out(
    pieces: Sequence[Piece], keep: Iterable[str], columns: int, most_lines: int
) -> list[list[Piece]]:
    """All pieces wrapped, or where they need more than `most_lines`, folded to that many."""
    lines = wrapped(pieces, columns)
    room = columns * most_lines
    kept = tuple(keep)
    while len(lines) > most_lines and room > columns // 2:
        lines = wrapped(folded(pieces, kept, room), columns)
        room -= max(1, columns // 8)
    return lines


def _with_gaps(pieces: Sequence[Piece], shown: set[str]) -> tuple[Piece, ...]:
    return _with_last_bare(list(_gapped(pieces, shown)))


def _gapped(pieces: Sequence[Piece], shown: set[str]) -> Iterator[Piece]:
    in_gap = False
    for piece in pieces:
        if piece.key in shown:
            yield piece
        elif not in_gap:
            yield Piece("", ELLIPSIS, None)
        in_gap = piece.key not in shown


def _with_last_bare(pieces: list[Piece]) -> tuple[Piece, ...]:
    if not pieces:
        return ()
    last = pieces[-1]
    return (*pieces[:-1], Piece(last.key, last.text, last.group, comma=False))


def _columns(pieces: Iterable[Piece]) -> int:
    return sum(piece.columns for piece in pieces)
