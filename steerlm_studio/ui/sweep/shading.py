"""By what the cells are shaded: a figure per cell, and how full its bar is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from steerlm_studio.measures import changed_share, distinct, lix, words

Measure = Literal["words", "change", "lix", "distinct"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True)
class Shade:
    """`share` from 0 to 1 of the largest; `value` None where there is nothing to say."""

    value: float | None
    share: float = 0.0


def shades(texts: Sequence[str], centre: int, measure: Measure) -> list[Shade]:
    """One per text; `centre` is the number of the text that "change" compares with."""
    values = [_value(text, texts[centre], measure) for text in texts]
    known = [value for value in values if value is not None]
    largest = 1.0 if measure in ("change", "distinct") else max(known, default=0.0)
    return [
        Shade(value, value / largest if value is not None and largest > 0 else 0.0)
        for value in values
    ]


def _value(text: str, centre: str, measure: Measure) -> float | None:
    if not text.strip():
        return None
    if measure == "change":
        return changed_share(text, centre) if centre.strip() else None
    if measure == "lix":
        return lix(text)
    return distinct(text) if measure == "distinct" else float(len(words(text)))
