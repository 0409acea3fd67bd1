"""A table of replies: one line each, versions side by side, a column per attribute."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.attributes import ATTRIBUTES
from steerlm_studio.store.records import Counts, StoredConversation, StoredTurn, sampling_fields
from steerlm_studio.store.transcripts.options import Options

_ATTRIBUTES = (*ATTRIBUTES, "lang")
_SAMPLING = tuple(name for name in Sampling.__struct_fields__ if name != "seed")
_COUNTS = tuple(field.name for field in fields(Counts))
COLUMNS = (
    "conversation", "title", "turn", "parent", "on_open_path", "system", "question", "reply",
    "control", "label", *_ATTRIBUTES, "schema", "template", "model", "quant", "device", "mode",
    "seed", *_SAMPLING, "finish", *_COUNTS, "vote", "kept", "note",
)  # fmt: skip


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    yield _line(COLUMNS)
    for record in records:
        open_path = {turn.id for turn in record.path()}
        for turn in record.turns:
            if options.takes(turn):
                yield _line(_cells(record, turn, turn.id in open_path))


def _cells(record: StoredConversation, turn: StoredTurn, is_open: bool) -> list[object]:
    told = dict(item.partition(":")[::2] for item in turn.told.replace(" ", "").split(","))
    setup = turn.setup
    sampling = sampling_fields(setup.sampling) if setup.sampling else {}
    return [
        record.id, record.title, turn.id, turn.parent, int(is_open), record.system, turn.question,
        turn.reply, turn.control, turn.label, *(told.get(name) for name in _ATTRIBUTES),
        setup.schema, setup.template, setup.model, setup.quant, setup.device, setup.mode, turn.seed,
        *(sampling.get(name) for name in _SAMPLING), turn.finish,
        *(getattr(turn.counts, name) for name in _COUNTS), turn.vote, int(turn.kept), turn.note,
    ]  # fmt: skip


def _line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
