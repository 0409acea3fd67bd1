"""One device at one moment: what the drivers, ggml and the engine say of it, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steerlm_studio.device_watch import Seen
from steerlm_studio.gpu_memory import Gpu
from steerlm_studio.protocol import Device, Held, Ready

_SLICE = 0.9  # of a GPU's memory: CUDA tells of less where it has only a part of the GPU (MIG)


@dataclass(frozen=True)
class DeviceState:
    """Bytes. `layers` counts from 0; `own` is the engine's, None where nobody tells."""

    key: str
    name: str
    is_cpu: bool
    free: int
    total: int
    own: int | None = None
    layers: tuple[int, ...] = ()
    trouble: str = ""

    @property
    def used(self) -> int:
        return max(0, self.total - self.free)


@dataclass(frozen=True)
class Engine:
    """The engine at that moment: what it loaded, its process, its memory; ggml's devices now."""

    ready: Ready | None = None
    process: int = 0
    resident: int | None = None
    devices: tuple[Device, ...] = ()

    @property
    def seen(self) -> tuple[Device, ...]:
        return self.devices or (self.ready.devices if self.ready else ())

    @property
    def gpus(self) -> list[Device]:
        """A card that two backends know counts once, as llama.cpp uses it."""
        places: dict[str, Device] = {}
        for device in self.seen:
            if device.is_gpu:
                places.setdefault(device.bus or device.name, device)
        return list(places.values())

    @property
    def held(self) -> Mapping[str, Held]:
        return {held.device: held for held in (self.ready.memory if self.ready else ())}


def states(seen: Seen, engine: Engine) -> list[DeviceState]:
    """The machine itself first, then the GPUs of the driver, then those that only ggml knows."""
    named = {device.name: device for device in engine.seen}
    cpu = named.get("CPU")
    name = cpu.description if cpu else ""
    rest = engine.gpus
    found = [_machine(seen, engine, name)]
    for gpu in seen.gpus:
        device = _same(gpu, rest)
        if device is not None:
            rest.remove(device)
        if device is not None and _is_part(device, gpu):
            found.append(_of_ggml(device, engine))
        else:
            found.append(_of_driver(gpu, device, engine))
    return [*found, *(_of_ggml(device, engine) for device in rest)]


def is_untold(seen: Seen, engine: Engine) -> bool:
    """Whether the engine has a GPU that no driver tells of, or only as a part of another."""
    rest = engine.gpus
    for gpu in seen.gpus:
        device = _same(gpu, rest)
        if device is not None and not _is_part(device, gpu):
            rest.remove(device)
    return bool(rest)


def _machine(seen: Seen, engine: Engine, name: str) -> DeviceState:
    layers = _numbers(engine.held.get("CPU"))
    memory = seen.machine
    return DeviceState("CPU", name, True, memory.free, memory.total, engine.resident, layers)


def _of_driver(gpu: Gpu, device: Device | None, engine: Engine) -> DeviceState:
    held = engine.held.get(device.name) if device else None
    own = gpu.processes.get(engine.process) or (_sum(held) if held else None)
    return DeviceState(
        gpu.bus or gpu.name,
        gpu.name,
        False,
        gpu.free,
        gpu.total,
        None if gpu.trouble else own,
        _numbers(held),
        gpu.trouble,
    )


def _of_ggml(device: Device, engine: Engine) -> DeviceState:
    held = engine.held.get(device.name)
    own = _sum(held) if held else 0
    return DeviceState(
        device.bus or device.name,
        device.description or device.name,
        False,
        min(device.memory_free, max(0, device.memory_total - own)),  # some tell all as free
        device.memory_total,
        _sum(held) if held else None,
        _numbers(held),
    )


def _is_part(device: Device, gpu: Gpu) -> bool:
    return 0 < device.memory_total < _SLICE * gpu.total


def _same(gpu: Gpu, devices: Sequence[Device]) -> Device | None:
    """By its place: drivers and CUDA number GPUs differently. By name where that is not told."""
    by_place = next((d for d in devices if d.bus and d.bus == gpu.bus), None)
    if by_place is not None:
        return by_place
    alike = [d for d in devices if not d.bus and d.description == gpu.name]
    return alike[0] if alike else None


def _numbers(held: Held | None) -> tuple[int, ...]:
    return held.numbers if held else ()


def _sum(held: Held) -> int:
    return held.weights + held.cache + held.compute
