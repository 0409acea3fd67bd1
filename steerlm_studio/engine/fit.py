"""Refuses what cannot fit before llama.cpp is asked: it would hang or die on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from steerlm_studio.errors import MemoryShort
from steerlm_studio.gguf_header import Header
from steerlm_studio.memory_free import memory
from steerlm_studio.memory_need import Cache, cell_count, context_size, need

_GIB = 2**30


class Device(Protocol):
    """As `protocol.Device` has them."""

    @property
    def kind(self) -> str: ...

    @property
    def memory_free(self) -> int: ...


@dataclass(frozen=True)
class Where:
    """How keys and values are kept, and where the layers go."""

    cache: Cache = "f16"
    gpu_layers: int = -1
    devices: Sequence[Device] = ()

    @property
    def is_on_gpu(self) -> bool:
        return self.gpu_layers != 0 and bool(self._gpus)

    def free(self) -> int:
        """Bytes that a model may take there: the GPUs', the machine's or both."""
        free = sum(gpu.memory_free for gpu in self._gpus) if self.is_on_gpu else 0
        return free + (memory().free if self.gpu_layers >= 0 or not self.is_on_gpu else 0)

    @property
    def _gpus(self) -> list[Device]:
        return [device for device in self.devices if device.kind in ("gpu", "igpu")]


CPU = Where()


def lanes_that_fit(header: Header, context: int, wanted: int, where: Where = CPU) -> int:
    """How many lanes may run at a time: those `wanted`, fewer where memory is short.

    The weights count on a CPU too: a mapped file that has to be read again and again is no gain.
    What is over is queued, so one lane always does.
    """
    free, counts = where.free(), range(wanted, 1, -1)
    return next((n for n in counts if need(header, context, n, where.cache).total <= free), 1)


def check_memory(header: Header, context: int, lanes: int, where: Where = CPU) -> None:
    """Refuse a context that cannot fit. Raises `MemoryShort`."""
    free, wanted = where.free(), need(header, context, lanes, where.cache)
    # Weights are mapped from the file on a CPU, so only what the context needs has to be free.
    must = wanted.total if where.is_on_gpu else wanted.cache + wanted.compute
    if must > free:
        cells = cell_count(context_size(header, context), lanes)
        raise MemoryShort(
            f"The model and a context of {cells} tokens need {wanted.total / _GIB:.1f} GiB and "
            f"{free / _GIB:.1f} GiB are free. Choose a smaller context (--context), 8-bit keys and "
            "values (--cache q8_0), fewer answers side by side (--lanes), or a smaller "
            "quantization of the model.",
            needed=wanted.total,
            free=free,
            on_gpu=where.is_on_gpu,
        )
