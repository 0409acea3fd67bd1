"""The bounded reader of GGUF headers, shared by what lists files and what loads them.

llama.cpp ends the process on some damaged files and allocates whatever a count asks for. Here every
count and length is held against the size of the file first. The format is described in
`docs/gguf.md` of the ggml repository.
"""

import mmap
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Any, TypeVar

from steerlm_studio.errors import StudioError, piece
from steerlm_studio.gguf_kinds import ARCHITECTURES, BLOCKS
from steerlm_studio.gguf_parts import check_whole

T = TypeVar("T")

SHORT = 4096  # bytes of a string that is handed on
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_CODES = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
TOKENS = "tokenizer.ggml.tokens"


@dataclass(frozen=True)
class Array:
    """A list in the metadata: type and number of its elements, and its bytes where wanted."""

    kind: int
    count: int
    strings: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Header:
    """What a GGUF file says of itself. `values` holds numbers, booleans, strings and `Array`s."""

    path: Path
    values: Mapping[str, Any]
    file_bytes: int
    head_bytes: int = 0  # up to where the list of tensors begins

    @property
    def architecture(self) -> str:
        return str(self.values.get("general.architecture", ""))

    @property
    def strings(self) -> dict[str, str]:
        """The short string values and booleans (as true and false) by key."""
        found = {k: v for k, v in self.values.items() if isinstance(v, str) and len(v) <= SHORT}
        return found | {k: str(v).lower() for k, v in self.values.items() if isinstance(v, bool)}

    def number(self, key: str, default: int = 0) -> int:
        """The whole number of `<architecture>.<key>`; the default also where a list stands."""
        value = self.values.get(f"{self.architecture}.{key}", default)
        return value if isinstance(value, int) else default


class Damaged(Exception):
    """What is wrong, as the end of a sentence."""


def glance(path: str | Path) -> Header:
    """What a file says of itself, whether or not all of it is there. Raises `StudioError`."""
    return reading(path, lambda reader: _glanced(Path(path), reader))


def whole(path: str | Path) -> Header:
    """The same of a file that is whole, as far as its length and parts tell, and of a known kind.

    Only its vocabulary is unchecked. Raises `StudioError`.
    """
    return reading(path, lambda reader: header(Path(path), reader))


def _glanced(path: Path, reader: "Reader") -> Header:
    _, values = head(reader)
    return Header(path, values, reader.size, reader.at)


def header(path: Path, reader: "Reader", *, wanted: str = "") -> Header:
    """The metadata, and whether the file is as long as its tensors want. Raises `Damaged`."""
    tensors, values = head(reader, wanted=wanted)
    start = reader.at
    if values.get("split.count", 1) != 1:
        check_whole(path)
    _check_architecture(values)
    if tensors or not values.get("split.count"):  # a first part of several may hold none
        _check_tensors(reader, tensors, _alignment(values))
    return Header(path, values, reader.size, start)


def reading(path: str | Path, take: Callable[["Reader"], T]) -> T:
    """What `take` makes of the file; `Damaged` and the system's errors become `StudioError`s."""
    path = Path(path)
    try:
        about = path.stat()
        if not S_ISREG(about.st_mode):  # opening a pipe would wait for ever
            raise StudioError(f"{path} cannot be read: it is no file. Choose a .gguf file.")
        with path.open("rb") as file:
            size = about.st_size
            if size == 0:
                raise Damaged("it is empty")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return take(Reader(data, size))
    except OSError as error:
        raise StudioError(
            f"{path} cannot be read: {error.strerror or error}. Check the path and its permissions."
        ) from error
    except Damaged as damage:
        raise StudioError(
            f"{path.name} cannot be used: {damage}. If it was downloaded or copied, do that again; "
            "a model in another format must be converted to GGUF first."
        ) from None


def head(reader: "Reader", *, wanted: str = "") -> tuple[int, dict[str, Any]]:
    """The number of tensors, and the metadata; of string lists only the `wanted` one is kept."""
    if reader.take(4) != b"GGUF":
        raise Damaged("it is no GGUF file")
    version = reader.number("I")
    if version not in (2, 3):
        if version & 0xFFFF == 0:
            raise Damaged("it was written for a big-endian machine")
        raise Damaged(f"GGUF version {version} is unknown")
    tensors, pairs = reader.number("Q"), reader.number("Q")
    reader.must_hold(tensors, 24, piece("tensors"))
    reader.must_hold(pairs, 13, piece("metadata entries"))
    return tensors, _values(reader, pairs, wanted)


