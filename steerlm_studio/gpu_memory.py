"""How full NVIDIA's GPUs are and by whom, as their driver tells: the only place that asks NVML."""

import os
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

Absence = Literal["", "no_module", "no_driver", "no_gpu", "trouble"]
GONE = "gone"  # the trouble of a GPU that the driver does not count any more


class Gpu(msgspec.Struct, frozen=True):
    """Bytes; `bus` is its place, as ggml writes it. `trouble`: why it tells nothing now."""

    name: str
    bus: str
    free: int = 0
    total: int = 0
    processes: dict[int, int] = {}  # bytes by process id, where the driver tells
    trouble: str = ""


class Absent(Exception):
    """No GPU can be asked; `why` says which of the usual reasons it is."""

    def __init__(self, why: Absence, detail: str = "") -> None:
        super().__init__(detail)
        self.why = why


class Gpus:
    """NVML, loaded when it is first asked and again after it failed.

    Its calls may take seconds, and a broken driver may end the process: not for a window's own.
    """

    def __init__(self) -> None:
        self._nvml: Any = None
        self._known: dict[str, Gpu] = {}  # by place: numbers move up when one goes

    def look(self) -> list[Gpu]:
        """All GPUs now; one that went away stays, with its trouble. Raises `Absent`."""
        nvml = self._open()
        try:
            count = nvml.nvmlDeviceGetCount()
        except nvml.NVMLError as error:
            self._nvml = None
            raise Absent("trouble", str(error)) from error
        if not count and not self._known:
            raise Absent("no_gpu")
        return self._all(nvml, count)

    def _all(self, nvml: Any, count: int) -> list[Gpu]:
        answered: dict[str, Gpu] = {}
        silent: dict[int, str] = {}
        for index in range(count):
            try:
                gpu = _ask(nvml, index)
                answered[gpu.bus] = gpu
            except nvml.NVMLError as error:
                silent[index] = str(error)
        for bus, gpu in self._known.items():
            if bus not in answered:
                why = silent.pop(next(iter(silent))) if silent else GONE
                answered[bus] = msgspec.structs.replace(gpu, processes={}, trouble=why)
        order = [*self._known, *(bus for bus in answered if bus not in self._known)]
        self._known = {bus: answered[bus] for bus in order}
        never = [Gpu(f"GPU {index}", "", trouble=why) for index, why in silent.items()]
        return [*self._known.values(), *never]

    def _open(self) -> Any:
        if self._nvml is None:
            try:
                import pynvml
            except ImportError as error:
                raise Absent("no_module", str(error)) from error
            try:
                pynvml.nvmlInit()
            except pynvml.NVMLError as error:
                raise _absent(pynvml, error) from error
            self._nvml = pynvml
        return self._nvml


def _ask(nvml: Any, index: int) -> Gpu:
    handle = nvml.nvmlDeviceGetHandleByIndex(index)
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return Gpu(
        _text(nvml.nvmlDeviceGetName(handle)),
        bus_of(_text(nvml.nvmlDeviceGetPciInfo(handle).busId)),
        int(memory.free),
        int(memory.total),
        dict(_processes(nvml, handle)),
    )


def bus_of(said: str) -> str:
    """`00000000:C1:00.0` as ggml writes it, `0000:c1:00.0`."""
    domain, _, rest = said.lower().partition(":")
    return f"{domain[-4:]}:{rest}" if rest else said.lower()


def _processes(nvml: Any, handle: Any) -> Iterator[tuple[int, int]]:
    """Not told in every container, nor by every driver: then there is none."""
    try:
        found = nvml.nvmlDeviceGetComputeRunningProcesses(handle)
    except nvml.NVMLError:
        return
    for process in found:
        if process.usedGpuMemory is not None:
            yield int(process.pid), int(process.usedGpuMemory)


def _absent(nvml: Any, error: Exception) -> Absent:
    missing = (nvml.NVML_ERROR_LIBRARY_NOT_FOUND, nvml.NVML_ERROR_DRIVER_NOT_LOADED)
    is_missing = getattr(error, "value", None) in missing
    return Absent("no_driver" if is_missing else "trouble", str(error))


def _text(said: str | bytes) -> str:
    return os.fsdecode(said)
