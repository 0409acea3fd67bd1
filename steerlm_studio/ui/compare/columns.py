"""The columns of a comparison as values: what each is told, in which order, which one is edited."""

from dataclasses import dataclass, replace

import msgspec

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.steering_state import fitted

MOST = 8


@dataclass(frozen=True)
class Column:
    """`key` stays while it is moved or changed; `sampling` is its own, None where it has none."""

    key: int
    steering: Steering
    sampling: Sampling | None = None

    def sampled(self, usual: Sampling) -> Sampling:
        """How its answer is sampled where `usual` holds for those without their own."""
        return self.sampling or usual

    def is_told_as(self, answer: Answer) -> bool:
        """Whether `answer` was made under this column's own settings."""
        own = self.sampling is None or self.sampling == answer.sampling
        return own and answer.steering == self.steering


Difference = tuple[str, object, object]  # what, its value in the first column, its value here


@dataclass(frozen=True)
class Columns:
    """One to eight columns; a change makes a new value, so that undoing is going back to one."""

    all: tuple[Column, ...] = (Column(0, DEFAULT),)
    selected: int = 0

    @property
    def current(self) -> Column:
        return self.all[self.selected]

    @property
    def is_full(self) -> bool:
        return len(self.all) >= MOST

    def adding(self, steering: Steering, sampling: Sampling | None = None) -> "Columns":
        """One more at the end, selected."""
        return self.inserting(len(self.all), Column(self._free(), steering, sampling))

    def duplicating(self, place: int) -> "Columns":
        return self.inserting(place + 1, replace(self.all[place], key=self._free()))

    def inserting(self, place: int, column: Column) -> "Columns":
        if self.is_full:
            return self
        return Columns((*self.all[:place], column, *self.all[place:]), place)

    def removing(self, place: int) -> "Columns":
        """Without that column; the last one stays."""
        if len(self.all) == 1:
            return self
        left = self.all[:place] + self.all[place + 1 :]
        selected = self.selected - (self.selected > place)
        return Columns(left, min(selected, len(left) - 1))

    def moving(self, place: int, by: int) -> "Columns":
        """The column so many places on or back; the selected one stays selected."""
        to = place + by
        if not 0 <= to < len(self.all):
            return self
        order = list(self.all)
        order.insert(to, order.pop(place))
        return Columns(tuple(order), order.index(self.current))

    def ordered_as(self, before: "Columns") -> "Columns":
        """In the order of `before`; those that it has not stand last."""
        places = {one.key: place for place, one in enumerate(before.all)}
        order = sorted(self.all, key=lambda one: places.get(one.key, len(places)))
        return Columns(tuple(order), order.index(self.current))

    def selecting(self, place: int) -> "Columns":
        return replace(self, selected=place)

    def steering_current(self, steering: Steering) -> "Columns":
        return self._with(replace(self.current, steering=steering), self.selected)

    def steering_all(self, before: Steering, after: Steering) -> "Columns":
        """What went from `before` to `after`, changed in every column that knows it."""
        if before.schema != after.schema:
            return self.in_schema(after.schema)
        changes = {key: _plain(new) for key, _, new in after.differences(before)}
        told = (replace(one, steering=one.steering.with_values(changes)) for one in self.all)
        return replace(self, all=tuple(told))

    def in_schema(self, schema: Schema) -> "Columns":
        """For a model of another family: what the families share is kept."""
        told = (replace(one, steering=fitted(one.steering, schema)) for one in self.all)
        return replace(self, all=tuple(told))

    def sampling(self, place: int, sampling: Sampling | None) -> "Columns":
        """Give the column its own sampling, or take that away."""
        return self._with(replace(self.all[place], sampling=sampling), place)

    def place_of(self, key: int) -> int | None:
        return next((n for n, one in enumerate(self.all) if one.key == key), None)

    def differences(self, place: int, usual: Sampling) -> tuple[Difference, ...]:
        """What the column is told otherwise than the first one."""
        first, here = self.all[0], self.all[place]
        one, other = (msgspec.structs.asdict(c.sampled(usual)) for c in (first, here))
        sampled = ((key, one[key], other[key]) for key in one if one[key] != other[key])
        return (*here.steering.differences(first.steering), *sampled)

    def _with(self, column: Column, place: int) -> "Columns":
        return replace(self, all=(*self.all[:place], column, *self.all[place + 1 :]))

    def _free(self) -> int:
        return max(one.key for one in self.all) + 1


def _plain(value: object) -> int | str | None:
    assert value is None or isinstance(value, int | str)
    return value
