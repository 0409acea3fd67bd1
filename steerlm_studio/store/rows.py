"""Rows of the tables as values, and back; what is unreadable is left empty, never in the way."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from steerlm_studio.store.records import (
    Counts,
    Entry,
    Setup,
    StoredTurn,
    is_number,
    sampling_fields,
    sampling_of,
)
from steerlm_studio.store.words import text_of

ENTRY = """SELECT c.id, c.title, coalesce(f.name, ''), c.pinned, c.created, c.changed
    FROM conversation c LEFT JOIN folder f ON f.id = c.folder """
TURN = """SELECT t.id, t.parent, c.text, s.fields, t.seed, t.finish, t.vote, t.kept, t.created,
    t.finished, t.shown
    FROM turn t LEFT JOIN control c ON c.id = t.control LEFT JOIN setup s ON s.id = t.setup """
BODY = "SELECT question, reply, note, label, counts, extra FROM body WHERE turn = ?"


def entry_of(row: tuple[Any, ...]) -> Entry:
    number, title, folder, pinned, created, changed = row
    return Entry(
        number, text_of(title), text_of(folder), bool(pinned), time_of(created), time_of(changed)
    )


def turn_of(row: tuple[Any, ...], body: tuple[Any, ...], pieces: str) -> StoredTurn:
    """A turn from its rows of `TURN` and `BODY`, and the pieces not yet in its reply."""
    number, parent, control, setup, seed, finish, vote, kept, created, finished, shown = row
    question, reply, note, label, counts, extra = body
    return StoredTurn(
        number,
        whole_of(parent),
        text_of(question),
        text_of(reply) + pieces,
        control=text_of(control),
        setup=setup_of(from_json(setup), whole_of(seed)),
        seed=whole_of(seed),
        finish=None if finish is None else text_of(finish),
        counts=counts_of(from_json(counts)),
        vote=whole_of(vote) or 0,
        kept=bool(kept),
        note=text_of(note),
        label=text_of(label),
        created=time_of(created),
        finished=None if finished is None else time_of(finished),
        shown=whole_of(shown),
        extra=from_json(extra),
    )


def whole_of(value: object) -> int | None:
    return value if isinstance(value, int) else None


def time_of(value: object) -> float:
    return value if isinstance(value, int | float) and math.isfinite(value) else 0.0


def setup_fields(setup: Setup) -> dict[str, Any]:
    """The settings as JSON holds them; those that are not set are left out."""
    found = {name: value for name, value in asdict_of(setup).items() if value}
    if setup.sampling is not None:
        found["sampling"] = sampling_fields(setup.sampling)
    return found


def setup_of(found: Mapping[str, Any], seed: int | None = None) -> Setup:
    """The inverse; a field of another kind than it should be is left out."""
    texts = {
        field.name: found[field.name]
        for field in fields(Setup)
        if field.name not in ("sampling", "versions") and isinstance(found.get(field.name), str)
    }
    versions = found.get("versions")
    named = versions if isinstance(versions, Mapping) else {}
    return Setup(
        sampling=sampling_of(found.get("sampling"), seed),
        versions={str(name): str(value) for name, value in named.items()},
        **texts,
    )


def setup_key(setup: Setup) -> str:
    """The settings as one string, the seed aside: most replies share them with others."""
    found = setup_fields(setup)
    if setup.sampling is not None:
        found["sampling"].pop("seed")
    return json.dumps(found, sort_keys=True, separators=(",", ":"))


def counts_of(found: Mapping[str, Any]) -> Counts:
    known: dict[str, Any] = {}
    for field in fields(Counts):
        value = found.get(field.name)
        if is_number(value):
            known[field.name] = value
    return Counts(**known)


def asdict_of(value: Setup | Counts) -> dict[str, Any]:
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: dict(item) if isinstance(item, Mapping) else item for name, item in found.items()}


def to_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def from_json(text: object) -> dict[str, Any]:
    """The object in `text`; {} where it is none, so that a damaged field hides nothing."""
    found = any_json(text)
    return found if isinstance(found, dict) else {}


def any_json(text: object) -> Any:
    """What is in `text`; None where it cannot be read."""
    try:
        return json.loads(text_of(text) or "null")
    except (ValueError, RecursionError):
        return None
