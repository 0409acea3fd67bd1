"""Open WebUI's exported chats, in: a tree of messages each."""

import re
from dataclasses import replace
from typing import Any

from steerlm_studio.errors import piece
from steerlm_studio.store.transcripts.forest import Node, adrift, planted
from steerlm_studio.store.transcripts.found import Found, NotUnderstood, seconds_in, text_in

_NOT_SAID = re.compile(
    r'<details\b[^>]*\btype="(?:reasoning|tool_calls|code_interpreter)"[^>]*>.*?</details>\s*', re.S
)


def read(found: dict[str, Any], line: str) -> Found:
    """One chat of the export. Raises NotUnderstood."""
    chat = found["chat"] if isinstance(found.get("chat"), dict) else found
    history = chat.get("history")
    messages = history.get("messages") if isinstance(history, dict) else None
    if not isinstance(history, dict) or not isinstance(messages, dict):
        raise NotUnderstood("“chat” has no “history” with “messages”")
    notes: list[str] = []
    nodes = [node for key, item in messages.items() if (node := _node(key, item, notes))]
    notes += [piece(f"message {key} follows itself and was left out") for key in adrift(nodes)]
    current = history.get("currentId")
    record = planted(nodes, current if isinstance(current, str) else None)
    system = [item.get("content") for item in messages.values() if item.get("role") == "system"]
    system += [chat.get("system"), _object(chat, "params").get("system")]
    tags = _object(found, "meta").get("tags")
    created = seconds_in(found.get("created_at"))
    record = replace(
        record,
        title=next((t for t in (found.get("title"), chat.get("title")) if isinstance(t, str)), ""),
        system=next((text for text in system if isinstance(text, str)), ""),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        pinned=found.get("pinned") is True,
        created=created,
        changed=seconds_in(found.get("updated_at")) or created,
    )
    return Found(record, tuple(notes))


def _object(fields: dict[str, Any], key: str) -> dict[str, Any]:
    value = fields.get(key)
    return value if isinstance(value, dict) else {}


def _node(key: str, item: Any, notes: list[str]) -> Node | None:
    where = f"message {key}"
    if not isinstance(item, dict):
        raise NotUnderstood(f"{where} is no object")
    role = text_in(item, "role", where)
    if role not in ("user", "assistant"):
        if role != "system":
            notes.append(piece(f"{where} is of “{role}” and was left out"))
        return None
    if item.get("files"):
        notes.append(piece(f"the files of {where} were left out"))
    parent, model = item.get("parentId"), item.get("model")
    text = text_in(item, "content", where)
    said = _NOT_SAID.sub("", text) if role == "assistant" else text
    if said != text:
        notes.append(piece(f"the thinking or tool calls of {where} were left out"))
    vote, note = _marks(item)
    return Node(
        key,
        parent if isinstance(parent, str) else None,
        role,
        said,
        model=model if isinstance(model, str) else "",
        created=seconds_in(item.get("timestamp")),
        vote=vote,
        note=note,
    )


def _marks(item: dict[str, Any]) -> tuple[int, str]:
    """The user's thumb and comment on a reply."""
    annotation = item.get("annotation")
    if not isinstance(annotation, dict):
        return 0, ""
    rating, comment = annotation.get("rating"), annotation.get("comment")
    vote = rating if isinstance(rating, int) else 0
    return (vote > 0) - (vote < 0), comment if isinstance(comment, str) else ""
