"""Where a model's layers go, and how much memory a model may take there."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from steerlm_studio.errors import StudioError
from steerlm_studio.memory_free import memory
from steerlm_studio.memory_need import NO_GPUS, Gpus
from steerlm_studio.protocol import Device


@dataclass(frozen=True)
class Place:
    """The GPUs among `devices`, in the shares of `split`, or the CPU; or both.

    `gpu_layers` and `split` are as llama.cpp has them: the output counts as a layer, the last ones
    go first, a negative number is all; no shares are those of the free memory.
    """

    gpu_layers: int = -1
    devices: Sequence[Device] = ()
    split: Sequence[float] = ()

    @property
    def is_on_gpu(self) -> bool:
        """Whether some layers are."""
        return self.gpu_layers != 0 and bool(gpus_used(self.devices))

    def gpus(self, layers: int) -> Gpus:
        """How many GPUs there are and get some of so many layers or the output (`load_tensors`)."""
        free = [_free(gpu) for gpu in gpus_used(self.devices)]
        there = min(self.gpu_layers, layers + 1) if self.gpu_layers >= 0 else layers + 1
        ends = list(accumulate(self._shares(free) if any(self._shares(free)) else free))
        used = {bisect_right(ends, ends[-1] * n / there) for n in range(there)} if free else ()
        return Gpus(len(used), len(free)) if used else NO_GPUS

    def is_on_cpu(self, layers: int) -> bool:
        """Whether some of so many layers are, or the output."""
        return not self.is_on_gpu or 0 < self.gpu_layers <= layers

    def free(self, layers: int) -> int:
        """The bytes of the largest model of so many layers that has room there."""
        if not self.is_on_gpu:
            return memory().free
        on_gpu = 1.0 if self.gpu_layers < 0 else min(1.0, self.gpu_layers / (layers + 1))
        gpus = gpus_used(self.devices)
        free = self._shared_out([_free(gpu) for gpu in gpus]) / on_gpu
        if on_gpu < 1:
            apart = sum(_free(gpu) for gpu in gpus if gpu.kind == "gpu")
            free = min(free, apart + memory().free)
        return int(free)

    def _shared_out(self, free: Sequence[int]) -> float:
        """What fits on all together when each takes its share: the fullest one decides."""
        shares = self._shares(free)
        if not any(shares):
            return sum(free)
        rooms = zip(free, shares, strict=True)
        return min(room * sum(shares) / share for room, share in rooms if share)

    def _shares(self, free: Sequence[int]) -> list[float]:
        return [*self.split, *[0.0] * len(free)][: len(free)]


def gpus_used(devices: Sequence[Device]) -> list[Device]:
    """Those that llama.cpp shares a model's layers out over, in its order.

    A card that two backends know counts once; those inside a processor only where there is no
    other, and then those of one backend alone (`llama_prepare_model_devices`).
    """
    cards: dict[str, Device] = {}
    for device in devices:
        if device.kind == "gpu":
            cards.setdefault(device.bus or device.name, device)
    inside = [device for device in devices if device.kind == "igpu"]
    alike = [device for device in inside if _backend(device) == _backend(inside[0])]
    return list(cards.values()) or alike


def shares(text: str) -> tuple[float, ...]:
    """The shares of several GPUs, as `3,1` says them. Raises `StudioError`."""
    try:
        found = tuple(float(share) for share in text.split(",")) if text else ()
    except ValueError:
        found = (-1.0,)
    if any(not 0 <= share < 1e6 for share in found) or (found and not any(found)):
        raise StudioError(f"“{text}” are no shares of GPUs. Give numbers such as 3,1.")
    return found


def _backend(device: Device) -> str:
    """`Vulkan` of `Vulkan0`."""
    return device.name.rstrip("0123456789")


def _free(gpu: Device) -> int:
    """Some drivers tell nothing; llama.cpp takes the machine's memory then, and so does this."""
    return gpu.memory_free if gpu.memory_total else memory().free
