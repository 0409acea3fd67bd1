"""What can be counted in a reply: length, how hard it is to read, how varied its words are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import category

_LONG = 6  # letters; words with more count as long
_FEWEST = 10  # words below which readability says nothing

# Scripts without spaces: each character counts as a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# What belongs to the character before it: accents, vowel signs, joiners, emoji's skin.
_MARKS = "".join(c for c in map(chr, range(0x300, 0x10000)) if category(c)[0] == "M")
_MARK = f"(?:[{_MARKS}\u200c\u200d]|[\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef])"
_CHARACTER = rf"(?:(?=\w)[{_UNSPACED}]{_MARK}*)"
_LETTER = rf"(?:(?![{_UNSPACED}])\w{_MARK}*)"
_JOINT = "['\u2019-]"  # as in isn't, well-known
_WORD = re.compile(rf"{_CHARACTER}|{_LETTER}+(?:{_JOINT}{_LETTER}+)*")
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_SIGN = rf"(?:{_FLAG}|\S{_MARK}*(?:(?<=\u200d)[^\w\s]{_MARK}*)*)"  # an emoji may be several
_CLOSING = "\"'\u201d\u2019\u00bb)\\]"
_FULL_STOPS = "\u3002\uff01\uff1f\u061f\u0964"  # Chinese and Japanese, Arabic, Hindi
_SENTENCE = re.compile(rf"[.!?\u2026]+(?=[\s{_CLOSING}]|$)|[{_FULL_STOPS}]+|\n\s*\n")
_PIECE = re.compile(rf"(\s*)({_WORD.pattern}|{_SIGN})")
_HAS_UNSPACED = re.compile(_CHARACTER)


def words(text: str) -> list[str]:
    """The words in order; in scripts that do not part them, the characters."""
    return _WORD.findall(text)


class WordCount:
    """How many words a text has that grows: only what was added since is read."""

    def __init__(self) -> None:
        self._read = ""  # up to a space: no word goes over it
        self._count = 0

    def of(self, text: str) -> int:
        if not text.startswith(self._read):
            self._read, self._count = "", 0
        end = max(text.rfind(" "), len(self._read))
        self._count += len(words(text[len(self._read) : end]))
        self._read = text[:end]
        return self._count + len(words(text[end:]))


def pieces_of(text: str) -> list[tuple[str, str]]:
    """Words and single signs, each with the space before it."""
    return _PIECE.findall(text)


def sentences(text: str) -> int:
    """How many stretches with a word in them end at a stop, an empty line or the end."""
    return sum(bool(_WORD.search(piece)) for piece in _SENTENCE.split(text))


def lix(text: str) -> float | None:
    """Björnsson's readability index: words per sentence plus the percentage of long words.

    Below 30 is very easy, above 50 hard. It needs no syllables, so it serves many languages; None
    for scripts that do not part words, and for texts too short to say.
    """
    found = words(text)
    if len(found) < _FEWEST or _HAS_UNSPACED.search(text):
        return None
    long = sum(len(word) > _LONG for word in found)
    return len(found) / sentences(text) + 100 * long / len(found)


def distinct(text: str, n: int = 2) -> float | None:
    """Distinct-n (Li et al. 2016): the share of its runs of n words that are different."""
    found = [word.lower() for word in words(text)]
    runs = list(zip(*(found[start:] for start in range(n)), strict=False))
    return len(set(runs)) / len(runs) if runs else None


def agreement(text: str, other: str) -> int:
    """How many words both begin with before the first that differs."""
    pairs = zip(words(text), words(other), strict=False)
    return next((n for n, (one, two) in enumerate(pairs) if one != two), _shorter(text, other))


def _shorter(text: str, other: str) -> int:
    return min(len(words(text)), len(words(other)))


def common_beginning(texts: Sequence[str]) -> int:
    """How many characters all begin with, up to the last whole word."""
    columns = enumerate(zip(*texts, strict=False))
    shortest = min(map(len, texts), default=0)
    end = next((place for place, signs in columns if len(set(signs)) > 1), shortest)
    found = (word for text in texts for word in _WORD.finditer(text[: end + 1]))
    return min((word.start() for word in found if word.start() < end < word.end()), default=end)


@dataclass(frozen=True)
class Measured:
    """All of them for one reply, beside the one it is compared with."""

    words: int
    sentences: int
    lix: float | None
    distinct: float | None
    agreement: int


def measured(text: str, other: str) -> Measured:
    return Measured(
        len(words(text)), sentences(text), lix(text), distinct(text), agreement(text, other)
    )


def changed_share(text: str, other: str) -> float:
    """How different two replies are, 0 the same to 1 nothing in common: by their word pairs."""
    one, two = (_pairs(words(t)) for t in (text, other))
    both = one | two
    return 1 - len(one & two) / len(both) if both else 0.0


def _pairs(found: Sequence[str]) -> set[tuple[str, ...]]:
    lowered = [word.lower() for word in found]
    return set(pairwise(lowered)) | {(word,) for word in lowered}
