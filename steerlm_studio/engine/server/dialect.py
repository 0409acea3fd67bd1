"""What every kind of server is asked, whatever its own words for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from steerlm_studio.protocol import Finish, Lane, Part, Ready, Tokenize, Tokens


@dataclass(frozen=True)
class Ended:
    """How a completion ended; counts are 0 where the server does not tell them."""

    finish: Finish
    tokens: int = 0
    prompt_tokens: int = 0
    evaluated: int = 0
    reused: int = 0


class Dialect(Protocol):
    """Methods raise `Trouble`."""

    ready: Ready

    def complete(self, lane: Lane, number: int, stop: Sequence[str]) -> Iterator[str | Ended]:
        """The pieces of an answer, and how it ended. Without an end it was cut."""

    def tokens(self, request: Tokenize) -> Tokens:
        """The ids of a prompt. Raises StudioError where the server does not tell them."""

    def note(self, lane: Lane) -> str:
        """What the user should know of how this prompt was sent; "" for nothing."""


def joined(parts: Sequence[Part]) -> list[tuple[bool, str]]:
    """Whether a control token, and the text: neighbouring texts as one, as they are tokenized."""
    found: list[tuple[bool, str]] = []
    for part in parts:
        if part.kind == "text" and found and not found[-1][0]:
            found[-1] = (False, found[-1][1] + part.text)
        else:
            found.append((part.kind == "control", part.text))
    return found
