"""ShareGPT: a list of conversations with “human” and “gpt”; read as lines too."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from steerlm_studio.errors import piece
from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.transcripts.found import Found, NotUnderstood, list_in, text_in
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.skeleton import CAME_AS, SYSTEM, again, came_as, text_mark
from steerlm_studio.store.transcripts.speech import Message, came_in, messages_of, turns_of

KIND = "sharegpt"
_ROLES = {"human": "user", "user": "user", "gpt": "assistant", "chatgpt": "assistant",
          "assistant": "assistant", "bing": "assistant", "bard": "assistant"}  # fmt: skip
_NAMES = {"user": "human", "assistant": "gpt"}
SPEAKERS = (*_ROLES, "system")


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    before = "[\n"
    for record in records:
        for path in options.paths(record):
            messages = list(messages_of(path))
            if messages:
                yield before + json.dumps(_object(record, messages, options), ensure_ascii=False)
                before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _object(record: StoredConversation, messages: list[Message], options: Options) -> Any:
    imported = came_in(messages)
    found = again(record, KIND, imported)
    if found is None:
        imported, found = [], {"id": str(record.id), "conversations": []}
        if options.system and record.system:
            found["conversations"].append({"from": "system", "value": record.system})
    for message in messages[len(imported) :]:
        found["conversations"].append({"from": _NAMES[message.role], "value": message.text})
    return found


def read(found: dict[str, Any], line: str) -> Found:
    """One object as a conversation. Raises NotUnderstood."""
    messages: list[Message] = []
    marked: list[Any] = []
    notes: list[str] = []
    outer = isinstance(found.get("system"), str)
    system: str | None = found["system"] if outer else None
    for index, item in enumerate(list_in(found, "conversations", "the object")):
        where = f"conversations[{index}]"
        if not isinstance(item, dict):
            raise NotUnderstood(f"{where} is no object")
        speaker, text = text_in(item, "from", where), text_in(item, "value", where)
        if speaker == "system" and system is None and not messages:
            system = text
            marked.append({**item, "value": text_mark(SYSTEM)})
        elif speaker in _ROLES:
            marked.append({**item, "value": text_mark(len(messages))})
            messages.append(Message(_ROLES[speaker], text))
        else:
            notes.append(piece(f"{where} is of “{speaker}” and was left out"))
            marked.append(item)
    skeleton = {**found, "conversations": marked}
    if outer:
        skeleton["system"] = text_mark(SYSTEM)
    record = StoredConversation(
        0,
        title=found["title"] if isinstance(found.get("title"), str) else "",
        system=system or "",
        turns=turns_of(messages),
        shown=1 if messages else None,
        extra={CAME_AS: came_as(KIND, "conversations", skeleton, line, found)},
    )
    return Found(record, tuple(notes))
