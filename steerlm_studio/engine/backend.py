"""What this build of llama.cpp is, and the devices that it sees."""

import ctypes
from collections import Counter
from collections.abc import Sequence
from typing import Any

from steerlm_studio.engine.llama import BINDING, L
from steerlm_studio.memory_place import gpus_used
from steerlm_studio.protocol import Device, Held


def version() -> str:
    """The version of llama.cpp and of the binding around it."""
    return f"{L.llama_version().decode()} (llama-cpp-python {BINDING})"


def build_flags() -> str:
    """What this build of llama.cpp can use, e.g. `CPU : AVX2 = 1 | …`."""
    return str(L.llama_print_system_info().decode().strip(" |\n"))


def built_for(backends: Sequence[str]) -> str:
    """What a build can use beside the CPU, e.g. CUDA or Vulkan; "" for nothing."""
    return next((name for name in backends if name not in ("CPU", "BLAS", "RPC")), "")


def backends() -> list[str]:
    """Those that this build has, whether or not they see a device; Vulkan has no build flags."""
    lib = L._lib
    lib.ggml_backend_reg_count.restype = ctypes.c_size_t
    lib.ggml_backend_reg_get.argtypes = [ctypes.c_size_t]
    lib.ggml_backend_reg_get.restype = ctypes.c_void_p
    lib.ggml_backend_reg_name.argtypes = [ctypes.c_void_p]
    lib.ggml_backend_reg_name.restype = ctypes.c_char_p
    found = map(lib.ggml_backend_reg_get, range(lib.ggml_backend_reg_count()))
    return [lib.ggml_backend_reg_name(each).decode(errors="replace") for each in found]


def can_offload() -> bool:
    """Whether this build and this machine can put layers on a GPU."""
    return bool(L.llama_supports_gpu_offload())


def devices() -> list[Device]:
    """All devices that ggml sees, the CPU included."""
    lib = L._lib
    lib.ggml_backend_dev_count.restype = ctypes.c_size_t
    lib.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    lib.ggml_backend_dev_get.restype = ctypes.c_void_p
    for name in ("name", "description"):
        function = getattr(lib, f"ggml_backend_dev_{name}")
        function.argtypes, function.restype = [ctypes.c_void_p], ctypes.c_char_p
    lib.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    size = ctypes.POINTER(ctypes.c_size_t)
    lib.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, size, size]
    lib.ggml_backend_dev_memory.restype = None
    lib.ggml_backend_dev_get_props.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Properties)]
    lib.ggml_backend_dev_get_props.restype = None
    return [_device(lib, i) for i in range(lib.ggml_backend_dev_count())]


def layers_on_gpus(
    memory: Sequence[Held], devices: Sequence[Device], layers: int
) -> list[tuple[Device, int]]:
    """The GPUs that hold some of a model's layers, and how many; the output does not count."""
    counts = {held.device: sum(n < layers for n in held.numbers) for held in memory}
    return [(gpu, counts[gpu.name]) for gpu in gpus_used(devices) if counts.get(gpu.name)]


def names(gpus: Sequence[Device]) -> str:
    """How many of each, e.g. two NVIDIA A100 in one word, or each by its own name."""
    counts = Counter(gpu.description or gpu.name for gpu in gpus)
    times = "\N{MULTIPLICATION SIGN}"
    return " + ".join(f"{n} {times} {name}" if n > 1 else name for name, n in counts.items())


def _device(lib: Any, index: int) -> Device:
    device = lib.ggml_backend_dev_get(index)
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    lib.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
    kinds = ("cpu", "gpu", "igpu", "accel")
    kind = lib.ggml_backend_dev_type(device)
    more = _Properties()
    lib.ggml_backend_dev_get_props(device, ctypes.byref(more))
    return Device(
        lib.ggml_backend_dev_name(device).decode(errors="replace"),
        lib.ggml_backend_dev_description(device).decode(errors="replace").strip(),
        kinds[kind] if kind < len(kinds) else "other",
        free.value,
        total.value,
        (more.device_id or b"").decode(errors="replace"),
    )


class _Properties(ctypes.Structure):
    """ggml_backend_dev_props."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("description", ctypes.c_char_p),
        ("memory_free", ctypes.c_size_t),
        ("memory_total", ctypes.c_size_t),
        ("type", ctypes.c_int),
        ("device_id", ctypes.c_char_p),
        ("caps", ctypes.c_bool * 8),  # llama.cpp has four
    )
