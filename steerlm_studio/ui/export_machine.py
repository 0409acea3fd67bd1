"""Where a model of some size would run on this machine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import psutil

Place = Literal["gpu", "partly", "memory", "nowhere"]
CONTEXT = 4096  # tokens that there should be room for beside the weights
_USABLE = 0.85  # of a memory: the rest is for the desktop and for what is computed
_VALUE_BYTES = 2  # F16 keys and values


@dataclass(frozen=True)
class Machine:
    """Bytes of memory in all; `gpu` is 0 where llama.cpp sees none."""

    memory: int
    gpu: int = 0
    gpu_name: str = ""

    def place(self, needed: int) -> Place:
        """Where `needed` bytes of weights and context fit."""
        if needed <= self.gpu * _USABLE:
            return "gpu"
        if needed <= self.memory * _USABLE:
            return "partly" if self.gpu else "memory"
        return "partly" if needed <= (self.memory + self.gpu) * _USABLE else "nowhere"


def machine_with(devices: Iterable[Mapping[str, Any]]) -> Machine:
    """This machine's memory, and of the devices that llama.cpp reports those with their own."""
    gpus = [device for device in devices if device.get("kind") == "gpu"]
    total = sum(int(gpu["memory_total"]) for gpu in gpus)
    names = ", ".join(str(gpu["description"]) for gpu in gpus)
    return Machine(psutil.virtual_memory().total, total, names)


def context_bytes(shape: Mapping[str, int]) -> int:
    """The keys and values of `CONTEXT` tokens in a network of this shape."""
    wide = shape.get("key_value_heads", 0) * shape.get("head_size", 0)
    tokens = min(CONTEXT, shape.get("context", CONTEXT))
    return 2 * _VALUE_BYTES * shape.get("layers", 0) * wide * tokens
