"""Writes GGUFs a slab of rows at a time; a final name appears when all of its file is on disk."""

import errno
import glob
import os
import shutil
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import psutil
from gguf import GGMLQuantizationType, GGUFValueType, GGUFWriter

from steerlm_studio.errors import StudioError, piece
from steerlm_studio.export.encode import encoded
from steerlm_studio.export.file_types import (
    ALIGNMENT,
    FILE_TYPES,
    Kinds,
    data_bytes,
    plain_kinds,
    tensor_bytes,
)
from steerlm_studio.export.llama import Floats
from steerlm_studio.export.tensors import Tensor

SLAB = 2 << 20  # values that one thread converts at once
THREADS = 8  # at most: each holds a slab, and the memory is to stay below 1 GiB
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Model:
    """All that goes into a GGUF, in whichever type. `importance` weighs columns by tensor."""

    architecture: str
    metadata: Mapping[str, Any]
    tensors: Mapping[str, Tensor]
    importance: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """One file to be written: its name, its type and the format of each tensor."""

    out: Path
    file_type: str
    kinds: Kinds


def write(
    out: Path,
    architecture: str,
    metadata: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    file_type: str,
) -> Iterator[tuple[str, int]]:
    """Write one file of a plain type; see `write_all`."""
    model = Model(architecture, metadata, tensors)
    target = Target(out, file_type, plain_kinds(tensors, file_type))
    check_room(model, [target])
    with finished([out]) as partials:
        yield from write_all(model, [target], partials)


def write_all(
    model: Model, targets: Sequence[Target], paths: Sequence[Path]
) -> Iterator[tuple[str, int]]:
    """Write the targets under the names `paths`, reading the model once.

    Yields each tensor's name and the bytes of tensor data written so far, in all files together.
    Raises StudioError for values that are no numbers.
    """
    for target, path in zip(targets, paths, strict=True):
        write_head(path, model, target)
    with ExitStack() as opened:
        files = [opened.enter_context(path.open("ab")) for path in paths]
        for file in files:
            pad(file)
        first = sum(file.tell() for file in files)
        for name, start, slabs in _slabs(model, targets):
            for file, slab in zip(files, slabs, strict=True):
                if start == 0:
                    pad(file)
                file.write(slab)
            yield name, sum(file.tell() for file in files) - first
        for file in files:
            pad(file)
            file.flush()
            os.fsync(file.fileno())


def write_head(path: Path, model: Model, target: Target) -> None:
    """Everything before the tensors' data, unpadded."""
    writer = GGUFWriter(path, model.architecture)
    writer.add_file_type(FILE_TYPES[target.file_type])
    if target.file_type not in ("F32", "F16", "BF16"):
        writer.add_quantization_version(2)
    for key, value in model.metadata.items():
        _add(writer, key, value)
    for name, tensor in model.tensors.items():
        kind = target.kinds[name]
        size = tensor_bytes(tensor.shape, kind)
        writer.add_tensor_info(
            name, tensor.shape, np.dtype(np.float32), size, GGMLQuantizationType[kind]
        )
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
    finally:
        writer.close()


def check_room(model: Model, targets: Sequence[Target]) -> None:
    """Raises StudioError when the folder of the targets has too little room for them."""
    needed = sum(data_bytes(model.tensors, target.kinds) for target in targets)
    out = targets[0].out
    try:
        free = shutil.disk_usage(out.parent).free
    except OSError as error:
        raise _failed(out, error) from error
    if free < needed:
        raise StudioError(
            f"{out.name} needs {_amount(needed)} and {out.parent} has {_amount(free)} free. "
            "Free some room, choose another folder or a smaller type."
        )


def _amount(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e8 else f"{size / 1e6:.2f} MB"


@contextmanager
def finished(outs: Sequence[Path]) -> Iterator[list[Path]]:
    """Hidden names to write under that become `outs` at the end, or vanish.

    What an export that was killed left under such names vanishes at the start. Raises
    StudioError when there is no room or another of the system's errors.
    """
    partials = [out.with_name(f".{out.name}.{os.getpid()}.partial") for out in outs]
    out = outs[0]
    try:
        for out in outs:
            _remove_abandoned(out)
        out = outs[0]
        yield partials
        for out, partial in zip(outs, partials, strict=True):
            partial.replace(out)
            _sync_folder(out.parent)
    except OSError as error:
        raise _failed(out, error) from error
    finally:
        for partial in partials:
            partial.unlink(missing_ok=True)


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


Slab = tuple[str, int, list[memoryview]]  # tensor, first row, its bytes for each target


def _slabs(model: Model, targets: Sequence[Target]) -> Iterator[Slab]:
    """All tensors in order, read and encoded by some threads ahead of the one that writes."""
    threads = min(THREADS, os.cpu_count() or 1)
    ahead: deque[Future[Slab]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for name, tensor in model.tensors.items():
                step = max(1, SLAB // max(1, int(np.prod(tensor.shape[1:]))))
                for start in range(0, tensor.shape[0], step):
                    stop = min(start + step, tensor.shape[0])
                    ahead.append(pool.submit(_slab, model, targets, name, start, stop))
                    if len(ahead) > threads:
                        yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for each in ahead:
                each.cancel()


def _slab(model: Model, targets: Sequence[Target], name: str, start: int, stop: int) -> Slab:
    tensor, importance = model.tensors[name], model.importance.get(name)
    rows = tensor.rows(start, stop)
    made: dict[str, memoryview] = {}
    for kind in {target.kinds[name] for target in targets}:
        made[kind] = encoded(name, rows, tensor.dtype, kind, importance)
    return name, start, [made[target.kinds[name]] for target in targets]


def pad(file: BinaryIO) -> None:
    """Fill up with zeros to where the next tensor may begin."""
    file.write(bytes(-file.tell() % ALIGNMENT))


def _remove_abandoned(out: Path) -> None:
    """The hidden files of writers of `out` that are no more."""
    for found in out.parent.glob(f".{glob.escape(out.name)}.*.partial"):
        number = found.name.removeprefix(f".{out.name}.").removesuffix(".partial")
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            found.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut; not every system can open a folder."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _failed(out: Path, error: OSError) -> StudioError:
    full = piece("the disk is full or a size limit was reached")
    why = full if error.errno in _NO_ROOM else ""
    return StudioError(
        f"{out} could not be written: {why or error.strerror}. What was written of it was removed."
    )
