"""Our own JSON: everything the store knows of a conversation, out and in without loss.

The format is described in docs/transcripts.md; VERSION counts its changes.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from steerlm_studio.errors import piece
from steerlm_studio.store.records import (
    StoredCell,
    StoredConversation,
    StoredSweep,
    StoredTurn,
    is_number,
)
from steerlm_studio.store.rows import asdict_of, counts_of, setup_fields, setup_of
from steerlm_studio.store.sweeps import axes_of
from steerlm_studio.store.transcripts.found import Found, NotUnderstood, list_in, text_in
from steerlm_studio.store.transcripts.options import Options

FORMAT = "steerlm-studio-transcripts"
VERSION = 1
_NUMBERS = ("seed", "vote", "created", "finished", "shown", "parent")


def write(records: Iterable[StoredConversation], options: Options) -> Iterator[str]:
    head = json.dumps({"format": FORMAT, "version": VERSION})
    yield head[:-1] + ', "conversations": ['
    before = "\n"
    for record in records:
        if options.takes_all or options.paths(record):
            yield before + _written(as_object(_pruned(record, options)))
            before = ",\n"
    yield "\n]}\n"


def _written(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:  # numbers that JSON has not, in what came from elsewhere: null
        bare = json.loads(json.dumps(value), parse_constant=lambda _: None)
        return json.dumps(bare, ensure_ascii=False)


def as_object(record: StoredConversation) -> dict[str, Any]:
    """A conversation as JSON holds it."""
    return {
        "id": record.id,
        "title": record.title,
        "system": record.system,
        "draft": record.draft,
        "folder": record.folder,
        "tags": list(record.tags),
        "pinned": record.pinned,
        "created": record.created,
        "changed": record.changed,
        "shown": record.shown,
        "turns": [_turn_object(turn) for turn in record.turns],
        "sweeps": [_sweep_object(sweep) for sweep in record.sweeps],
        "view": dict(record.view),
        "extra": dict(record.extra),
    }


def _turn_object(turn: StoredTurn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "parent": turn.parent,
        "question": turn.question,
        "reply": turn.reply,
        "control": turn.control,
        "seed": turn.seed,
        "finish": turn.finish,
        "vote": turn.vote,
        "kept": turn.kept,
        "note": turn.note,
        "label": turn.label,
        "created": turn.created,
        "finished": turn.finished,
        "shown": turn.shown,
        "setup": setup_fields(turn.setup),
        "counts": asdict_of(turn.counts),
        "extra": dict(turn.extra),
    }


def _sweep_object(sweep: StoredSweep) -> dict[str, Any]:
    return {
        "id": sweep.id,
        "parent": sweep.parent,
        "question": sweep.question,
        "control": sweep.control,
        "axes": [[key, list(values)] for key, values in sweep.axes],
        "created": sweep.created,
        "setup": setup_fields(sweep.setup),
        "cells": [
            {
                "reply": cell.reply,
                "finish": cell.finish,
                "seed": cell.seed,
                "counts": asdict_of(cell.counts),
            }
            for cell in sweep.cells
        ],
    }


def _pruned(record: StoredConversation, options: Options) -> StoredConversation:
    """Only the wanted replies and what leads to them."""
    if options.takes_all:
        return record
    wanted = {turn.id for path in options.paths(record) for turn in path}
    turns = tuple(turn for turn in record.turns if turn.id in wanted)
    return replace(record, turns=turns, sweeps=())


def check_version(version: object) -> None:
    """Raises NotUnderstood for a file of a later version of the format."""
    if not isinstance(version, int) or not 0 < version <= VERSION:
        raise NotUnderstood(
            f"the file is of version {version!r} of the format, this program knows {VERSION}: "
            "update the program"
        )


def read(found: dict[str, Any], line: str) -> Found:
    """One item of “conversations”. Raises NotUnderstood."""
    where = piece("the conversation")
    items = list_in(found, "turns", where)
    turns = tuple(_turn(item, f"turns[{index}]") for index, item in enumerate(items))
    _check_tree(turns)
    last = {turn.parent: turn.id for turn in turns}  # goes on from there when nothing else is said
    turns = tuple(
        turn if "shown" in item else replace(turn, shown=last.get(turn.id))
        for turn, item in zip(turns, items, strict=True)
    )
    tags = list_in(found, "tags", where) if "tags" in found else []
    record = StoredConversation(
        0,
        title=_or_empty(found, "title", where),
        system=_or_empty(found, "system", where),
        turns=turns,
        shown=_number(found, "shown", where) if "shown" in found else last.get(None),
        draft=_or_empty(found, "draft", where),
        folder=_or_empty(found, "folder", where),
        tags=tuple(str(tag) for tag in tags),
        pinned=found.get("pinned") is True,
        created=_number(found, "created", where) or 0.0,
        changed=_number(found, "changed", where) or 0.0,
        view=_object(found, "view", where),
        extra=_object(found, "extra", where),
        sweeps=tuple(_sweeps(found, where)),
    )
    return Found(record)


def _sweeps(found: dict[str, Any], where: str) -> Iterator[StoredSweep]:
    for index, item in enumerate(list_in(found, "sweeps", where) if "sweeps" in found else ()):
        place = f"sweeps[{index}]"
        if not isinstance(item, dict):
            raise NotUnderstood(f"{place} is no object")
        cells = list_in(item, "cells", place)
        yield StoredSweep(
            index,
            _number(item, "parent", place),
            text_in(item, "question", place),
            _or_empty(item, "control", place),
            axes_of(item.get("axes")),
            setup_of(_object(item, "setup", place)),
            tuple(_cell(cell, f"cells[{nth}] of {place}") for nth, cell in enumerate(cells)),
            _number(item, "created", place) or 0.0,
        )


def _cell(item: Any, where: str) -> StoredCell:
    if not isinstance(item, dict):
        raise NotUnderstood(f"{where} is no object")
    return StoredCell(
        text_in(item, "reply", where),
        _or_empty(item, "finish", where) or "interrupted",
        _number(item, "seed", where),
        counts_of(_object(item, "counts", where)),
    )


def _check_tree(turns: tuple[StoredTurn, ...]) -> None:
    before: set[int] = set()
    for index, turn in enumerate(turns):
        if turn.id in before:
            raise NotUnderstood(f"“id” of turns[{index}] is that of an earlier turn")
        if turn.parent is not None and turn.parent not in before:
            raise NotUnderstood(f"“parent” of turns[{index}] is no turn before it")
        before.add(turn.id)


def _turn(item: Any, where: str) -> StoredTurn:
    if not isinstance(item, dict) or not isinstance(item.get("id"), int):
        raise NotUnderstood(f"{where} is no object with an “id”")
    numbers = {name: _number(item, name, where) for name in _NUMBERS}
    seed, vote = numbers["seed"], numbers["vote"] or 0
    return StoredTurn(
        item["id"],
        numbers["parent"],
        text_in(item, "question", where),
        text_in(item, "reply", where),
        control=_or_empty(item, "control", where),
        setup=setup_of(_object(item, "setup", where), seed),
        seed=seed,
        finish=_or_empty(item, "finish", where) or "interrupted",
        counts=counts_of(_object(item, "counts", where)),
        vote=(vote > 0) - (vote < 0),
        kept=item.get("kept") is True,
        note=_or_empty(item, "note", where),
        label=_or_empty(item, "label", where),
        created=numbers["created"] or 0.0,
        finished=numbers["finished"],
        shown=numbers["shown"],
        extra=_object(item, "extra", where),
    )


def _or_empty(fields: dict[str, Any], key: str, where: str) -> str:
    return "" if fields.get(key) is None else text_in(fields, key, where)


def _number(fields: dict[str, Any], key: str, where: str) -> Any:
    value = fields.get(key)
    if value is not None and not is_number(value):
        raise NotUnderstood(f"“{key}” of {where} is no number that can be kept")
    return value


def _object(fields: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    value = fields.get(key, {})
    if not isinstance(value, dict):
        raise NotUnderstood(f"“{key}” of {where} is no object")
    return value
