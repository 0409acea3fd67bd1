"""Finds the tensors in a torch .ckpt without loading them and without running what it says."""

import io
import pickle
import re
import struct
import zipfile
from collections.abc import Callable
from typing import IO, Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from steerlm_studio.errors import StudioError, piece
from steerlm_studio.export.names import ignored
from steerlm_studio.export.tensors import Dtype, Stored

_DTYPES: dict[torch.dtype, Dtype] = {
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
}
# What torch's reader raises for damaged bytes: it checks little before it uses them.
_BROKEN = (
    RuntimeError,
    ValueError,
    LookupError,
    EOFError,
    OSError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zipfile.BadZipFile,
)


def stored_tensors(
    file: IO[bytes], read: Callable[[int, int], bytes], label: str
) -> dict[str, Stored]:
    """The tensors of a `torch.save`d state dict by name, in the order of the file.

    `read(offset, size)` must give the bytes of the same file; it is called when rows are asked
    for. `label` names the file in errors. Raises StudioError.
    """
    state = _loaded(file, label)
    if not isinstance(state, dict) or not all(isinstance(name, str) for name in state):
        raise StudioError(f"{label} holds no tensors by name; it is not a model's weights.")
    records = _records(file, label)
    tensors = {name: value for name, value in state.items() if isinstance(value, torch.Tensor)}
    _refuse_nested(state, tensors, label)
    return {
        name: _stored(name, tensor, records, read, label)
        for name, tensor in tensors.items()
        if not ignored(name)
    }


def _refuse_nested(state: dict[str, Any], tensors: dict[str, Any], label: str) -> None:
    """Checkpoints of a training and of interleaved pipelines hold several networks' tensors."""
    inner = [name for name, value in state.items() if isinstance(value, dict) and value]
    if inner and not tensors:
        raise StudioError(
            f"{label} keeps its tensors under “{inner[0]}”, as a checkpoint of a training or of an "
            "interleaved pipeline does. Save the model as a .nemo file for inference first."
        )


def stored_tensor(file: IO[bytes], read: Callable[[int, int], bytes], label: str) -> Stored:
    """The only tensor of a `torch.save`d one. Raises StudioError."""
    tensor = _loaded(file, label)
    if not isinstance(tensor, torch.Tensor):
        raise StudioError(f"{label} is no tensor; the checkpoint is damaged.")
    return _stored(label, tensor, _records(file, label), read, "the checkpoint")


def _loaded(file: IO[bytes], label: str) -> Any:
    if file.read(4) != b"PK\x03\x04":
        raise StudioError(
            f"{label} is not in the zip form that torch has written since version 1.6. If it is "
            "an older file, save it again with a newer torch."
        )
    file.seek(0)
    try:
        # Older Transformer Engine keeps its fp8 state in an io.BytesIO; we never look into it.
        # In this mode torch notes where a tensor lies and reads none of it.
        with torch.serialization.safe_globals([io.BytesIO]), FakeTensorMode():
            return torch.load(file, weights_only=True)
    except pickle.UnpicklingError as error:
        raise _refused(label, str(error)) from error
    except _BROKEN as error:
        raise StudioError(
            f"{label} cannot be read as a torch checkpoint; it is damaged. Download it again.",
            str(error),
        ) from error


def _refused(label: str, reason: str) -> StudioError:
    """torch's reason is a page of advice on switching the check off; only the name is of use."""
    found = re.search(r"(?:GLOBAL|global)\s+`?([\w.]+)`?", reason)
    what = piece(f"call “{found.group(1)}”") if found else piece("do more than hold tensors")
    return StudioError(
        f"{label} was refused: on loading it would {what}. A checkpoint needs nothing of the "
        "kind; nothing of it was run. Do not use this file."
    )


def _records(file: IO[bytes], label: str) -> dict[int, int]:
    """Where the uncompressed records of the zip begin, and their sizes in bytes."""
    records = {}
    try:
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                file.seek(info.header_offset + 26)
                name, extra = struct.unpack("<HH", file.read(4))
                if info.compress_type == zipfile.ZIP_STORED:
                    records[info.header_offset + 30 + name + extra] = info.file_size
    except _BROKEN as error:
        raise StudioError(f"{label} is damaged. Download it again.", str(error)) from error
    return records


def _stored(
    name: str,
    tensor: torch.Tensor,
    records: dict[int, int],
    read: Callable[[int, int], bytes],
    label: str,
) -> Stored:
    if tensor.dtype not in _DTYPES:
        raise StudioError(
            f"“{name}” in {label} holds {str(tensor.dtype).removeprefix('torch.')} values; only "
            "float32, bfloat16 and float16 can be exported."
        )
    start = getattr(tensor.untyped_storage(), "_checkpoint_offset", -1)
    first = tensor.storage_offset() * tensor.element_size()
    size = tensor.numel() * tensor.element_size()
    if not tensor.is_contiguous() or first + size > records.get(start, -1):
        raise StudioError(
            f"“{name}” in {label} is not stored row by row, or the file is damaged. Save the "
            "checkpoint again with contiguous tensors."
        )
    return Stored(tuple(tensor.shape), _DTYPES[tensor.dtype], read, start + first)
