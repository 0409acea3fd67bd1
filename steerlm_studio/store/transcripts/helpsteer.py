"""HelpSteer's rows (prompt, response, a number per attribute) and Open-Assistant's trees, in.

Sources: NeMo-Aligner `preprocess_helpsteer2_data.py` and `preprocess_openassistant_data.py`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from steerlm_studio.errors import piece
from steerlm_studio.steer.schema import DEFAULT_SYSTEM, NEMO_ALIGNER, OASST
from steerlm_studio.store.transcripts.forest import Node, planted
from steerlm_studio.store.transcripts.found import Found, NotUnderstood, list_in, text_in
from steerlm_studio.store.transcripts.speech import Message, turns_of

_LEVELS = 4  # Open-Assistant's labels go from 0 to 1


def read_row(found: dict[str, Any], line: str) -> Found:
    """A HelpSteer row as a conversation of one turn. Raises NotUnderstood."""
    notes: list[str] = []
    items = []
    for name in NEMO_ALIGNER.names:
        value = found.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 4:
            items.append(f"{name}:{round(value)}")
        elif value is not None:
            notes.append(
                piece(f"“{name}” is {value!r}, not a number from 0 to 4, and was left out")
            )
    messages = (
        Message("user", text_in(found, "prompt", "the row")),
        Message("assistant", text_in(found, "response", "the row"), ",".join(items)),
    )
    record = replace(planted((), None), system=DEFAULT_SYSTEM, turns=turns_of(messages), shown=1)
    return Found(record, tuple(notes))


def read_tree(found: dict[str, Any], line: str) -> Found:
    """An Open-Assistant tree as a conversation with versions. Raises NotUnderstood."""
    nodes = tuple(_nodes(found["prompt"]))
    record = planted(nodes, None)
    first = next((turn.id for turn in record.turns), None)
    return Found(replace(record, system=DEFAULT_SYSTEM, shown=first))


def _nodes(root: dict[str, Any]) -> Iterator[Node]:
    waiting: list[tuple[Any, str | None]] = [(root, None)]
    number = 0
    while waiting:
        item, parent = waiting.pop()
        where = f"message {number + 1}"
        if not isinstance(item, dict):
            raise NotUnderstood(f"{where} of the tree is no object")
        role = text_in(item, "role", where)
        if role not in ("prompter", "assistant"):
            raise NotUnderstood(f"{where} is of “{role}”, not of prompter or assistant")
        key = str(number)
        number += 1
        user = role == "prompter"
        control = "" if user else _control(item)
        yield Node(
            key, parent, "user" if user else "assistant", text_in(item, "text", where), control
        )
        replies = list_in(item, "replies", where) if item.get("replies") else []
        waiting += [(reply, key) for reply in reversed(replies)]


def _control(item: dict[str, Any]) -> str:
    """The labels as a control string: four times each, in the order of training."""
    labels = item.get("labels")
    labels = labels if isinstance(labels, dict) else {}
    found = []
    for name in OASST.names:
        label = labels.get(name)
        value = label.get("value") if isinstance(label, dict) else None
        if isinstance(value, int | float) and 0 <= value <= 1:
            found.append(f"{name}:{round(value * _LEVELS)}")
    lang = str(item.get("lang") or "").split("-")[0].split("_")[0]
    if lang in OASST.languages:
        found.append(f"lang:{lang}")
    return ",".join(found)
