"""Reads an importance matrix of llama.cpp: how much each column of a matrix matters.

Formats: `common/imatrix-loader.cpp` of llama.cpp; a GGUF since 2025, before that a plain .dat.
"""

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from steerlm_studio.errors import StudioError, piece
from steerlm_studio.export.gguf_table import Entry, table
from steerlm_studio.export.llama import Floats
from steerlm_studio.export.tensors import Tensor

_LIMIT = 1 << 30  # bytes; that of the largest models has some 50 MB
_SUMS, _COUNTS = ".in_sum2", ".counts"


def importance(path: Path) -> dict[str, Floats]:
    """The columns' weights by tensor. Raises StudioError."""
    try:
        if path.stat().st_size > _LIMIT:
            raise _no_matrix(path, "it is too large")
        data = path.read_bytes()
    except OSError as error:
        raise StudioError(f"{path} cannot be read: {error.strerror}.") from error
    if data[:4] == b"GGUF":
        found = _from_gguf(path, data)
    else:
        try:
            found = _from_dat(data)
        except (struct.error, ValueError) as error:
            raise _no_matrix(path, str(error)) from error
    if not found or not all(np.isfinite(weights).all() for weights in found.values()):
        raise _no_matrix(path, "it holds no or no finite weights")
    return found


def fitting(found: Mapping[str, Floats], tensors: Mapping[str, Tensor]) -> dict[str, Floats]:
    """The weights of the tensors that are there. Raises StudioError when they are of another model.

    What a matrix lacks, such as the embedding, is quantized without weights.
    """
    fit = {name: weights for name, weights in found.items() if name in tensors}
    for name, weights in fit.items():
        if len(weights) != tensors[name].shape[-1]:
            raise StudioError(
                f"The importance matrix has {len(weights)} values for {name} and the model "
                f"{tensors[name].shape[-1]} columns: it was made for another model."
            )
    if found and not fit:
        raise StudioError("The importance matrix names no tensor of this model.")
    return fit


def _from_gguf(path: Path, data: bytes) -> dict[str, Floats]:
    header, entries = table(path)
    if header.values.get("general.type") != "imatrix":
        raise _no_matrix(path, "general.type says otherwise")
    found: dict[str, Floats] = {}
    for name, entry in entries.items():
        if name.endswith(_SUMS):
            tensor = name.removesuffix(_SUMS)
            counts = _floats(path, data, entries.get(tensor + _COUNTS))
            sums = _floats(path, data, entry)
            if len(counts) != 1:
                raise _no_matrix(path, f"{name} is of a mixture of experts")
            found[tensor] = _mean(sums, counts[0])
    return found


def _floats(path: Path, data: bytes, entry: Entry | None) -> Floats:
    if entry is None or entry.type != "F32":
        raise _no_matrix(path, "sums without counts, or no F32 values")
    return np.frombuffer(data, "<f4", entry.bytes // 4, entry.offset)


def _from_dat(data: bytes) -> dict[str, Floats]:
    """i32 count; for each: i32 length, name, i32 calls, i32 size, f32 values times calls."""
    (count,), at = struct.unpack_from("<i", data), 4
    found: dict[str, Floats] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<i", data, at)
        if not 0 < length < 256:
            raise ValueError(piece("a name of that length is not plausible"))
        name, calls, size = struct.unpack_from(f"<{length}sii", data, at + 4)
        at += 12 + length
        values = np.frombuffer(data, "<f4", size, at)
        if size < 0 or len(values) != size:
            raise ValueError(piece("it ends in the middle of a tensor"))
        at += 4 * size
        found[name.decode("utf-8")] = _mean(values, calls) if calls > 0 else values
    return found


def _mean(sums: Floats, count: float) -> Floats:
    """Where nothing was counted all columns matter alike."""
    return (sums / count if count > 0 else np.ones_like(sums)).astype(np.float32)


def _no_matrix(path: Path, why: str) -> StudioError:
    return StudioError(f"{path.name} is no importance matrix that llama.cpp wrote: {why}.")
