"""Where in memory tokens lie: llama.cpp gives each the lowest cell that is free."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from steerlm_studio.engine.llama import Llama


@dataclass
class Held:
    """A sequence of llama.cpp's: its tokens from position 0 on, and the cells that they are in."""

    id: int
    tokens: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)


class Cells:
    """How many sequences each cell has, kept in step with llama.cpp."""

    def __init__(self) -> None:
        self._owners: list[int] = []
        self._free: list[int] = []  # a heap of those below the end

    def take(self, owners: int) -> int:
        """The cell of a token that so many sequences share."""
        if self._free:
            place = heappop(self._free)
            self._owners[place] = owners
        else:
            place = len(self._owners)
            self._owners.append(owners)
        return place

    def share(self, places: Iterable[int]) -> None:
        for place in places:
            self._owners[place] += 1

    def release(self, places: Iterable[int]) -> None:
        for place in places:
            self._owners[place] -= 1
            if not self._owners[place]:
                heappush(self._free, place)


class Parked:
    """Cells that nobody needs, kept so that no cell in front of a sequence becomes free.

    They belong to a sequence `id` that no batch uses.
    """

    def __init__(self, id: int, llama: Llama, cells: Cells) -> None:
        self._id, self._llama, self._cells = id, llama, cells
        self.places: set[int] = set()

    def add(self, held: Held, end: int) -> None:
        """Keep the cells of the first `end` tokens."""
        new = [place for place in held.places[:end] if place not in self.places]
        if new:
            self._llama.copy(held.id, self._id, end)
            self._cells.share(new)
            self.places.update(new)

    def clear(self) -> None:
        if self.places:
            self._llama.remove(self._id)
            self._cells.release(self.places)
            self.places = set()

    def beside(self, sequences: Iterable[Held], before: int) -> set[int]:
        """What would be parked for the cells below `before` to stay taken, of these and now's."""
        now = self.places if min(self.places, default=before) < before else set()
        return now.union(*(held.places[: in_front(held.places, before)] for held in sequences))


def in_front(places: Sequence[int], end: int) -> int:
    """How many of a sequence's cells lie below `end`; they rise."""
    return bisect_left(places, end)
