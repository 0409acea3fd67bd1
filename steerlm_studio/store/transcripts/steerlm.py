"""SteerLM training data: attribute-conditioned fine-tuning, one conversation a line.

Source of the format: NeMo `gpt_sft_chat_dataset.py`, NeMo-Aligner `preprocess_helpsteer_data.py`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.transcripts.found import Found, NotUnderstood, text_in
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.skeleton import (
    CAME_AS,
    SYSTEM,
    again,
    came_as,
    came_from,
    line_of,
    text_mark,
)
from steerlm_studio.store.transcripts.speech import Message, came_in, messages_of, turns_of

KIND = "steerlm"
_NAMES = {"user": "User", "assistant": "Assistant"}


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    for record in records:
        for path in options.paths(record):
            messages = list(messages_of(path))
            has_reply = any(message.role == "assistant" for message in messages)
            if has_reply or (options.takes_all and came_from(record, KIND)):
                yield line_of(record, KIND, _object(record, messages, options)) + "\n"


def _object(record: StoredConversation, messages: list[Message], options: Options) -> Any:
    found = again(record, KIND, came_in(messages))
    if found is not None:
        _correct(found["conversations"], messages)
    else:
        suffix = "\n\n" if options.blank_line_after_system else ""
        found = {"system": record.system + suffix, "mask": "User", "type": "VALUE_TO_TEXT",
                 "conversations": []}  # fmt: skip
    names = dict(_NAMES)
    if isinstance(found.get("mask"), str) and found["mask"] != "Assistant":
        names["user"] = found["mask"]
    for message in messages[len(found["conversations"]) :]:
        label = message.control or None
        found["conversations"].append(
            {"from": names[message.role], "value": message.text, "label": label}
        )
    return found


def _correct(items: list[dict[str, Any]], messages: list[Message]) -> None:
    """Labels that were corrected here since the file came in."""
    for item, message in zip(items, messages, strict=False):
        if message.role == "assistant" and message.turn and message.turn.label:
            item["label"] = message.turn.label


def read(found: dict[str, Any], line: str) -> Found:
    """One object as a conversation. Raises NotUnderstood."""
    items = found["conversations"]
    names = [item.get("from") for item in items if isinstance(item, dict)]
    user = found.get("mask") if found.get("mask") in names else "User"
    user = "User" if user == "Assistant" else user
    messages, marked = [], []
    for index, item in enumerate(items):
        where = f"conversations[{index}]"
        if not isinstance(item, dict):
            raise NotUnderstood(f"{where} is no object")
        label = item.get("label")
        if label is not None and not isinstance(label, str):
            raise NotUnderstood(f"“label” of {where} is neither text nor null")
        role = "user" if text_in(item, "from", where) == user else "assistant"
        control = (label or "") if role == "assistant" else ""
        messages.append(Message(role, text_in(item, "value", where), control))
        marked.append({**item, "value": text_mark(index)})
    system = text_in(found, "system", "the object") if "system" in found else ""
    trimmed = system.rstrip("\n")
    skeleton = {**found, "conversations": marked}
    if "system" in found:
        skeleton["system"] = text_mark(SYSTEM, system[len(trimmed) :])
    record = StoredConversation(
        0,
        system=trimmed,
        turns=turns_of(messages),
        shown=1 if messages else None,
        extra={CAME_AS: came_as(KIND, "conversations", skeleton, line, found)},
    )
    return Found(record)
