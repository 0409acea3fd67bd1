"""LM Studio's conversation files, in: a list of messages with versions each."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from steerlm_studio.errors import piece
from steerlm_studio.store.transcripts.forest import Node, planted
from steerlm_studio.store.transcripts.found import (
    Found,
    NotUnderstood,
    list_in,
    seconds_in,
    text_in,
)


def read(found: dict[str, Any], line: str) -> Found:
    """One conversation file. Raises NotUnderstood."""
    notes: list[str] = []
    nodes: list[Node] = []
    parent: str | None = None
    created = seconds_in(found.get("createdAt"))
    for index, item in enumerate(list_in(found, "messages", "the conversation")):
        where = f"messages[{index}]"
        versions = list_in(item, "versions", where) if isinstance(item, dict) else []
        if not versions:
            raise NotUnderstood(f"{where} has no versions")
        made = [
            _node(version, f"{index}.{number}", parent, where, notes)
            for number, version in enumerate(versions)
        ]
        nodes += [replace(node, created=created) for node in made]
        chosen = item.get("currentlySelected")
        parent = made[chosen if isinstance(chosen, int) and 0 <= chosen < len(made) else 0].key
    system, title = found.get("systemPrompt"), found.get("name")
    record = replace(
        planted(nodes, parent),
        title=title if isinstance(title, str) else "",
        system=system if isinstance(system, str) else "",
        pinned=found.get("pinned") is True,
        created=created,
        changed=created,
    )
    return Found(record, tuple(notes))


def _node(version: Any, key: str, parent: str | None, where: str, notes: list[str]) -> Node:
    if not isinstance(version, dict):
        raise NotUnderstood(f"a version of {where} is no object")
    role = text_in(version, "role", where)
    if role not in ("user", "assistant"):
        raise NotUnderstood(f"{where} is of “{role}”, not of user or assistant")
    texts = [text for block in _blocks(version) for text in _texts(block, where, notes)]
    model = next((name for block in _blocks(version) for name in _models(block)), "")
    return Node(key, parent, role, "".join(texts), model=model)


def _models(block: dict[str, Any]) -> Iterator[str]:
    made = block.get("genInfo")
    made = made if isinstance(made, dict) else {}
    for key in ("identifier", "indexedModelIdentifier"):
        if isinstance(name := made.get(key), str):
            yield name


def _blocks(version: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps that hold text, or the version itself when it has but one."""
    steps = version.get("steps")
    for block in steps if isinstance(steps, list) else [version]:
        if isinstance(block, dict) and isinstance(block.get("content"), list):
            yield block


def _texts(block: dict[str, Any], where: str, notes: list[str]) -> Iterator[str]:
    style = block.get("style")
    if isinstance(style, dict) and style.get("type") == "thinking":
        notes.append(piece(f"the thinking of {where} was left out"))
        return
    for part in block["content"]:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text":
            yield text_in(part, "text", where)
        else:
            notes.append(piece(f"a part of {where} is of the kind “{kind}” and was left out"))
