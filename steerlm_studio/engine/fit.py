"""How many tokens a context may hold in the memory that there is."""

from collections.abc import Sequence

import psutil

from steerlm_studio.engine.header import Header
from steerlm_studio.engine.llama import Device
from steerlm_studio.errors import StudioError

USUAL_CONTEXT = 4096  # tokens when none are asked for, or the model's own limit if that is less
PADDING = 256  # llama.cpp rounds the cells of a context up to this
_VALUE_BYTES = 2  # F16 keys and values
_GIB = 2**30


def context_size(header: Header, asked: int) -> int:
    """The tokens of one sequence: what was asked for (0 = usual), at most what the model knows."""
    trained = header.number("context_length")
    return max(16, min(asked or USUAL_CONTEXT, trained))


def cell_count(context: int, lanes: int) -> int:
    """The cells for `lanes` sequences that share most of their prompt, and for idle columns."""
    cells = context + (lanes - 1) * max(context // 4, min(context, 512)) + 2 * (lanes + 1)
    return -(-cells // PADDING) * PADDING


def cell_bytes(header: Header) -> int:
    """The bytes of keys and values of one token in all layers (at most, where layers differ)."""
    width, heads = header.number("embedding_length"), header.number("attention.head_count", 1)
    groups = header.number("attention.head_count_kv", heads) or heads
    each = width // max(1, heads)
    key = header.number("attention.key_length", each)
    value = header.number("attention.value_length", each)
    return header.number("block_count") * groups * (key + value) * _VALUE_BYTES


def lanes_that_fit(
    header: Header, context: int, wanted: int, gpu_layers: int, devices: Sequence[Device]
) -> int:
    """How many lanes may run at a time: those `wanted`, fewer where memory is short.

    The weights count on a CPU too: a mapped file that has to be read again and again is no gain.
    What is over is queued, so one lane always does.
    """
    free = _free(gpu_layers, devices) - header.file_bytes
    per_cell = cell_bytes(header)
    fitting = (n for n in range(wanted, 1, -1) if cell_count(context, n) * per_cell <= free)
    return next(fitting, 1)


def check_memory(header: Header, cells: int, gpu_layers: int, devices: Sequence[Device]) -> None:
    """Refuse a context that cannot fit: llama.cpp would hang or die on it. Raises `StudioError`."""
    on_gpu = _is_on_gpu(gpu_layers, devices)
    free = _free(gpu_layers, devices)
    # Weights are mapped from the file on a CPU, so only what the context needs has to be free.
    needed = cells * cell_bytes(header) + (header.file_bytes if on_gpu else 0)
    if needed > free:
        raise StudioError(
            f"The model and a context of {cells} tokens need {needed / _GIB:.1f} GiB and "
            f"{free / _GIB:.1f} GiB are free. Choose a smaller context (--context), fewer answers "
            "side by side (--lanes), or a smaller quantization of the model."
        )


def _is_on_gpu(gpu_layers: int, devices: Sequence[Device]) -> bool:
    return gpu_layers != 0 and any(device.kind in ("gpu", "igpu") for device in devices)


def _free(gpu_layers: int, devices: Sequence[Device]) -> int:
    """Bytes that are free where the layers go."""
    gpus = [device for device in devices if device.kind in ("gpu", "igpu")]
    on_gpu = _is_on_gpu(gpu_layers, devices)
    free = sum(gpu.memory_free for gpu in gpus) if on_gpu else 0
    return free + (psutil.virtual_memory().available if gpu_layers >= 0 or not on_gpu else 0)
