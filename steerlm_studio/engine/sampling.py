"""Choose a token from a row of logits, by llama.cpp's own chain on the few that can be chosen."""

import random
from collections import deque
from math import isfinite

import numpy as np

from steerlm_studio.engine.candidates import candidates
from steerlm_studio.engine.chain import Chain
from steerlm_studio.engine.llama import Logits
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Sampling

PENALTY_WINDOW = 64  # tokens of the reply that a repeat penalty looks back at, as in llama.cpp
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
        if self._sampling.repeat_penalty == 1.0 or not self._recent:
            return self._accept(self._draw(row))
        recent = np.fromiter(set(self._recent), dtype=np.int64)
        kept = row[recent]
        penalty = np.float32(self._sampling.repeat_penalty)
        row[recent] = np.where(kept <= 0, kept * penalty, kept / penalty)
        try:
            return self._accept(self._draw(row))
        finally:
            row[recent] = kept

    def _draw(self, row: Logits) -> int:
        best = int(row.argmax())
        if not isfinite(row[best]):
            raise StudioError(
                "The model gave no usable numbers (infinite or not a number). This happens with "
                "damaged files and with some quantizations on some GPUs: try another quantization."
            )
        if self._greedy:
            return best
        few = candidates(row, self._sampling)
        logits = row if len(few.ids) == len(row) else row[few.ids]
        return self._chain.draw(few.ids, logits, few.narrowed)

    def _accept(self, token: int) -> int:
        self._recent.append(token)
        return token

    def close(self) -> None:
        """Free the chain."""
        self._chain.close()


def real_seed(seed: int) -> int:
    """A seed of 32 bits: as given, or a random one for a negative number."""
    if seed < 0:
        return random.randrange(_RANDOM_SEED)
    return seed % _RANDOM_SEED
