"""llama.cpp's samplers, for the candidates that they are given."""

import ctypes
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from steerlm_studio.engine.llama import L, Logits

_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Chain:
    """llama.cpp's own samplers in its own order: top-k, top-p, min-p, temperature, draw."""

    def __init__(
        self, *, seed: int, temperature: float, top_k: int, top_p: float, min_p: float
    ) -> None:
        self._chain = L.llama_sampler_chain_init(L.llama_sampler_chain_default_params())
        for sampler in _samplers(seed, temperature, top_k, top_p, min_p):
            L.llama_sampler_chain_add(self._chain, sampler)
        self._array = L.llama_token_data_array()
        self._room = np.empty(0, dtype=_CANDIDATE)

    def draw(self, ids: npt.NDArray[np.int32], logits: Logits) -> int:
        """Choose one of `ids` by their `logits`."""
        if len(ids) > len(self._room):
            self._room = np.empty(len(ids), dtype=_CANDIDATE)
            self._array.data = ctypes.cast(self._room.ctypes.data, L.llama_token_data_p)
        candidates, array = self._room[: len(ids)], self._array
        candidates["id"], candidates["logit"], candidates["p"] = ids, logits, 0
        array.size, array.selected, array.sorted = len(ids), -1, False
        L.llama_sampler_apply(self._chain, ctypes.byref(array))
        return int(candidates["id"][array.selected])

    def close(self) -> None:
        """Free the samplers."""
        L.llama_sampler_free(self._chain)


def _samplers(
    seed: int, temperature: float, top_k: int, top_p: float, min_p: float
) -> Iterable[Any]:
    yield L.llama_sampler_init_top_k(top_k)
    yield L.llama_sampler_init_top_p(top_p, 1)
    yield L.llama_sampler_init_min_p(min_p, 1)
    yield L.llama_sampler_init_temp(temperature)
    yield L.llama_sampler_init_dist(seed)
