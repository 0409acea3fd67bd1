"""Tensors of a checkpoint, read a few rows at a time so that size does not matter."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Dtype = Literal["F32", "F16", "BF16"]
Array = NDArray[Any]

# BF16 has no numpy type: its bits travel as unsigned integers.
NUMPY: dict[Dtype, str] = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}


class Tensor(Protocol):
    """Something with rows. `rows` gives them as stored: see `NUMPY`, and `as_float32`."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> Dtype: ...

    def rows(self, start: int, stop: int) -> Array: ...


def as_float32(array: Array, dtype: Dtype) -> NDArray[np.float32]:
    """The values of rows that were stored as `dtype`; exact for all three."""
    if dtype == "BF16":
        return np.left_shift(array, 16, dtype=np.uint32).view(np.float32)
    return array.astype(np.float32, copy=False)


@dataclass(frozen=True)
class Stored:
    """A tensor that lies row by row in a file; `read(offset, size)` gives its bytes."""

    shape: tuple[int, ...]
    dtype: Dtype
    read: Callable[[int, int], bytes]
    offset: int = 0

    def rows(self, start: int, stop: int) -> Array:
        row = self._row_bytes
        data = self.read(self.offset + start * row, (stop - start) * row)
        return np.frombuffer(data, NUMPY[self.dtype]).reshape(stop - start, *self.shape[1:])

    def inner(self, index: int) -> "Stored":
        """One row as a tensor: a layer of several that are stored as one."""
        offset = self.offset + index * self._row_bytes
        return Stored(self.shape[1:], self.dtype, self.read, offset)

    @property
    def _row_bytes(self) -> int:
        return math.prod(self.shape[1:]) * np.dtype(NUMPY[self.dtype]).itemsize


@dataclass(frozen=True)
class Gathered:
    """Some row ranges of another tensor, one after the other."""

    source: Tensor
    ranges: tuple[range, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        return (sum(map(len, self.ranges)), *self.source.shape[1:])

    @property
    def dtype(self) -> Dtype:
        return self.source.dtype

    def rows(self, start: int, stop: int) -> Array:
        parts, at = [], 0
        for block in self.ranges:
            wanted = block[max(start - at, 0) : max(stop - at, 0)]
            if wanted:
                parts.append(self.source.rows(wanted.start, wanted.stop))
            at += len(block)
        return np.concatenate(parts)


@dataclass(frozen=True)
class Paired:
    """Query or key rows for llama.cpp's Llama, which rotates neighbours and not halves.

    Of each head's rows 0 … n/2, n/2+1 … n come as 0, n/2, 1, n/2+1 …
    """

    source: Tensor
    head_size: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.source.shape

    @property
    def dtype(self) -> Dtype:
        return self.source.dtype

    def rows(self, start: int, stop: int) -> Array:
        size = self.head_size
        first, last = start // size * size, -(-stop // size) * size
        halves = self.source.rows(first, last).reshape(-1, 2, size // 2, *self.shape[1:])
        mixed = halves.swapaxes(1, 2).reshape(last - first, *self.shape[1:])
        return np.ascontiguousarray(mixed[start - first : stop - first])


@dataclass(frozen=True)
class PlusOne:
    """A LayerNorm1P weight as other programs want it: NeMo stores w - 1."""

    source: Tensor
    dtype: Dtype = "F32"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.source.shape

    def rows(self, start: int, stop: int) -> Array:
        return as_float32(self.source.rows(start, stop), self.source.dtype) + np.float32(1)
