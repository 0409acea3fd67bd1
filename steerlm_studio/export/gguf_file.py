"""Writes a GGUF a slab of rows at a time; the final name appears when all of it is on the disk."""

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from gguf import GGMLQuantizationType, GGUFValueType, GGUFWriter, LlamaFileType, quants

from steerlm_studio.errors import StudioError
from steerlm_studio.export.tensors import Array, Tensor, as_float32

FileType = Literal["F32", "BF16", "Q8_0"]
FILE_TYPES: tuple[FileType, ...] = ("F32", "BF16", "Q8_0")

SLAB = 4 << 20  # values that are converted at once
ALIGNMENT = 32
_FILE_TYPE_IDS: dict[FileType, int] = {
    "F32": LlamaFileType.ALL_F32,
    "BF16": LlamaFileType.MOSTLY_BF16,
    "Q8_0": LlamaFileType.MOSTLY_Q8_0,
}
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write(
    out: Path,
    architecture: str,
    metadata: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    file_type: FileType,
) -> Iterator[tuple[str, int]]:
    """Write `out`, yielding each tensor's name and the bytes of tensor data written so far.

    Until the last byte is on the disk there is only a hidden `.partial` file, removed when
    anything fails or the iterator is closed. Raises StudioError when there is no room.
    """
    _check_room(out, data_bytes(tensors, file_type))
    with _finished(out) as partial:
        _write_head(partial, architecture, metadata, tensors, file_type)
        with partial.open("ab") as file:
            _pad(file)
            start = file.tell()
            for name, tensor in tensors.items():
                for slab in _slabs(name, tensor, stored_as(tensor, file_type)):
                    file.write(slab)
                    yield name, file.tell() - start
                _pad(file)
            file.flush()
            os.fsync(file.fileno())


def stored_as(tensor: Tensor, file_type: FileType) -> FileType:
    """How one tensor is stored: vectors stay F32; rows that fill no Q8_0 blocks become BF16."""
    if len(tensor.shape) == 1:
        return "F32"
    if file_type == "Q8_0" and tensor.shape[-1] % 32:
        return "BF16"
    return file_type


def data_bytes(tensors: Mapping[str, Tensor], file_type: FileType) -> int:
    """The size of all tensor data in the file, padding included."""
    sizes = (_bytes(tensor.shape, stored_as(tensor, file_type)) for tensor in tensors.values())
    return sum(-(-size // ALIGNMENT) * ALIGNMENT for size in sizes)


def _bytes(shape: tuple[int, ...], kind: FileType) -> int:
    block, size = {"F32": (1, 4), "BF16": (1, 2), "Q8_0": (32, 34)}[kind]
    return int(np.prod(shape)) // block * size


def _write_head(
    path: Path,
    architecture: str,
    metadata: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    file_type: FileType,
) -> None:
    writer = GGUFWriter(path, architecture)
    writer.add_file_type(_FILE_TYPE_IDS[file_type])
    if file_type == "Q8_0":
        writer.add_quantization_version(2)
    for key, value in metadata.items():
        _add(writer, key, value)
    for name, tensor in tensors.items():
        kind = stored_as(tensor, file_type)
        size = _bytes(tensor.shape, kind)
        writer.add_tensor_info(
            name, tensor.shape, np.dtype(np.float32), size, GGMLQuantizationType[kind]
        )
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
    finally:
        writer.close()


def _add(writer: GGUFWriter, key: str, value: Any) -> None:
    if isinstance(value, bool):
        writer.add_bool(key, value)
    elif isinstance(value, int):
        writer.add_uint32(key, value)
    elif isinstance(value, float):
        writer.add_float32(key, value)
    elif isinstance(value, str):
        writer.add_key_value(key, value, GGUFValueType.STRING)
    else:
        kinds = {str: GGUFValueType.STRING, float: GGUFValueType.FLOAT32, int: GGUFValueType.INT32}
        writer.add_key_value(key, value, GGUFValueType.ARRAY, kinds[type(value[0])])


def _slabs(name: str, tensor: Tensor, kind: FileType) -> Iterator[bytes]:
    rows = tensor.shape[0]
    step = max(1, SLAB // max(1, int(np.prod(tensor.shape[1:]))))
    for start in range(0, rows, step):
        yield _encoded(name, tensor, tensor.rows(start, min(start + step, rows)), kind)


def _encoded(name: str, tensor: Tensor, rows: Array, kind: FileType) -> bytes:
    values = as_float32(rows, tensor.dtype)
    if not np.isfinite(values).all():
        raise StudioError(
            f"The tensor {name} holds values that are no finite numbers (NaN or infinity). The "
            "checkpoint is damaged; nothing was written."
        )
    if kind == tensor.dtype:
        return rows.tobytes()
    if kind == "F32":
        return values.tobytes()
    return bytes(quants.quantize(values, GGMLQuantizationType[kind]).tobytes())


def _pad(file: BinaryIO) -> None:
    file.write(bytes(-file.tell() % ALIGNMENT))


@contextmanager
def _finished(out: Path) -> Iterator[Path]:
    """A name to write under that becomes `out` at the end, or vanishes."""
    partial = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(out)
        _sync_folder(out.parent)
    except OSError as error:
        raise _failed(out, error) from error
    finally:
        partial.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut; not every system can open a folder."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check_room(out: Path, needed: int) -> None:
    try:
        free = shutil.disk_usage(out.parent).free
    except OSError as error:
        raise _failed(out, error) from error
    if free < needed:
        raise StudioError(
            f"{out.name} needs {needed / 1e9:.2f} GB and {out.parent} has {free / 1e9:.2f} GB "
            "free. Free some room, choose another folder or a smaller type."
        )


def _failed(out: Path, error: OSError) -> StudioError:
    why = "the disk is full or a size limit was reached" if error.errno in _NO_ROOM else ""
    return StudioError(
        f"{out} could not be written: {why or error.strerror}. What was written of it was removed."
    )
