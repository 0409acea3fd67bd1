"""The few tokens of a row that llama.cpp's sampler chain could choose.

The chain takes half a millisecond for a row of 256,000 logits, and sixty where top-p has to sort
them. Numpy finds what can be chosen faster, and the chain draws from that alone. The result is the
same token: where equal logits or the last bits of a sum would decide, the chain gets the whole row.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from steerlm_studio.engine.llama import Logits
from steerlm_studio.protocol import Sampling

SMALL = 8192  # rows up to this length go to the chain whole: it finds a top-k in some 30 µs
WORTH = 16  # a top-k up to this part of a row is found faster than the chain finds it
STRIDE = 64  # one logit in so many tells where the largest begin
MARGIN = np.float32(1e-3)  # that a logarithm may be off
NUCLEUS = 128  # the likeliest tokens that top-p is tried on first; then eight times as many
EDGE = 1e-5  # that a sum of probabilities may be off


class Candidates(NamedTuple):
    """Ids to choose from.

    `narrowed`: top-k and top-p leave just these, and they are ordered, the likeliest first; else
    they are in rising order, and the chain has all its work before it.
    """

    ids: npt.NDArray[np.int32]
    narrowed: bool = False


def candidates(row: Logits, sampling: Sampling) -> Candidates:
    """Those on which llama.cpp's chain gives the same token as on all; all, where that is open."""
    k, size = sampling.top_k, len(row)
    found: npt.NDArray[np.intp] | None = None
    if size > SMALL and 0 < k <= size // WORTH:
        found = _top(row, k)
    elif size > SMALL and k <= 0 and sampling.top_p < 1:
        found = _nucleus(row, sampling.top_p)
        if found is not None:
            return Candidates(found.astype(np.int32), narrowed=True)
    elif size > SMALL and k <= 0 and sampling.min_p > 0:
        found = np.flatnonzero(row >= row.max() + np.log(np.float32(sampling.min_p)) - MARGIN)
    return Candidates(_all_ids(size) if found is None else found.astype(np.int32))


@lru_cache(maxsize=4)
def _all_ids(size: int) -> npt.NDArray[np.int32]:
    return np.arange(size, dtype=np.int32)


def _top(row: Logits, k: int) -> npt.NDArray[np.intp] | None:
    """The ids of the `k` largest logits; None when equal ones leave the order open."""
    ids = np.flatnonzero(row >= _threshold(row, k))
    if len(ids) < k:
        return None
    near = row[ids]
    ids = ids[near >= np.partition(near, -k)[-k]]
    if len(ids) > k:
        return None
    kept = np.sort(row[ids])
    return ids if (kept[1:] > kept[:-1]).all() else None


def _threshold(row: Logits, k: int) -> np.float32:
    """A value that, judged by a part of the row, somewhat more than `k` logits reach."""
    part = row[::STRIDE]
    rank = min(12 + 2 * k // STRIDE, len(part))
    threshold: np.float32 = np.partition(part, -rank)[-rank]
    return threshold


def _nucleus(row: Logits, top_p: float) -> npt.NDArray[np.intp] | None:
    """The ids that top-p keeps, the likeliest first; None where they are many or not certain.

    Sums are made in llama.cpp's order and width: one float after the other.
    """
    shares = np.exp(row - row.max())
    whole = np.cumsum(shares)[-1]
    count = NUCLEUS
    while count <= len(row) // WORTH:
        ids = _top(row, count)
        if ids is None:
            return None
        ids = ids[np.argsort(-row[ids])]
        sums = np.cumsum(shares[ids] / whole)
        last = int(np.searchsorted(sums, np.float32(top_p)))
        if last < count:
            is_certain = np.abs(sums[max(last - 1, 0) : last + 1] - top_p).min() > EDGE
            return ids[: last + 1] if is_certain else None
        count *= 8
    return None
