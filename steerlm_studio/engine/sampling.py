"""Choose a token from a row of logits: llama.cpp's own chain on the few candidates that matter.

A row of 256,000 logits takes llama.cpp's sampler chain about half a millisecond. Only the `top_k`
largest can be chosen, so numpy finds those first and the chain sees them alone. The result is the
same token: where equal logits would let the order of a sort decide, the whole row is given to the
chain.
"""

import random
from collections import deque
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from steerlm_studio.engine.chain import Chain
from steerlm_studio.engine.llama import Logits
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Sampling

PENALTY_WINDOW = 64  # tokens of the reply that a repeat penalty looks back at, as in llama.cpp
SMALL = 4096  # rows up to this length go to the chain whole
WORTH = 256  # a top-k up to this part of a row is found faster than the chain finds it
STRIDE = 64  # one logit in so many tells where the largest begin
MARGIN = np.float32(1e-3)  # that a logarithm may be off
_RANDOM_SEED = 0xFFFFFFFF  # llama.cpp's sign for "take any"


class Sampler:
    """Chooses the tokens of one reply. `seed` is what was used, also where any was asked for."""

    def __init__(self, sampling: Sampling) -> None:
        self.seed = real_seed(sampling.seed)
        self._sampling = sampling
        self._greedy = sampling.temperature <= 0 or sampling.top_k == 1
        self._recent: deque[int] = deque(maxlen=PENALTY_WINDOW)
        self._chain = Chain(
            seed=self.seed,
            temperature=sampling.temperature,
            top_k=sampling.top_k,
            top_p=sampling.top_p,
            min_p=sampling.min_p,
        )

    def choose(self, row: Logits) -> int:
        """The next token by a row of logits (one per token of the vocabulary), left as it was.

        Raises `StudioError` when the row is no set of finite numbers.
        """
        recent = np.fromiter(set(self._recent), dtype=np.int64)
        if self._sampling.repeat_penalty == 1.0 or not len(recent):
            return self._accept(self._draw(row))
        kept = row[recent]
        penalty = np.float32(self._sampling.repeat_penalty)
        row[recent] = np.where(kept <= 0, kept * penalty, kept / penalty)
        try:
            return self._accept(self._draw(row))
        finally:
            row[recent] = kept

    def _draw(self, row: Logits) -> int:
        best = int(row.argmax())
        if not np.isfinite(row[best]):
            raise StudioError(
                "The model gave no usable numbers (infinite or not a number). This happens with "
                "damaged files and with some quantizations on some GPUs: try another quantization."
            )
        if self._greedy:
            return best
        ids = candidates(row, self._sampling)
        return self._chain.draw(ids, row if len(ids) == len(row) else row[ids])

    def _accept(self, token: int) -> int:
        self._recent.append(token)
        return token

    def close(self) -> None:
        """Free the chain."""
        self._chain.close()


def candidates(row: Logits, sampling: Sampling) -> npt.NDArray[np.int32]:
    """The ids, in rising order, that llama.cpp's chain gives the same token on as on all ids.

    These are all ids where fewer would not surely do.
    """
    k, size = sampling.top_k, len(row)
    found: npt.NDArray[np.intp] | None = None
    if size > SMALL and 0 < k <= size // WORTH:
        found = _top(row, k)
    elif size > SMALL and k <= 0 and sampling.top_p >= 1 and sampling.min_p > 0:
        found = np.flatnonzero(row >= row.max() + np.log(np.float32(sampling.min_p)) - MARGIN)
    return _all_ids(size) if found is None else found.astype(np.int32)


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
    return ids if len(np.unique(row[ids])) == k else None


def _threshold(row: Logits, k: int) -> np.float32:
    """A value that, judged by a part of the row, somewhat more than `k` logits reach."""
    part = row[::STRIDE]
    rank = 12 + 2 * k // STRIDE
    threshold: np.float32 = np.partition(part, -rank)[-rank]
    return threshold


def real_seed(seed: int) -> int:
    """A seed of 32 bits: as given, or a random one for a negative number."""
    if seed < 0:
        return random.randrange(_RANDOM_SEED)
    return seed % _RANDOM_SEED
