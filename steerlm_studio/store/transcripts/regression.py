"""Data for an attribute predictor: the text up to a reply and what it is, one reply a line.

Source of the format: NeMo-Aligner `process_to_regression_format.py`: one newline after the system
text, no control strings inside, nine attributes with -100 for a missing one.
"""

import json
from collections.abc import Iterable, Iterator

from steerlm_studio.steer.schema import NEMO_ALIGNER
from steerlm_studio.steer.template import CONTROL_TOKEN, SYSTEM_TOKEN, TURN_TOKEN
from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.transcripts.options import Options, Path
from steerlm_studio.store.transcripts.speech import Message, messages_of

MISSING = -100.0
_NAMES = {"user": "User", "assistant": "Assistant"}


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    for record in records:
        for path in options.paths(record):
            yield from _rows(record, path, options)


def _rows(record: StoredConversation, path: Path, options: Options) -> Iterator[str]:
    """A row for each wanted reply that has one of the nine values."""
    text = f"{SYSTEM_TOKEN}System\n{record.system}\n"
    for message in messages_of(path):
        text += f"{TURN_TOKEN}{_NAMES[message.role]}\n{message.text}\n"
        if _is_labelled(message) and message.turn and options.takes(message.turn):
            row = {"text": text + CONTROL_TOKEN, "label": labels(message.control)}
            yield json.dumps(row, ensure_ascii=False) + "\n"


def _is_labelled(message: Message) -> bool:
    return any(value != MISSING for value in labels(message.control))


def labels(control: str) -> list[float]:
    """The nine values of a control string, in the order of training."""
    pairs = dict(item.partition(":")[::2] for item in control.replace(" ", "").split(","))
    return [_number(pairs.get(name, "")) for name in NEMO_ALIGNER.names]


def _number(text: str) -> float:
    return float(text) if text.isascii() and text.isdecimal() else MISSING
