"""The sweeps of a conversation: replies that stand beside it, in none of its versions."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from steerlm_studio.store.database import Database
from steerlm_studio.store.records import AxisValues, StoredCell, StoredConversation, StoredSweep
from steerlm_studio.store.rows import (
    any_json,
    asdict_of,
    counts_of,
    from_json,
    setup_of,
    time_of,
    to_json,
    whole_of,
)
from steerlm_studio.store.trouble import no_such
from steerlm_studio.store.words import mended, text_of
from steerlm_studio.store.writing import add_conversation, setup_id, titled


class Sweeps:
    """Each goes with its conversation, and with the turn that it follows."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, conversation: int, sweep: StoredSweep) -> int:
        """Keep a sweep with its cells, before they are answered; returns its id."""
        do, now = self.database.do, time.time()
        with self.database.write():
            if not self.database.one("SELECT 1 FROM conversation WHERE id = ?", (conversation,)):
                raise no_such("conversation", conversation)
            number = self._insert(conversation, replace(sweep, created=sweep.created or now))
            do("UPDATE conversation SET changed = ? WHERE id = ?", (now, conversation))
            do(
                "UPDATE conversation SET title = ? WHERE id = ? AND title = ''",
                (titled(sweep.question), conversation),
            )
        return number

    def add_with(self, record: StoredConversation) -> int:
        """A copy of a whole conversation, its sweeps included, under new ids; returns its own."""
        with self.database.write():
            number, turns = add_conversation(self.database, record)
            for sweep in record.sweeps:
                if sweep.parent is None or sweep.parent in turns:
                    parent = None if sweep.parent is None else turns[sweep.parent]
                    self._insert(number, replace(sweep, parent=parent))
        return number

    def _insert(self, conversation: int, sweep: StoredSweep) -> int:
        do = self.database.do
        number = do(
            "INSERT INTO sweep (conversation, parent, setup, question, control, axes, created)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                conversation,
                sweep.parent,
                setup_id(self.database, sweep.setup),
                mended(sweep.question),
                mended(sweep.control),
                json.dumps(sweep.axes),
                sweep.created,
            ),
        )
        for nth in range(len(sweep.cells)):
            do("INSERT INTO sweep_cell (sweep, nth) VALUES (?, ?)", (number, nth))
        self.write(number, dict(enumerate(sweep.cells)))
        return number

    def write(self, sweep: int, cells: Mapping[int, StoredCell]) -> None:
        """What these cells, by their places, say by now."""
        with self.database.write(durable=any(cell.finish for cell in cells.values())):
            for nth, cell in cells.items():
                counts = to_json(asdict_of(cell.counts))
                self.database.do(
                    "UPDATE sweep_cell SET reply = ?, finish = ?, seed = ?, counts = ?"
                    " WHERE sweep = ? AND nth = ?",
                    (mended(cell.reply), cell.finish, cell.seed, counts, sweep, nth),
                )

    def of(self, conversation: int) -> tuple[StoredSweep, ...]:
        """All of them, oldest first; those whose turn lies in the bin are left out."""
        rows = self.database.rows(
            "SELECT w.id, w.parent, w.question, w.control, w.axes, s.fields, w.created"
            " FROM sweep w LEFT JOIN setup s ON s.id = w.setup"
            " LEFT JOIN turn t ON t.id = w.parent"
            " WHERE w.conversation = ? AND coalesce(t.binned, 0) = 0 ORDER BY w.id",
            (conversation,),
        )
        return tuple(self._sweep(row) for row in rows)

    def _sweep(self, row: tuple[Any, ...]) -> StoredSweep:
        number, parent, question, control, axes, setup, created = row
        cells = tuple(self._cells(number))
        told = setup_of(from_json(setup))
        texts = text_of(question), text_of(control)
        return StoredSweep(
            number, whole_of(parent), *texts, axes_of(any_json(axes)), told, cells, time_of(created)
        )

    def _cells(self, sweep: int) -> Iterator[StoredCell]:
        sql = "SELECT reply, finish, seed, counts FROM sweep_cell WHERE sweep = ? ORDER BY nth"
        for reply, finish, seed, counts in self.database.rows(sql, (sweep,)):
            end = None if finish is None else text_of(finish)
            yield StoredCell(text_of(reply), end, whole_of(seed), counts_of(from_json(counts)))


def axes_of(found: object) -> tuple[AxisValues, ...]:
    """Those that are well formed: nothing that is damaged may be in the way."""
    pairs = found if isinstance(found, list) else []
    return tuple((key, tuple(values)) for pair in pairs for key, values in _pair(pair))


def _pair(pair: object) -> Iterator[tuple[str, list[Any]]]:
    match pair:
        case [str(key), list(values)] if all(isinstance(v, int | str | None) for v in values):
            yield key, values
