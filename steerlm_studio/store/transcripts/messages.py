"""OpenAI-style messages, one conversation a line: what fine-tuning services read."""

from collections.abc import Iterable, Iterator
from typing import Any

from steerlm_studio.errors import piece
from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.transcripts.found import Found, NotUnderstood, list_in, text_in
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.skeleton import (
    CAME_AS,
    SYSTEM,
    again,
    came_as,
    line_of,
    text_mark,
)
from steerlm_studio.store.transcripts.speech import Message, came_in, messages_of, turns_of

KIND = "messages"
_SYSTEM_ROLES = ("system", "developer")


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    for record in records:
        for path in options.paths(record):
            messages = list(messages_of(path))
            if messages:
                yield line_of(record, KIND, as_object(record, messages, options)) + "\n"


def as_object(record: StoredConversation, messages: list[Message], options: Options) -> Any:
    imported = came_in(messages)
    found = again(record, KIND, imported)
    if found is None:
        imported, found = [], {"messages": []}
        if options.system and record.system:
            found["messages"].append({"role": "system", "content": record.system})
    for message in messages[len(imported) :]:
        found["messages"].append({"role": message.role, "content": message.text})
    return found


def read(found: dict[str, Any], line: str) -> Found:
    """One object as a conversation. Raises NotUnderstood."""
    items = list_in(found, "messages", "the object")
    messages: list[Message] = []
    marked: list[Any] = []
    notes: list[str] = []
    system: str | None = None
    for index, item in enumerate(items):
        where = f"messages[{index}]"
        role = text_in(item, "role", where) if isinstance(item, dict) else ""
        if role in _SYSTEM_ROLES and system is None and not messages:
            system = _text(item, where, notes)
            marked.append(_with_mark(item, SYSTEM))
        elif role in ("user", "assistant"):
            marked.append(_with_mark(item, len(messages)))
            messages.append(Message(role, _text(item, where, notes)))
        elif role:
            notes.append(piece(f"{where} is of “{role}” and was left out"))
            marked.append(item)
        else:
            raise NotUnderstood(f"{where} is no object with a role")
    record = StoredConversation(
        0,
        title=found["title"] if isinstance(found.get("title"), str) else "",
        system=system or "",
        turns=turns_of(messages),
        shown=1 if messages else None,
        extra={CAME_AS: came_as(KIND, "messages", {**found, "messages": marked}, line, found)},
    )
    return Found(record, tuple(notes))


def _with_mark(item: dict[str, Any], index: int) -> dict[str, Any]:
    """The message with a mark for its text; one in several parts stays as it is."""
    return {**item, "content": text_mark(index)} if isinstance(item.get("content"), str) else item


def _text(item: dict[str, Any], where: str, notes: list[str]) -> str:
    """The content: a text, or a list of parts of which the texts are taken."""
    content = item.get("content")
    if content is None:  # an assistant that only calls a tool
        notes.append(piece(f"{where} has no text"))
        return ""
    if not isinstance(content, list):
        return text_in(item, "content", where)
    texts = []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text":
            texts.append(text_in(part, "text", where))
        else:
            notes.append(piece(f"a part of {where} is of the kind “{kind}” and was left out"))
    return "\n".join(texts)
