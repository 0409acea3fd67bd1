"""What one text has that another has not, word by word."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from functools import lru_cache
from itertools import groupby
from typing import Literal

from steerlm_studio.measures import pieces_of

Kind = Literal["same", "inserted", "deleted", "left out"]
_EXACT_UP_TO = 100_000  # pairs of equal words; beyond, frequent words are not looked for
_LITTLE = 3  # letters
_CONTEXT = 3  # words that stay on each side of a change


@dataclass(frozen=True)
class Piece:
    """A stretch of text; one that is left out has only "…" in its place."""

    kind: Kind
    text: str


Word = tuple[str, str]  # the space before it, and itself
_Marked = tuple[Kind, Word]


@lru_cache(maxsize=64)
def word_diff(text: str, base: str) -> tuple[Piece, ...]:
    """`base` made into `text`: what both have, what was inserted, what was deleted, in order."""
    return _joined(_marked(pieces_of(text), pieces_of(base)))


def only_changed(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The same with what stayed left out, but for a few words around each change."""
    last = len(pieces) - 1
    found = (
        _shortened(piece, begins=place == 0, ends=place == last)
        for place, piece in enumerate(pieces)
    )
    return tuple(piece for some in found for piece in some)


def _marked(here: Sequence[Word], there: Sequence[Word]) -> Iterator[_Marked]:
    one, two = ([word for _, word in words] for words in (there, here))
    at, to = 0, 0
    for block in (*_blocks(one, two), None):
        end, until = (block.a, block.b) if block else (len(one), len(two))
        yield from (("deleted", word) for word in there[at:end])
        yield from (("inserted", word) for word in here[to:until])
        if block:
            at, to = end + block.size, until + block.size
            yield from (("same", word) for word in here[until:to])


def _blocks(one: Sequence[str], two: Sequence[str]) -> Iterator[Match]:
    """What both have, in order. What they begin and end with costs no search."""
    begin = _alike(one, two)
    end = _alike(one[begin:][::-1], two[begin:][::-1])
    middles = one[begin : len(one) - end], two[begin : len(two) - end]
    matcher = SequenceMatcher(None, *middles, autojunk=_pairs(*middles) > _EXACT_UP_TO)
    inside = (Match(a + begin, b + begin, n) for a, b, n in matcher.get_matching_blocks()[:-1])
    yield Match(0, 0, begin)
    yield from (block for block in inside if _tells(block, one))
    yield Match(len(one) - end, len(two) - end, end)


def _alike(one: Sequence[str], two: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(two)))


def _pairs(one: Sequence[str], two: Sequence[str]) -> int:
    """How often a word here is a word there: what a search has to look at each time."""
    there = Counter(two)
    return sum(there[word] for word in one)


def _tells(block: Match, one: Sequence[str]) -> bool:
    """A lone little word or comma in the midst of changes is a coincidence."""
    return block.size > 1 or len(one[block.a]) > _LITTLE


def _joined(marked: Iterable[_Marked]) -> tuple[Piece, ...]:
    groups = groupby(marked, key=lambda item: item[0])
    return tuple(
        Piece(kind, "".join(space + word for _, (space, word) in group)) for kind, group in groups
    )


def _shortened(piece: Piece, *, begins: bool, ends: bool) -> Iterator[Piece]:
    words = pieces_of(piece.text)
    before, after = (0 if begins else _CONTEXT), (0 if ends else _CONTEXT)
    if piece.kind != "same" or len(words) <= before + after + 1:
        yield piece
        return
    first, last = words[:before], words[len(words) - after :]
    yield from _same(first)
    yield Piece("left out", " … ")
    yield from _same(last)


def _same(words: Sequence[Word]) -> Iterator[Piece]:
    if words:
        yield Piece("same", "".join(space + word for space, word in words))
