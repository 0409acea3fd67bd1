"""Rows of a tensor as the bytes that a GGUF holds."""

import numpy as np
from gguf import GGMLQuantizationType, quants

from steerlm_studio.errors import StudioError
from steerlm_studio.export import llama
from steerlm_studio.export.tensors import Array, Dtype, as_float32

_LARGEST_HALF = 65504.0


def encoded(
    name: str, rows: Array, dtype: Dtype, kind: str, importance: llama.Floats | None = None
) -> memoryview:
    """`rows`, stored as `dtype`, in the format `kind`.

    `name` is the tensor's, for errors. Raises StudioError for what is no finite number.
    """
    if not _finite(rows, dtype):
        raise StudioError(
            f"The tensor {name} holds values that are no finite numbers (NaN or infinity). The "
            "checkpoint is damaged; nothing was written."
        )
    if kind == dtype:
        return _bytes(rows)
    values = as_float32(rows, dtype)
    if kind == "F32":
        return _bytes(values)
    if kind == "F16":
        return _halves(name, values)
    if kind == "BF16":
        return _bytes(quants.quantize(values, GGMLQuantizationType.BF16))
    return llama.quantized(values, kind, importance)


def _finite(rows: Array, dtype: Dtype) -> bool:
    if dtype == "BF16":
        return bool((rows & 0x7FFF).max(initial=0) < 0x7F80)
    return bool(np.isfinite(rows).all())


def _halves(name: str, values: Array) -> memoryview:
    largest = float(np.abs(values).max(initial=0))
    if largest > _LARGEST_HALF:
        raise StudioError(
            f"The tensor {name} holds {largest:.6g}, and F16 ends at 65504. Export BF16 instead: "
            "it is as large and holds every such value."
        )
    return _bytes(values.astype("<f2"))


def _bytes(values: Array) -> memoryview:
    return np.ascontiguousarray(values).data.cast("B")
