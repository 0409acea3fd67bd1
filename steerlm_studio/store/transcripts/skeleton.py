"""What a file said beside its texts, kept so that it goes out again as it came in."""

import json
from collections.abc import Sequence
from typing import Any

from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.transcripts.speech import Message

CAME_AS = "came_as"
_TEXT = "\0text"
_STYLES: tuple[dict[str, Any], ...] = (
    {"ensure_ascii": False},
    {},
    {"ensure_ascii": False, "separators": (",", ":")},
    {"separators": (",", ":")},
)
SYSTEM = -1


def text_mark(index: int, suffix: str = "") -> dict[str, Any]:
    """Stands where the text of message `index` stood (SYSTEM = the system text)."""
    return {_TEXT: index, "suffix": suffix}


def came_as(kind: str, items: str, skeleton: Any, line: str, original: Any) -> dict[str, Any]:
    """What to remember of a `line` of a file: its object with marks for texts, and its style.

    `items` is the key of its list of messages. A line that none of the usual ways of writing
    JSON gives is kept as it is.
    """
    found: dict[str, Any] = {"kind": kind, "items": items, "skeleton": skeleton, "style": 0}
    for number, style in enumerate(_STYLES):
        if json.dumps(original, **style) == line:
            return found | {"style": number}
    return found | {"line": line}


def again(record: StoredConversation, kind: str, messages: Sequence[Message]) -> Any:
    """The object as it came from a file of this `kind`, with the texts as they are now.

    Messages that were added since are not in it. None when it did not come so.
    """
    came = _came(record, kind)
    items = came.get("items")
    try:
        found = _Filling(record.system, messages, items).filled(came.get("skeleton"))
    except (_Gone, RecursionError):  # no work of ours, or nested without end
        return None
    is_whole = isinstance(found, dict) and isinstance(found.get(items), list)
    return found if is_whole else None


def came_from(record: StoredConversation, kind: str) -> bool:
    """Whether it came from a file of this `kind`."""
    return bool(_came(record, kind))


def line_of(record: StoredConversation, kind: str, value: Any) -> str:
    """`value` as a line of JSON, in the file's own style where `record` came from one."""
    came = _came(record, kind)
    line, style = came.get("line"), came.get("style")
    if isinstance(line, str) and _says(line, value):
        return line
    number = style if isinstance(style, int) and 0 <= style < len(_STYLES) else 0
    return json.dumps(value, **_STYLES[number])


def _says(line: str, value: Any) -> bool:
    try:
        return "\n" not in line and json.loads(line) == value
    except (ValueError, RecursionError):
        return False


def _came(record: StoredConversation, kind: str) -> dict[str, Any]:
    came = record.extra.get(CAME_AS)
    return came if isinstance(came, dict) and came.get("kind") == kind else {}


class _Gone(Exception):
    """A mark of a message that is no longer there."""


class _Filling:
    """Puts texts in the place of marks."""

    def __init__(self, system: str, messages: Sequence[Message], items: object) -> None:
        self.system = system
        self.messages = messages
        self.items = items

    def filled(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            if value.keys() == {_TEXT, "suffix"}:
                return self._text(value[_TEXT]) + str(value["suffix"])
            return {name: self.filled(item, name) for name, item in value.items()}
        if isinstance(value, list) and key == self.items:
            return list(self._present(value))
        return [self.filled(item) for item in value] if isinstance(value, list) else value

    def _present(self, values: list[Any]) -> list[Any]:
        found = []
        for value in values:
            try:
                found.append(self.filled(value))
            except _Gone:
                break
        return found

    def _text(self, index: object) -> str:
        if index == SYSTEM:
            return self.system
        if not isinstance(index, int) or not 0 <= index < len(self.messages):
            raise _Gone
        return self.messages[index].text
