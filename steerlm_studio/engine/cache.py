"""Which tokens the context holds for which sequence, and the cheapest way to make it hold others.

Slot 0 is the stem: what the prompts of a run share, kept for the next run. The other slots are
lanes. A slot takes what it can from any sequence of the run before (llama.cpp copies only the
cells' owners), and what several slots still lack alike is evaluated once for all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from steerlm_studio.engine.llama import BATCH, Aborted, Llama, Row
from steerlm_studio.errors import StudioError

STEM = 0
Tokens = Sequence[int]


@dataclass
class Held:
    """A sequence of llama.cpp's and the tokens in its cells, from position 0 on."""

    id: int
    tokens: list[int] = field(default_factory=list)


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
    order has to be the order of the tokens. It is as long as no cell in front of a running lane
    becomes free: idle rows come last, and lanes that ended are parked while others run.
    """

    def __init__(self, llama: Llama, lanes: int) -> None:
        self._llama = llama
        self.shares = not llama.recurrent
        self._pad = lanes + 1
        self._parked = 2 * lanes + 4  # an id that no batch uses, beyond those that `assign` needs
        self.parked = 0  # tokens that keep their cells although nobody needs them
        self._free = list(range(lanes + 1))[::-1]
        self.slots: dict[int, Held] = {}
        self._even = False  # the stem was evaluated from nothing, in batches cut at fixed places

    def clear(self) -> None:
        """Forget everything."""
        self._llama.clear()
        self._free += sorted((held.id for held in self.slots.values()), reverse=True)
        self.slots.clear()
        self.parked = 0
        self._even = False

    def known(self, tokens: Tokens) -> int:
        """How many of `tokens`, from the first on, some sequence holds."""
        return max((common(held.tokens, tokens) for held in self.slots.values()), default=0)

    def holds(self, stem: Tokens) -> bool:
        """Whether all of a stem is in the stem's own sequence."""
        held = self.slots.get(STEM)
        return held is not None and common(held.tokens, stem) == len(stem)

    # --- what a run starts with ----------------------------------------------------------------

    def assign(self, targets: Mapping[int, Tokens], keep: Iterable[int] = ()) -> dict[int, int]:
        """Give each slot what the sequences of now hold of its target; returns how much.

        A lane's last token is always left to be evaluated, since it gives the logits. All other
        slots are forgotten but those to `keep`; where lanes are kept their cells are parked.
        """
        kept = {slot: self.slots[slot] for slot in keep if slot in self.slots}
        taken = {slot: self._set_aside(slot, target) for slot, target in targets.items()}
        forgotten = [held for slot, held in self.slots.items() if slot not in kept]
        if kept.keys() <= {STEM}:
            self._unpark()
        else:
            self._park(forgotten)
        self._release(forgotten)
        self.slots = kept | {slot: self._restored(*taken[slot]) for slot in targets}
        self._even = self._even and STEM in kept
        return {slot: len(tokens) for slot, (_, tokens) in taken.items()}

    def _set_aside(self, slot: int, target: Tokens) -> tuple[int, list[int]]:
        """Copy the most that some sequence holds of a target to an id that no batch uses."""
        wanted = target if slot == STEM else target[:-1]
        sources = list(self.slots.values()) if self.shares else []
        counts = [common(held.tokens, wanted) for held in sources]
        if not any(counts):
            return -1, []
        count = max(counts)
        aside = self._pad + 1 + slot
        self._llama.copy(sources[counts.index(count)].id, aside, count)
        return aside, list(wanted[:count])

    def _restored(self, aside: int, tokens: list[int]) -> Held:
        held = Held(self._free.pop(), tokens)
        if tokens:
            self._llama.copy(aside, held.id, len(tokens))
            self._llama.remove(aside)
        return held

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
        self._unpark()
        self._release([held for slot, held in self.slots.items() if slot != STEM])
        self.slots = {STEM: stem}
        self._llama.remove(stem.id, same)
        del stem.tokens[same:]
        self._even = True
        return same

    def _park(self, sequences: Iterable[Held]) -> None:
        stem = self.slots.get(STEM, Held(-1)).tokens
        for held in sequences:
            self._llama.copy(held.id, self._parked, len(held.tokens))
            self.parked += len(held.tokens) - common(held.tokens, stem)

    def _unpark(self) -> None:
        self._llama.remove(self._parked)
        self.parked = 0

    def _release(self, sequences: Iterable[Held]) -> None:
        for held in sequences:
            self._llama.remove(held.id)
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
            for slot in shared.slots:
                self.slots[slot].tokens.append(shared.token)
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
            self.slots[slot].tokens.append(token)
        return {slot: row for row, slot in enumerate(tokens)}

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
