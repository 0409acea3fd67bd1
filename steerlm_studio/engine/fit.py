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


def check_memory(header: Header, cells: int, gpu_layers: int, devices: Sequence[Device]) -> None:
    """Refuse a context that cannot fit: llama.cpp would hang or die on it. Raises `StudioError`."""
    gpus = [device for device in devices if device.kind in ("gpu", "igpu")]
    on_gpu = bool(gpus) and gpu_layers != 0
    free = sum(gpu.memory_free for gpu in gpus) if on_gpu else 0
    free += psutil.virtual_memory().available if gpu_layers >= 0 or not on_gpu else 0
    # Weights are mapped from the file on a CPU, so only what the context needs has to be free.
    needed = cells * cell_bytes(header) + (header.file_bytes if on_gpu else 0)
    if needed > free:
        raise StudioError(
            f"The model and a context of {cells} tokens need {needed / _GIB:.1f} GiB and "
            f"{free / _GIB:.1f} GiB are free. Choose a smaller context (--context), fewer answers "
            "side by side (--lanes), or a smaller quantization of the model."
        )
