"""A tensor that is stored as boxes: the chunks of a distributed checkpoint, the parts of ranks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from steerlm_studio.errors import StudioError
from steerlm_studio.export.tensors import NUMPY, Array, Dtype, Stored, Tensor


@dataclass(frozen=True)
class Box:
    """`part` lies at the indices `at` of the whole; of it only the first `size` count."""

    at: tuple[int, ...]
    size: tuple[int, ...]
    part: Tensor


Chunks = tuple[tuple[int, ...], list[Box]]  # the shape of the whole, and what makes it up


@dataclass(frozen=True)
class Boxed:
    """The whole. Make it with `boxed`, which sees to it that nothing is missing."""

    shape: tuple[int, ...]
    dtype: Dtype
    boxes: tuple[Box, ...]

    def rows(self, start: int, stop: int) -> Array:
        whole = np.empty((stop - start, *self.shape[1:]), NUMPY[self.dtype])
        for box in self.boxes:
            first, last = max(start, box.at[0]), min(stop, box.at[0] + box.size[0])
            if first < last:
                inner = zip(box.at[1:], box.size[1:], strict=True)
                place = (slice(first - start, last - start), *(slice(a, a + n) for a, n in inner))
                part = box.part.rows(first - box.at[0], last - box.at[0])
                whole[place] = part[(slice(None), *(slice(n) for n in box.size[1:]))]
        return whole


def boxed(name: str, shape: tuple[int, ...], boxes: Sequence[Box]) -> Tensor:
    """The tensor that `boxes` make up. Raises StudioError for holes, overlaps, mixed types."""
    kinds = {box.part.dtype for box in boxes}
    fits = all(
        len(box.at) == len(box.size) == len(box.part.shape) == len(shape)
        and all(
            a >= 0 and n > 0 and a + n <= m for a, n, m in zip(box.at, box.size, shape, strict=True)
        )
        and all(n <= m for n, m in zip(box.size, box.part.shape, strict=True))
        for box in boxes
    )
    filled = sum(math.prod(box.size) for box in boxes)
    if len(kinds) != 1 or not fits or filled != math.prod(shape) or _overlap(boxes):
        raise StudioError(
            f"The parts of “{name}” do not make up the whole: some are missing, twice or of "
            "another kind. Download the checkpoint again."
        )
    if len(boxes) == 1 and boxes[0].part.shape == shape:
        return boxes[0].part
    return Boxed(shape, kinds.pop(), tuple(boxes))


def _overlap(boxes: Sequence[Box]) -> bool:
    low = np.array([box.at for box in boxes])
    high = low + np.array([box.size for box in boxes])
    meet = (
        ((low[i] < high[i + 1 :]) & (low[i + 1 :] < high[i])).all(axis=1).any()
        for i in range(len(boxes))
    )
    return any(meet)


def joined(name: str, parts: Sequence[Tensor], axis: int) -> Tensor:
    """Parts side by side along `axis`. Raises StudioError when they do not fit together."""
    first = parts[0].shape
    if any(len(part.shape) <= axis or len(part.shape) != len(first) for part in parts):
        raise StudioError(f"The parts of “{name}” differ in their number of axes.")
    sizes = [part.shape[axis] for part in parts]
    shape = (*first[:axis], sum(sizes), *first[axis + 1 :])
    places = accumulate(sizes[:-1], initial=0)
    boxes = [
        Box((*(0,) * axis, at, *(0,) * (len(first) - axis - 1)), part.shape, part)
        for at, part in zip(places, parts, strict=True)
    ]
    return boxed(name, shape, boxes)


def layers(name: str, shape: tuple[int, ...], boxes: Sequence[Box]) -> list[Tensor]:
    """The layers of a tensor in which all of them are stacked on axis 0."""
    boxed(name, shape, boxes)  # before anything is as large as the file says
    stacked: list[list[Box]] = [[] for _ in range(shape[0])]
    for box in boxes:
        assert isinstance(box.part, Stored)  # chunks are always read from a file
        for index in range(box.size[0]):
            inner = Box(box.at[1:], box.size[1:], box.part.inner(index))
            stacked[box.at[0] + index].append(inner)
    return [boxed(f"{name}, layer {i}", shape[1:], parts) for i, parts in enumerate(stacked)]
