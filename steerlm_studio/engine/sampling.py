"""Choose a token from a row of logits: llama.cpp's own chain on the few candidates that matter.

A row of 256,000 logits takes llama.cpp's sampler chain about half a millisecond. Only the `top_k`
largest can be chosen, so numpy finds those first and the chain sees them alone. The result is the
same token: where equal logits would let the order of a sort decide, the whole row is given to the
chain.
"""

import random
from collections import deque

import numpy as np
import numpy.typing as npt

from steerlm_studio.engine.llama import Chain, Logits
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Sampling

PENALTY_WINDOW = 64  # tokens of the reply that a repeat penalty looks back at, as in llama.cpp
SMALL = 4096  # rows up to this length go to the chain whole
WORTH = 256  # a top-k up to this part of a row is found faster than the chain finds it
DEEPEST = np.float32(1e6)  # below the largest logit nobody looks for candidates
_RANDOM_SEED = 0xFFFFFFFF  # llama.cpp's sign for "take any"


class Sampler:
    """Chooses the tokens of one reply. `seed` is what was used, also where any was asked for."""

    def __init__(self, sampling: Sampling) -> None:
        self.seed = real_seed(sampling.seed)
        self._sampling = sampling
        self._candidates = Candidates(sampling)
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
        ids = self._candidates.of(row)
        return self._chain.draw(ids, row[ids])

    def _accept(self, token: int) -> int:
        self._recent.append(token)
        return token

    def close(self) -> None:
        """Free the chain."""
        self._chain.close()


class Candidates:
    """Finds the ids that llama.cpp's chain gives the same token on as on all ids.

    How far below the largest logit the `top_k` reach is remembered from row to row, since sorting
    a whole row would take longer than the chain itself.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self._depth = np.float32(8.0)  # below the largest logit

    def of(self, row: Logits) -> npt.NDArray[np.int32]:
        """The ids in rising order; all of them where fewer would not surely do."""
        k, size = self._sampling.top_k, len(row)
        found: npt.NDArray[np.intp] | None = None
        if size > SMALL and 0 < k <= size // WORTH:
            found = self._top(row, k)
        elif size > SMALL and k <= 0 and self._sampling.top_p >= 1 and self._sampling.min_p > 0:
            lowest = row.max() + np.log(np.float32(self._sampling.min_p)) - np.float32(1e-3)
            found = np.flatnonzero(row >= lowest)
        return np.arange(size, dtype=np.int32) if found is None else found.astype(np.int32)

    def _top(self, row: Logits, k: int) -> npt.NDArray[np.intp] | None:
        """The ids of the `k` largest logits; None when equal ones leave the order open."""
        ids = self._near_top(row, k)
        if len(ids) < k:  # most of the row is -inf
            return None
        near = row[ids]
        ids = ids[near >= np.partition(near, -k)[-k]]
        return ids if len(np.unique(row[ids])) == k else None

    def _near_top(self, row: Logits, k: int) -> npt.NDArray[np.intp]:
        """The ids of the `k` largest logits and usually of few more."""
        top = row.max()
        ids = np.flatnonzero(row >= top - self._depth)
        while len(ids) < k and self._depth < DEEPEST:
            self._depth *= np.float32(1.5)
            ids = np.flatnonzero(row >= top - self._depth)
        if len(ids) > 8 * k:
            self._depth *= np.float32(0.8)
        return ids


def real_seed(seed: int) -> int:
    """A seed of 32 bits: as given, or a random one for a negative number."""
    if seed < 0:
        return random.randrange(_RANDOM_SEED)
    return seed % _RANDOM_SEED
