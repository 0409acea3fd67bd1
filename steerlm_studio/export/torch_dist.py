"""The arrays of a torch_dist checkpoint: what its `.metadata` says lies where in the .distcp files.

`.metadata` is a pickle that torch.distributed.checkpoint would load without limits. Here every
class in it is replaced by one that only keeps what it is given, and nothing else can be named.
"""

import io
import pickle
import pickletools
import struct
from collections.abc import Callable
from typing import Any

from steerlm_studio.errors import StudioError
from steerlm_studio.export import torch_file
from steerlm_studio.export.boxes import Box, Chunks
from steerlm_studio.export.members import Members, cut_off, small
from steerlm_studio.export.names import ignored
from steerlm_studio.export.tensors import Stored

_LIMIT = 256 << 20
_PLACES = ("PUT", "BINPUT", "LONG_BINPUT")
_CODES = ("BYTEARRAY8", "NEXT_BUFFER", "READONLY_BUFFER", "EXT1", "EXT2", "EXT4", "PERSID")
_BROKEN = (
    AttributeError,
    TypeError,
    LookupError,
    ValueError,
    ArithmeticError,
    RuntimeError,
    EOFError,
    MemoryError,
    struct.error,
)


class Kept:
    """Any object of the metadata: its attributes, or the arguments it was made with."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments

    def __setstate__(self, state: Any) -> None:
        for values in state if isinstance(state, tuple) else (state,):  # a tuple with __slots__
            if isinstance(values, dict):
                self.__dict__.update(values)


_HARMLESS = {
    ("torch.serialization", "_get_layout"),
    ("torch", "device"),
    ("torch", "float32"),
    ("torch", "bfloat16"),
    ("torch", "float16"),
    ("pathlib", "PosixPath"),
}


class _Metadata(pickle.Unpickler):
    """Makes `Kept` objects and sizes, whatever the pickle asks for; it can call nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("torch", "Size"):
            return tuple
        if (module, name) == ("collections", "OrderedDict"):
            return dict
        if (module, name) in _HARMLESS or module.startswith("torch.distributed.checkpoint."):
            return Kept
        raise pickle.UnpicklingError(f"{module}.{name}")


def arrays(members: Members, folder: str) -> dict[str, Chunks]:
    """Shape and chunks of each tensor, by name. Raises StudioError."""
    about = _metadata(members, f"{folder}.metadata")
    try:
        places = {
            (str(index.fqn), _numbers(index.offset)): place
            for index, place in about.storage_data.items()
            if getattr(index, "offset", None) is not None
        }
        return {
            name: _array(members, folder, name, entry, places)
            for name, entry in about.state_dict_metadata.items()
            if hasattr(entry, "chunks") and not ignored(name)
        }
    except _BROKEN as error:
        raise StudioError(
            f"{folder}.metadata does not say where all tensors lie; it is damaged.", repr(error)
        ) from error


def _metadata(members: Members, name: str) -> Any:
    data = small(members, name, _LIMIT)
    try:
        _check_codes(data)
        return _Metadata(io.BytesIO(data)).load()
    except pickle.UnpicklingError as error:
        raise StudioError(
            f"{name} in {members.path.name} was refused: it names “{error}”, which no checkpoint "
            "needs. Nothing of it was run. Do not use this file."
        ) from error
    except _BROKEN as error:
        raise StudioError(f"{name} in {members.path.name} is damaged.", repr(error)) from error


def _check_codes(data: bytes) -> None:
    """Refuse what makes the unpickler take memory at a number's word, and what nobody writes."""
    for code, argument, _ in pickletools.genops(data):
        if code.name in _CODES or (code.name in _PLACES and (argument or 0) > len(data)):
            raise pickle.UnpicklingError(code.name)


def _array(members: Members, folder: str, name: str, entry: Any, places: dict[Any, Any]) -> Chunks:
    boxes = []
    for chunk in entry.chunks:
        at, size = _numbers(chunk.offsets), _numbers(chunk.sizes)
        place = places[name, at]
        file = folder + str(place.relative_path)
        if file not in members.names:
            raise StudioError(f"{members.path.name} lacks {file}, which holds “{name}”.")
        part = _part(members, file, int(place.offset), int(place.length), name)
        boxes.append(Box(at, size, part))
    return _numbers(entry.size), boxes


def _numbers(value: Any) -> tuple[int, ...]:
    if not all(type(number) is int for number in value):
        raise ValueError("a size that is no number")
    return tuple(value)


def _part(members: Members, file: str, offset: int, length: int, name: str) -> Stored:
    """One chunk: a torch file of a single tensor inside a .distcp file."""
    if min(offset, length) < 0 or offset + length > members.size(file):
        raise cut_off(members.path, f"{file}: “{name}”")

    def read(at: int, size: int) -> bytes:
        return members.read(file, offset + at, size)

    window = io.BufferedReader(_Window(read, length))
    return torch_file.stored_tensor(window, read, f"“{name}” in {file}")


class _Window(io.RawIOBase):
    """A part of a file as a file."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read, self._size, self._at = read, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        count = max(0, min(len(buffer), self._size - self._at))
        buffer[:count] = self._read(self._at, count)
        self._at += count
        return count
