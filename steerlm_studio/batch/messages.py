"""What one JSON object asks: a prompt, a conversation in messages, or questions in turns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steerlm_studio.batch.place import Place
from steerlm_studio.steer.conversation import Turn

_SYSTEM_ROLES = ("system", "developer")


@dataclass(frozen=True)
class Asked:
    questions: tuple[str, ...]
    history: tuple[Turn, ...] = ()
    system: str | None = None


def asked_in(found: Mapping[str, Any], place: Place) -> Asked:
    """Read `prompt`, `messages` or `turns`. Raises StudioError naming the line."""
    known = [key for key in ("prompt", "messages", "turns") if key in found]
    if len(known) != 1:
        place.refuse("an object needs one of “prompt”, “messages” and “turns”")
    system = None if found.get("system") is None else _system(found["system"], place)
    value = found[known[0]]
    if known == ["prompt"]:
        return Asked((place.sound(value, "“prompt”"),), (), system)
    if not isinstance(value, list) or not value:
        place.refuse(f"“{known[0]}” must be a list that is not empty")
    if known == ["turns"]:
        return Asked(tuple(place.sound(turn, "a turn") for turn in value), (), system)
    return _conversation(value, system, place)


def _conversation(messages: Sequence[Any], system: str | None, place: Place) -> Asked:
    """Questions and replies by turns; the last one is the question that is open."""
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            place.refuse(f"messages[{index}] is no object with “role” and “content”")
    rest = list(messages)
    if rest[0].get("role") in _SYSTEM_ROLES:
        system = _system(_content(rest.pop(0), "the system message", place), place)
    offset = len(messages) - len(rest)
    for index, message in enumerate(rest):
        wanted = "assistant" if index % 2 else "user"
        if message.get("role") != wanted:
            place.refuse(
                f"messages[{index + offset}] is of “{message.get('role')}” where “{wanted}” belongs"
            )
    if len(rest) % 2 == 0:
        place.refuse("the last message must be of “user”: it is what will be answered")
    texts = [
        place.sound(_content(message, f"messages[{index + offset}]", place), "a message")
        for index, message in enumerate(rest)
    ]
    controls = [_control(message, place) for message in rest[1::2]]
    turns = zip(texts[:-1:2], texts[1::2], controls, strict=True)
    return Asked((texts[-1],), tuple(Turn(*turn) for turn in turns), system)


def _content(message: Mapping[str, Any], where: str, place: Place) -> Any:
    """The text, also where it comes as a list of text parts."""
    content = message.get("content")
    if not isinstance(content, list):
        return content
    for part in content:
        if not isinstance(part, dict) or not isinstance(part.get("text"), str):
            place.refuse(f"{where} holds a part that is no text")
    return "\n".join(part["text"] for part in content)


def _control(message: Mapping[str, Any], place: Place) -> str:
    """The control string that a reply of the past was made with; "" sends none."""
    control = message.get("control")
    return "" if control is None or control == "" else place.sound(control, "“control”")


def _system(value: Any, place: Place) -> str:
    return "" if value == "" else place.sound(value, "the system text")
