"""Keeping a user's text from opening a turn on a server that looks for control tokens in it."""

import re
from collections.abc import Callable, Iterable

# What SteerLM families, Llama 2 and Llama 3 use.
_SPELLINGS = (r"<extra_id_\d+>", r"</?s>", r"<unk>", r"<pad>", r"<\|[^|<>]{1,64}\|>")


def spellings(controls: Iterable[str]) -> re.Pattern[str]:
    """Finds the spelling of any control token: those known, and those of this prompt."""
    own = (re.escape(control) for control in sorted(set(controls)) if control)
    return re.compile("|".join([*_SPELLINGS, *own]))


def cut(
    text: str, pattern: re.Pattern[str], counts: Callable[[str], bool] = lambda spelling: True
) -> list[str]:
    """The text in pieces none of which spells a control token: for servers that take ids.

    `counts` says of what the pattern found whether this vocabulary has it.
    """
    pieces, start = [], 0
    for match in pattern.finditer(text):
        if counts(match.group()):
            pieces.append(text[start : match.start() + 1])
            start = match.start() + 1
    return [piece for piece in (*pieces, text[start:]) if piece]


def spaced(text: str, pattern: re.Pattern[str]) -> str:
    """The text with a space in every such spelling: for servers that take text alone."""
    return " ".join(cut(text, pattern)) if pattern.search(text) else text
