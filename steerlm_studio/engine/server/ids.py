"""Prompts as ids, asked of a server's own tokenizer."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, groupby

from steerlm_studio.engine.server.guard import cut, spellings
from steerlm_studio.engine.server.trouble import Lost
from steerlm_studio.errors import piece
from steerlm_studio.protocol import Part, Tokenize, Tokens

NOT_TOLD = piece("The server does not tell the tokens of a text as it should. Look at its log.")
Unit = tuple[int, str]  # an id and its text
_HIGHEST = 2**31  # llama.cpp's own limit
_KEPT = 256  # texts whose ids are remembered: lanes share all but their last


def id_in(value: object) -> int:
    """An id as a server tells it. Raises Lost for what can be none."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _HIGHEST:
        raise Lost(NOT_TOLD)
    return value


class Ids:
    """`ask` gives the units of a text; its second argument is whether to look for control tokens.

    Methods raise `Trouble`.
    """

    def __init__(self, ask: Callable[[str, bool], tuple[Unit, ...]]) -> None:
        self._units = lru_cache(_KEPT)(ask)

    def unit(self, spelling: str) -> int | None:
        """The id of a control token; None where the vocabulary has none of this spelling."""
        found = self._units(spelling, True)
        return found[0][0] if len(found) == 1 else None

    def prompt(self, parts: Sequence[Part]) -> list[int]:
        """The ids: control tokens where the parts say so and nowhere else."""
        return [token for token, _, _ in self._numbered(parts)]

    def tokens(self, request: Tokenize) -> Tokens:
        """The same as it is told to a parent."""
        found = list(self._numbered(request.parts))
        return Tokens(
            run=request.run,
            ids=tuple(token for token, _, _ in found),
            pieces=tuple(text for _, text, _ in found),
            parts=tuple(number for _, _, number in found),
            cached=-1,
        )

    def _numbered(self, parts: Sequence[Part]) -> Iterable[tuple[int, str, int]]:
        """Each token with its text and the part where it starts.

        A control part that the vocabulary does not know is text like any other, and all text
        between two control tokens is read as one.
        """
        pattern = spellings(part.text for part in parts if part.kind == "control")
        entries = [(self._is_control(part), number, part.text) for number, part in enumerate(parts)]
        for is_control, group in groupby(entries, key=lambda entry: entry[0]):
            numbers, texts = zip(*((number, text) for _, number, text in group), strict=True)
            if is_control:
                for number, text in zip(numbers, texts, strict=True):
                    yield *self._units(text, True)[0], number
            else:
                ends = list(accumulate(map(len, texts)))
                start = 0
                for token, text in self._text("".join(texts), pattern):
                    yield token, text, numbers[min(bisect_right(ends, start), len(ends) - 1)]
                    start += len(text)

    def _is_control(self, part: Part) -> bool:
        return part.kind == "control" and self.unit(part.text) is not None

    def _text(self, text: str, pattern: re.Pattern[str]) -> Iterable[Unit]:
        for plain in cut(text, pattern, lambda spelling: self.unit(spelling) is not None):
            yield from self._units(plain, False)
