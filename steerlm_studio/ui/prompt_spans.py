"""A prompt as stretches to show: control tokens, text, look-alikes, the control string, tokens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from steerlm_studio.protocol import Part, Tokens
from steerlm_studio.steer.template import CONTROL_TOKEN

Kind = Literal["control", "text", "lookalike", "steering"]

# What reads like a control token but is text: it opens no turn.
_LOOKALIKE = re.compile(r"<extra_id_\d+>|</?s>|<\|[\w-]{1,40}\|>|\[/?INST\]|<</?SYS>>")
BYTE = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Span:
    """`token` is the number of the token it belongs to; None while tokens are not shown."""

    text: str
    kind: Kind
    token: int | None = None
    is_cached: bool = True


def spans_of(parts: Sequence[Part]) -> list[Span]:
    """The prompt as it is sent; joined, the texts are it."""
    spans: list[Span] = []
    for number, part in enumerate(parts):
        if part.kind == "control":
            spans.append(Span(part.text, "control"))
        elif _is_steering(parts, number):
            spans += _with_steering(part.text)
        else:
            spans += _with_lookalikes(part.text)
    return spans


def token_spans(parts: Sequence[Part], tokens: Tokens) -> list[Span]:
    """The same token by token, as the model's tokenizer has cut it.

    A token that holds only some bytes of a character shows as `BYTE`. None is marked as read anew
    where nobody says what is cached.
    """
    spans: list[Span] = []
    cached = tokens.cached if tokens.cached >= 0 else len(tokens.ids)
    ended = -1  # the part whose control string is over; a reply follows in it
    for number, (piece, origin) in enumerate(zip(tokens.pieces, tokens.parts, strict=True)):
        is_control = parts[origin].kind == "control" and piece == parts[origin].text
        kind: Kind = "control" if is_control else "text"
        if not is_control and origin != ended and _is_steering(parts, origin):
            kind = "steering"
            ended = origin if "\n" in piece else ended
        spans.append(Span(piece, kind, number, number < cached))
    return spans


def lookalikes(spans: Sequence[Span]) -> int:
    return sum(span.kind == "lookalike" for span in spans)


def _is_steering(parts: Sequence[Part], number: int) -> bool:
    """Whether this part begins with a control string."""
    before = parts[number - 1] if number else None
    return before is not None and (before.kind, before.text) == ("control", CONTROL_TOKEN)


def _with_lookalikes(text: str) -> Iterator[Span]:
    end = 0
    for match in _LOOKALIKE.finditer(text):
        if match.start() > end:
            yield Span(text[end : match.start()], "text")
        yield Span(match.group(), "lookalike")
        end = match.end()
    if end < len(text):
        yield Span(text[end:], "text")


def _with_steering(text: str) -> Iterator[Span]:
    """The control string is the first line; an earlier turn's reply follows it."""
    line, newline, reply = text.partition("\n")
    yield Span(line + newline, "steering")
    yield from _with_lookalikes(reply)
