"""What the readers of other programs' files give back, and what they say when they cannot."""

from dataclasses import dataclass
from typing import Any

from steerlm_studio.store.records import StoredConversation


@dataclass(frozen=True)
class Found:
    """A conversation that was read, and what of it was left out and why."""

    record: StoredConversation
    notes: tuple[str, ...] = ()


class NotUnderstood(Exception):
    """Why something in a file is no conversation, as the end of a sentence: “line 3: …”."""


def text_in(fields: dict[str, Any], key: str, where: str) -> str:
    """The text under `key`. Raises NotUnderstood."""
    value = fields.get(key)
    if not isinstance(value, str):
        if value is None:
            raise NotUnderstood(f"“{key}” of {where} is missing")
        raise NotUnderstood(f"“{key}” of {where} is no text")
    if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise NotUnderstood(f"“{key}” of {where} holds half a character (a lone surrogate)")
    return value


def list_in(fields: dict[str, Any], key: str, where: str) -> list[Any]:
    value = fields.get(key)
    if not isinstance(value, list):
        raise NotUnderstood(f"“{key}” of {where} is no list")
    return value


def seconds_in(value: object) -> float:
    """A time in seconds or milliseconds since 1970, in seconds; 0 when it is neither."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1e14:
        return 0.0
    return value / 1000 if value > 1e11 else float(value)
