"""Which tokens the context holds for which sequence, and the cheapest way to make it hold others.

Slot 0 is the stem: what the prompts of a run share, kept for the next run. The other slots are
lanes. A slot takes what it can from any sequence of the run before (llama.cpp copies only the
cells' owners), and what several slots still lack alike is evaluated once for all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from steerlm_studio.engine.cells import Cells, Held, Parked, in_front
from steerlm_studio.engine.llama import BATCH, Aborted, Llama, Row
from steerlm_studio.errors import StudioError

STEM = 0
Tokens = Sequence[int]


@dataclass(frozen=True)
class Shared:
    """A token that some slots lack alike."""

    position: int
    token: int
    slots: tuple[int, ...]


class Cache:
    """The sequences of a context. `lanes` is the most slots beside the stem.

    The model must know `lanes + 2` sequences: the stem, the lanes and one for idle columns.

    llama.cpp's attention on a CPU adds up a sequence's cells in their order in memory, so that
    order has to be the order of the tokens. It is as long as no cell in front of what is kept
    becomes free: idle rows come last, and what is forgotten is parked as far as it lies in front.
    """

    def __init__(self, llama: Llama, lanes: int) -> None:
        self._llama = llama
        self.shares = not llama.recurrent
        self._pad = lanes + 1
        self._spare_id = 2 * lanes + 4  # beyond those that `assign` needs
        self._free = list(range(lanes + 1))[::-1]
        self.slots: dict[int, Held] = {}
        self._forget_cells()
        self._even = False  # the stem was evaluated from nothing, in batches cut at fixed places

    def clear(self) -> None:
        """Forget everything."""
        self._llama.clear()
        self._free += sorted((held.id for held in self.slots.values()), reverse=True)
        self.slots.clear()
        self._forget_cells()
        self._even = False

    def _forget_cells(self) -> None:
        self._cells = Cells()
        self._parked = Parked(self._spare_id, self._llama, self._cells)
        self.parked = 0  # cells that are taken although nobody needs them

    def known(self, tokens: Tokens) -> int:
        """How many of `tokens`, from the first on, some sequence holds."""
        return max((common(held.tokens, tokens) for held in self.slots.values()), default=0)

    def holds(self, stem: Tokens) -> bool:
        """Whether all of a stem is in the stem's own sequence."""
        held = self.slots.get(STEM)
        return held is not None and common(held.tokens, stem) == len(stem)

    # --- what a run starts with ----------------------------------------------------------------

    def assign(
        self, targets: Mapping[int, Tokens], keep: Iterable[int] = (), spare: int = 0
    ) -> dict[int, int]:
        """Give each slot what the sequences of now hold of its target; returns how much.

        A lane's last token is always left to be evaluated, since it gives the logits. All other
        slots are forgotten but those to `keep`. Where lanes are kept, all cells of the others are
        parked; else up to `spare`, and what lies behind more holes than that is evaluated anew.
        """
        kept = {slot: self.slots[slot] for slot in keep if slot in self.slots}
        taken = {slot: self._set_aside(slot, target) for slot, target in targets.items()}
        forgotten = [held for slot, held in self.slots.items() if slot not in kept]
        if kept.keys() <= {STEM}:
            self._plug(forgotten, [*kept.values(), *taken.values()], taken, spare)
        else:
            for held in forgotten:
                self._parked.add(held, len(held.tokens))
        self._release(forgotten)
        self.slots = kept | {slot: self._restored(taken[slot]) for slot in targets}
        needed = (held.places for held in self.slots.values())
        self.parked = len(self._parked.places.difference(*needed))
        self._even = self._even and STEM in kept
        return {slot: len(held.tokens) for slot, held in taken.items()}

    def _set_aside(self, slot: int, target: Tokens) -> Held:
        """Copy the most that some sequence holds of a target to an id that no batch uses."""
        wanted = target if slot == STEM else target[:-1]
        aside = Held(self._pad + 1 + slot)
        sources = list(self.slots.values()) if self.shares else []
        counts = [common(held.tokens, wanted) for held in sources]
        if any(counts):
            count = max(counts)
            source = sources[counts.index(count)]
            self._llama.copy(source.id, aside.id, count)
            aside.tokens, aside.places = list(wanted[:count]), source.places[:count]
            self._cells.share(aside.places)
        return aside

    def _restored(self, aside: Held) -> Held:
        held = Held(self._free.pop(), aside.tokens, aside.places)
        if held.tokens:
            self._llama.copy(aside.id, held.id, len(held.tokens))
            self._llama.remove(aside.id)
        return held

    def _plug(
        self,
        forgotten: list[Held],
        wanted: Iterable[Held],
        taken: Mapping[int, Held],
        spare: int,
    ) -> None:
        """Park what lies in front of what is `wanted`; where that is too much, want the stem alone.

        Control strings that are evaluated anew get the same numbers again. A stem may not, so it is
        kept even where its holes cannot be plugged.
        """
        wanted = list(wanted)
        end = max((held.places[-1] for held in wanted if held.places), default=0)
        if len({place for held in wanted for place in held.places}) > end:
            self._parked.clear()  # no cell in front is free
            return
        if len(self._parked.beside(forgotten, end)) > spare:
            stem = taken.get(STEM) or self.slots.get(STEM) or Held(-1)
            end = stem.places[-1] if stem.places else 0
            for held in taken.values():
                self._shorten(held, in_front(held.places, end + 1))
            if len(self._parked.beside(forgotten, end)) > spare:
                self._parked.clear()
                return
        if min(self._parked.places, default=end) >= end:
            self._parked.clear()
        for held in forgotten:
            self._parked.add(held, in_front(held.places, end))

    def _shorten(self, held: Held, count: int) -> None:
        self._llama.remove(held.id, count)
        self._cells.release(held.places[count:])
        del held.tokens[count:], held.places[count:]

    def even_stem(self, prefix: Tokens) -> int:
        """Keep of the stem what a start from nothing would give bit for bit; returns how much.

        That is the whole stem when it is the prefix, else the batches that both share whole.
        """
        stem = self.slots.get(STEM)
        if stem is None or not self._even or not self.shares:
            self.clear()
            stem = self.slots[STEM] = Held(self._free.pop())
        same = common(stem.tokens, prefix)
        if not same == len(prefix) == len(stem.tokens):
            same -= same % BATCH
        self._parked.clear()
        self.parked = 0
        self._release([held for slot, held in self.slots.items() if slot != STEM])
        self.slots = {STEM: stem}
        self._shorten(stem, same)
        self._even = True
        return same

    def _release(self, sequences: Iterable[Held]) -> None:
        for held in sequences:
            self._llama.remove(held.id)
            self._cells.release(held.places)
            self._free.append(held.id)

    # --- what is still to be evaluated ---------------------------------------------------------

    def missing(self, targets: Mapping[int, Tokens]) -> list[Shared]:
        """The tokens that slots lack of their targets, by rising position, each once."""
        start = {slot: len(self.slots[slot].tokens) for slot in targets}
        position = min(start.values())
        branches = self._alike(targets, position)
        found = []
        while branches:
            following: list[list[int]] = []
            for branch in branches:
                split: dict[tuple[bool, int], list[int]] = {}
                for slot in branch:
                    if position < len(targets[slot]):
                        key = (position >= start[slot], targets[slot][position])
                        split.setdefault(key, []).append(slot)
                found += [Shared(position, t, tuple(s)) for (lacks, t), s in split.items() if lacks]
                following += split.values()
            branches = following
            position += 1
        return found

    def _alike(self, targets: Mapping[int, Tokens], end: int) -> list[list[int]]:
        """The slots, together where their targets agree up to `end`."""
        groups: dict[object, list[int]] = {}
        for slot, target in targets.items():
            groups.setdefault(tuple(target[:end]) if self.shares else slot, []).append(slot)
        return list(groups.values())

    @staticmethod
    def batches(
        missing: list[Shared], cut: int, tail: int = BATCH
    ) -> Iterator[tuple[list[Shared], bool]]:
        """Batches of at most `BATCH` before position `cut` and at most `tail` from there on.

        None has tokens of both sides; with each comes whether it is of the second.
        """
        for after, group in groupby(missing, key=lambda shared: shared.position >= cut):
            side, size = list(group), tail if after else BATCH
            yield from ((side[i : i + size], after) for i in range(0, len(side), size))

    # --- evaluating ----------------------------------------------------------------------------

    def evaluate(
        self, batch: list[Shared], targets: Mapping[int, Tokens], width: int = 1, alike: int = 1
    ) -> dict[int, int]:
        """Evaluate a batch; returns the row of logits of each lane that ends in it.

        It gets idle rows up to `width`, and up to a multiple of `alike` of rows and of logits.
        """
        rows: list[Row] = []
        ends: dict[int, int] = {}
        for number, shared in enumerate(batch):
            slots = [slot for slot in shared.slots if slot != STEM]
            last = [slot for slot in slots if shared.position == len(targets[slot]) - 1]
            ends |= dict.fromkeys(last, number)
            ids = [self.slots[slot].id for slot in shared.slots]
            rows.append((shared.token, shared.position, ids, bool(last)))
        outputs = -len(set(ends.values())) % alike
        idle = max(width - len(rows), -len(rows) % alike)
        self._decode(rows, idle + alike if idle < outputs else idle, outputs if alike > 1 else idle)
        for shared in batch:
            self._append(shared.token, shared.slots)
        return ends

    def fill(self, targets: Mapping[int, Tokens]) -> None:
        """Make the slots hold their targets, whatever that takes."""
        self.assign(targets)
        missing, cut = self.missing(targets), len(targets.get(STEM, ()))
        for batch, _ in self.batches(missing, cut):
            self.evaluate(batch, targets)

    def step(self, tokens: Mapping[int, int], width: int) -> dict[int, int]:
        """Put one token after each lane; returns the row of logits of each."""
        rows: list[Row] = [
            (token, len(self.slots[slot].tokens), (self.slots[slot].id,), True)
            for slot, token in tokens.items()
        ]
        idle = max(0, width - len(rows))
        self._decode(rows, idle, idle)
        for slot, token in tokens.items():
            self._append(token, (slot,))
        return {slot: row for row, slot in enumerate(tokens)}

    def _append(self, token: int, slots: Sequence[int]) -> None:
        """A row was evaluated."""
        place = self._cells.take(len(slots))
        for slot in slots:
            self.slots[slot].tokens.append(token)
            self.slots[slot].places.append(place)

    def _decode(self, rows: list[Row], idle: int, outputs: int) -> None:
        """Evaluate rows and `idle` more, since their number decides the rounding.

        `outputs` of the idle ones ask for logits. They come last: their cells are the next ones to
        be taken again.
        """
        idle *= self.shares
        try:
            self._llama.decode(rows + [(0, i, (self._pad,), i < outputs) for i in range(idle)])
        except Aborted:
            for held in self.slots.values():
                self._llama.remove(held.id, len(held.tokens))
            raise
        except StudioError:
            self.clear()
            raise
        finally:
            if idle:
                self._llama.remove(self._pad)


def common(one: Tokens, other: Tokens) -> int:
    """How many tokens two sequences share from the first on."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if list(one[low:middle]) == list(other[low:middle]):
            low = middle
        else:
            high = middle - 1
    return low
