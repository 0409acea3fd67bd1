"""An endless, seeded stream of batches that can be picked up where it stopped."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from demo_model.encoding import Dialogue, Encoded, Encoder

Draw = Callable[[random.Random, float], Dialogue]
POOL_BATCHES = 16  # dialogues are sorted by length within so many batches, then shuffled again
LENGTH_STEP, CHOSEN_STEP = 16, 64


@dataclass(frozen=True)
class Batch:
    """Inputs [n, length], which positions are learned, and for those the target and its weight."""

    ids: Tensor
    chosen: Tensor
    targets: Tensor
    weights: Tensor
    tokens: int

    def to(self, device: torch.device) -> "Batch":
        parts = (self.ids, self.chosen, self.targets, self.weights)
        return Batch(*(part.to(device) for part in parts), tokens=self.tokens)


@dataclass
class Place:
    """Where a stream stands: which pool, drawn at what progress, and the batch in it."""

    pool: int = 0
    progress: float = 0.0
    batch: int = 0


class Stream:
    """Batches of dialogues, generated on the fly and never repeated.

    A pool is drawn from its own seed, so a place in the stream is three numbers.
    """

    def __init__(
        self, draw: Draw, encoder: Encoder, size: int, seed: int, place: Place | None = None
    ) -> None:
        self._draw, self._encoder, self._size, self._seed = draw, encoder, size, seed
        self.place = replace(place) if place else Place()
        self._pool: list[Batch] = self._make() if self.place.batch else []

    def next(self, progress: float) -> Batch:
        """The next batch; progress (0-1) is told to the corpus when a new pool is drawn."""
        if not self._pool:
            self.place.progress = progress
            self._pool = self._make()
        batch = self._pool[self.place.batch]
        self.place.batch += 1
        if self.place.batch == len(self._pool):
            self.place = Place(self.place.pool + 1)
            self._pool = []
        return batch

    def _make(self) -> list[Batch]:
        rng = random.Random(f"{self._seed}/{self.place.pool}")
        draws = (self._draw(rng, self.place.progress) for _ in range(self._size * POOL_BATCHES))
        drawn = sorted(map(self._encoder.encode, draws), key=lambda each: len(each.ids))
        batches = [pad(drawn[i : i + self._size]) for i in range(0, len(drawn), self._size)]
        rng.shuffle(batches)
        return batches


def pad(dialogues: list[Encoded]) -> Batch:
    """One batch, shorter dialogues padded with id 0 on the right.

    Sizes are rounded up, as the CPU's kernels are made anew for each size that occurs: some
    unlearned positions are chosen too, with weight 0.
    """
    length = 1 + _up(max(len(each.ids) for each in dialogues) - 1, LENGTH_STEP)
    ids = _rows([each.ids for each in dialogues], length, torch.long)
    weights = _rows([each.weights for each in dialogues], length, torch.float32)[:, 1:]
    chosen = (weights > 0).contiguous()
    spare = (~chosen).flatten().nonzero().flatten()
    missing = _up(int(chosen.sum()), CHOSEN_STEP) - int(chosen.sum())
    chosen.view(-1)[spare[len(spare) - missing :]] = True
    tokens = sum(len(each.ids) for each in dialogues)
    return Batch(ids[:, :-1], chosen, ids[:, 1:][chosen], weights[chosen], tokens)


def _up(number: int, step: int) -> int:
    return -(-number // step) * step


def _rows(rows: list[list[int]] | list[list[float]], length: int, kind: torch.dtype) -> Tensor:
    return torch.tensor([[*row, *[0] * (length - len(row))] for row in rows], dtype=kind)
