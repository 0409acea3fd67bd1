"""A comparison as plain data, to be written down and read again."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.lint import parse
from steerlm_studio.steer.schema import schema_named
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.compare.columns import MOST, Column, Columns


def as_data(columns: Columns) -> dict[str, Any]:
    """What JSON can hold."""
    told = [
        {
            "schema": one.steering.schema.id,
            "control": str(one.steering),
            "sampling": msgspec.to_builtins(one.sampling),
        }
        for one in columns.all
    ]
    return {"columns": told, "selected": columns.selected}


def from_data(data: Mapping[str, Any]) -> Columns | None:
    """The columns again; those that cannot be read are left out, None when none is left."""
    told = data.get("columns")
    read = [_column(key, item) for key, item in enumerate(told if isinstance(told, list) else ())]
    columns = tuple(column for column in read if column is not None)[:MOST]
    if not columns:
        return None
    selected = data.get("selected")
    is_there = isinstance(selected, int) and 0 <= selected < len(columns)
    return Columns(columns, selected if is_there and isinstance(selected, int) else 0)


def _column(key: int, data: Any) -> Column | None:
    try:
        parsed = parse(str(data["control"]), schema_named(str(data["schema"])))
        sampling = msgspec.convert(data.get("sampling"), Sampling | None)
    except (KeyError, TypeError, AttributeError, StudioError, msgspec.ValidationError):
        return None
    return Column(key, parsed.steering, sampling) if parsed.is_valid else None


def answers_of(columns: Columns, answers: Sequence[Answer]) -> dict[int, Answer]:
    """By key, the newest sibling made under each column's settings; none serves two columns."""
    found: dict[int, Answer] = {}
    for column in reversed(columns.all):  # columns told the same were answered in their order
        free = (a for a in reversed(answers) if a not in found.values() and column.is_told_as(a))
        if (answer := next(free, None)) is not None:
            found[column.key] = answer
    return found


def columns_of(answers: Sequence[Answer]) -> Columns | None:
    """Versions that are there already as columns, the newest eight; None below two settings."""
    told = list(dict.fromkeys(answer.steering for answer in answers))[-MOST:]
    if len(told) < 2:
        return None
    return Columns(tuple(Column(key, steering) for key, steering in enumerate(told)))
