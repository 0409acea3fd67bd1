"""Prompt parts to token ids: control tokens by their spelling, user text that never holds one."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby, pairwise

from steerlm_studio.engine.llama import Llama
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Part

KEPT = 512  # stretches of text between control tokens whose ids are remembered
_ALWAYS_GUARDED = (r"<extra_id_\d+>", "<s>", "</s>")


@dataclass(frozen=True)
class Prompt:
    """The ids of a prompt, which part each came from, and how many precede the last control."""

    ids: tuple[int, ...]
    parts: tuple[int, ...]
    prefix: int  # ids before the last control token: what a slider move leaves alone


class Tokenizer:
    """Turns the parts of a prompt into ids. `dummy_prefix`: one space before everything."""

    def __init__(self, llama: Llama, dummy_prefix: bool = False) -> None:
        self._llama = llama
        self._dummy_prefix = dummy_prefix
        self.unit = lru_cache(maxsize=1024)(self._unit)
        # All lanes hold one conversation, and a slider move leaves it as it is: read it once.
        self._stretch = lru_cache(maxsize=KEPT)(self._stretch_anew)

    def _unit(self, spelling: str) -> int | None:
        """The id of a control or user-defined token of this spelling, None when there is none."""
        ids = self._llama.tokenize(spelling.encode(), special=True)
        if len(ids) != 1 or not self._llama.is_special(ids[0]):
            return None
        return ids[0] if self._llama.piece(ids[0], True) == spelling.encode() else None

    def prompt(self, parts: Sequence[Part]) -> Prompt:
        """The ids of all parts. Between two control tokens the text is tokenized as one string.

        A control part that the vocabulary does not know is text like any other.
        """
        guarded = frozenset(part.text for part in parts if part.kind == "control")
        ids: list[int] = []
        origin: list[int] = []
        prefix = 0
        for unit, group in groupby(self._numbered(parts), key=lambda entry: entry[0]):
            entries = list(group)
            if unit is None:
                found, places = self._stretch(tuple(text for _, text, _ in entries), guarded)
                origin += [entries[place][2] for place in places]
                ids += found
            else:
                prefix = len(ids) + len(entries) - 1
                ids += [unit] * len(entries)
                origin += [number for _, _, number in entries]
        return Prompt(tuple(ids), tuple(origin), prefix)

    def text(self, text: str, guarded: Iterable[str] = ()) -> list[int]:
        """The ids of text that a user may have written: no control token, whatever it spells.

        `guarded` are spellings that must stay text even where the vocabulary has them as
        user-defined units, which llama.cpp recognises in any text. Raises `StudioError`.
        """
        ids: list[int] = []
        for plain in self._cut(text, guarded):
            ids += self._llama.tokenize(plain.encode("utf-8", errors="replace"))
        for token in ids:
            if self._llama.is_control(token):
                raise StudioError(
                    f"The text holds {self._llama.piece(token, True).decode(errors='replace')!r}, "
                    "which this model's tokenizer reads as a control token. Reword that place."
                )
        return ids

    def _numbered(self, parts: Sequence[Part]) -> Iterable[tuple[int | None, str, int]]:
        if self._dummy_prefix and any(part.text for part in parts):
            yield None, " ", 0
        for number, part in enumerate(parts):
            yield self.unit(part.text) if part.kind == "control" else None, part.text, number

    def _stretch_anew(
        self, texts: tuple[str, ...], guarded: frozenset[str]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The ids of texts that follow each other, and in which of them each token starts."""
        ids = self.text("".join(texts), guarded)
        ends = list(accumulate(len(text.encode(errors="replace")) for text in texts))
        starts = accumulate((len(self._llama.piece(i, True)) for i in ids[:-1]), initial=0)
        places = (min(bisect_right(ends, start), len(texts) - 1) for start in starts)
        return tuple(ids), tuple(places)[: len(ids)]

    def _cut(self, text: str, guarded: Iterable[str]) -> list[str]:
        """The text cut inside every spelling that llama.cpp would read as a unit even in text."""
        pattern = "|".join([*_ALWAYS_GUARDED, *(re.escape(s) for s in sorted(guarded) if s)])
        cuts = [
            match.start() + 1
            for match in re.finditer(pattern, text)
            if (unit := self.unit(match.group())) is not None and not self._llama.is_control(unit)
        ]
        edges = [0, *cuts, len(text)]
        return [text[a:b] for a, b in pairwise(edges) if a < b]
