"""llama.cpp's samplers, for the candidates that they are given."""

import ctypes
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
        self._narrow = _chain(
            L.llama_sampler_init_top_k(top_k), L.llama_sampler_init_top_p(top_p, 1)
        )
        self._choose = _chain(
            L.llama_sampler_init_min_p(min_p, 1),
            L.llama_sampler_init_temp(temperature),
            L.llama_sampler_init_dist(seed),
        )
        self._array = L.llama_token_data_array()
        self._room = np.zeros(0, dtype=_CANDIDATE)

    def draw(self, ids: npt.NDArray[np.int32], logits: Logits, narrowed: bool = False) -> int:
        """Choose one of `ids` by their `logits`.

        `narrowed`: they are what top-k and top-p leave, the likeliest first.
        """
        if len(ids) > len(self._room):
            self._room = np.zeros(len(ids), dtype=_CANDIDATE)
            self._array.data = ctypes.cast(self._room.ctypes.data, L.llama_token_data_p)
        candidates, array = self._room[: len(ids)], self._array
        candidates["id"], candidates["logit"] = ids, logits
        array.size, array.selected, array.sorted = len(ids), -1, narrowed
        if not narrowed:
            L.llama_sampler_apply(self._narrow, ctypes.byref(array))
        L.llama_sampler_apply(self._choose, ctypes.byref(array))
        return int(candidates["id"][array.selected])

    def close(self) -> None:
        """Free the samplers."""
        L.llama_sampler_free(self._narrow)
        L.llama_sampler_free(self._choose)


def _chain(*samplers: Any) -> Any:
    chain = L.llama_sampler_chain_init(L.llama_sampler_chain_default_params())
    for sampler in samplers:
        L.llama_sampler_chain_add(chain, sampler)
    return chain