class Reader:
    """Takes values from the file in turn and never goes past its end."""

    def __init__(self, data: mmap.mmap, size: int) -> None:
        self._data = data
        self.size = size
        self.at = 0

    def take(self, count: int) -> bytes:
        self.must_hold(count, 1, piece("bytes"))
        self.at += count
        return self._data[self.at - count : self.at]

    def number(self, code: str) -> Any:
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def string(self) -> bytes:
        return self.take(self.number("Q"))

    def strings(self, count: int, wanted: bool) -> tuple[bytes, ...]:
        """A list of strings; only walked over when not `wanted`."""
        self.must_hold(count, 8, piece("strings"))
        data, at, size = self._data, self.at, self.size
        unpack = struct.Struct("<Q").unpack_from
        found = []
        for _ in range(count):
            if at + 8 > size:
                raise Damaged("it ends in the middle of its metadata")
            (length,) = unpack(data, at)
            at += 8 + length
            if at > size:
                raise Damaged("a text in its metadata is longer than the file")
            if wanted:
                found.append(data[at - length : at])
        self.at = at
        return tuple(found)

    def must_hold(self, count: int, each: int, what: str) -> None:
        """Refuse a count that the rest of the file cannot hold."""
        if count * each > self.size - self.at:
            raise Damaged(f"it ends too early: {count} {what} cannot follow")


def _values(reader: Reader, pairs: int, wanted: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for _ in range(pairs):
        key = reader.string().decode("utf-8", errors="replace")
        if not key or key in values:
            raise Damaged(f"the metadata key {key[:80]!r} is empty or there twice")
        values[key] = _value(reader, reader.number("I"), key, wanted)
    return values


def _value(reader: Reader, kind: int, key: str, wanted: str) -> Any:
    if kind == STRING:
        return reader.string().decode("utf-8", errors="replace")
    if kind == ARRAY:
        return _array(reader, key, wanted)
    if kind not in _SIZES:
        raise Damaged(f"the metadata value {key[:80]!r} has the unknown type {kind}")
    return reader.number(_CODES[kind])


def _array(reader: Reader, key: str, wanted: str) -> Array:
    kind, count = reader.number("I"), reader.number("Q")
    if kind == STRING:
        return Array(kind, count, reader.strings(count, key == wanted))
    if kind not in _SIZES:
        raise Damaged(f"the metadata list {key[:80]!r} has elements of the unknown type {kind}")
    reader.must_hold(count, _SIZES[kind], piece("list elements"))
    reader.at += count * _SIZES[kind]
    return Array(kind, count)


def _alignment(values: Mapping[str, Any]) -> int:
    alignment = values.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
        raise Damaged(f"its alignment of {alignment!r} is no power of two")
    return alignment


def _check_architecture(values: Mapping[str, Any]) -> None:
    name = values.get("general.architecture")
    if not isinstance(name, str):
        raise Damaged("it does not say which architecture it holds")
    if name == "clip":
        raise Damaged("it holds what lets another model see or hear, and no model of its own")
    if name not in ARCHITECTURES:
        raise Damaged(f"its architecture {name[:80]!r} is unknown to this llama.cpp")
    for key in ("block_count", "embedding_length", "context_length"):
        value = values.get(f"{name}.{key}")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
            raise Damaged(f"its value {name}.{key} is missing or out of range")


def _check_tensors(reader: Reader, count: int, alignment: int) -> None:
    if not count:
        raise Damaged("it holds no tensors")
    names: set[bytes] = set()
    ends = []
    for _ in range(count):
        name = reader.string()
        if name in names or len(name) >= 64:
            raise Damaged("a tensor's name is too long or there twice")
        names.add(name)
        ends.append(_tensor_end(reader, name.decode(errors="replace"), alignment))
    start = -(-reader.at // alignment) * alignment
    if start + max(ends) > reader.size:
        raise Damaged(
            f"it ends too early: {start + max(ends)} bytes are needed and {reader.size} are there"
        )


def _tensor_end(reader: Reader, name: str, alignment: int) -> int:
    dimensions = reader.number("I")
    if not 0 < dimensions <= 4:
        raise Damaged(f"tensor {name!r} has {dimensions} dimensions")
    shape = struct.unpack(f"<{dimensions}Q", reader.take(8 * dimensions))
    kind, offset = reader.number("I"), reader.number("Q")
    if kind not in BLOCKS:
        raise Damaged(f"tensor {name!r} has the number format {kind}, unknown to this llama.cpp")
    values, size = BLOCKS[kind]
    elements = 1
    for extent in shape:
        elements *= extent
    if not 0 < elements < 2**62 or shape[0] % values or offset % alignment:
        raise Damaged(f"tensor {name!r} has an impossible shape or place")
    return int(offset + elements // values * size)
