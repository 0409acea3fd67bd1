"""A conversation and its open question as a JSON document: what `prompt` and tests read."""

import json
from dataclasses import dataclass
from typing import Any

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.schema import DEFAULT_SYSTEM


@dataclass(frozen=True)
class Request:
    """A conversation, the question that is open, and the control string for its answer."""

    conversation: Conversation
    question: str
    control: str


def read_request(text: str) -> Request:
    """Parse `{"system": …, "turns": [{"user", "reply", "control"}, …, {"user", "control"}]}`.

    The last turn has no reply: it is the question. Raises StudioError naming the place.
    """
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise StudioError(f"This is not a JSON document: {error}.") from error
    if not isinstance(data, dict):
        raise StudioError("The document must be an object with “system” and “turns”.")
    turns = data.get("turns")
    if not isinstance(turns, list) or not turns:
        raise StudioError("“turns” must be a list with at least one turn.")
    answered = tuple(_answered(turn, number) for number, turn in enumerate(turns[:-1], 1))
    last = _checked(turns[-1], len(turns))
    if last.get("reply") is not None:
        raise StudioError(
            f"Turn {len(turns)}, the last one, already has a reply: "
            "leave its “reply” out to ask for one, or add the next question as a turn."
        )
    system = _text(data, "system", "the document", DEFAULT_SYSTEM)
    where = f"turn {len(turns)}"
    return Request(
        Conversation(system, answered),
        _text(last, "user", where),
        _text(last, "control", where, ""),
    )


def _answered(turn: Any, number: int) -> Turn:
    where = f"turn {number}"
    fields = _checked(turn, number)
    return Turn(
        _text(fields, "user", where),
        _text(fields, "reply", where),
        _text(fields, "control", where, ""),
    )


def _checked(turn: Any, number: int) -> dict[str, Any]:
    if not isinstance(turn, dict):
        raise StudioError(f"Turn {number} must be an object with “user”, “reply” and “control”.")
    return turn


def _text(fields: dict[str, Any], key: str, where: str, default: str | None = None) -> str:
    value = fields.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise StudioError(f"“{key}” of {where} must be a string.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise StudioError(f"“{key}” of {where} holds half a character (a lone surrogate).")
    return value
