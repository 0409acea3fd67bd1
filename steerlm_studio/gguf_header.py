"""The bounded reader of GGUF headers, shared by what lists files and what loads them.

llama.cpp ends the process on some damaged files and allocates whatever a count asks for. Here every
count and length is held against the size of the file first. The format is described in
`docs/gguf.md` of the ggml repository.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from steerlm_studio.errors import piece
from steerlm_studio.gguf_kinds import ARCHITECTURES, BLOCKS
from steerlm_studio.gguf_parts import check_whole, later_parts
from steerlm_studio.gguf_reader import Damaged, Reader, reading

_GLANCED = 10_000  # tensors; models have hundreds
SHORT = 4096  # bytes of a string that is handed on
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_CODES = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
TOKENS = "tokenizer.ggml.tokens"
_PAIRS = 1 << 16  # metadata entries: models have some fifty
_TENSORS = 1 << 18  # the largest models have some ten thousand


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
    input_bytes: int = 0  # of embeddings that nothing but the input needs: no GPU gets them

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


def glance(path: str | Path) -> Header:
    """What a file says of itself, whether or not all of it is there. Raises `StudioError`."""
    return reading(path, lambda reader: _glanced(Path(path), reader))


def whole(path: str | Path) -> Header:
    """The same of a file that is whole, as far as its length and parts tell, and of a known kind.

    Only its vocabulary is unchecked. Raises `StudioError`.
    """
    return reading(path, lambda reader: header(Path(path), reader))


def _glanced(path: Path, reader: "Reader") -> Header:
    count, values = head(reader)
    start = reader.at
    try:  # the list may end early where a download has not come further
        listed = dict(_tensors(reader, min(count, _GLANCED), _alignment(values)))
    except Damaged:
        listed = {}
    tensors = {name: size for name, (_, size) in listed.items()}
    return Header(path, values, reader.size, start, _input_bytes(tensors))


def header(path: Path, reader: "Reader", *, wanted: str = "") -> Header:
    """The metadata, and whether the file is as long as its tensors want. Raises `Damaged`."""
    count, values = head(reader, wanted=wanted)
    start = reader.at
    parts = values.get("split.count", 1)
    if parts != 1:
        check_whole(path, parts)
    _check_architecture(values)
    tensors: dict[bytes, int] = {}
    if count or not values.get("split.count"):  # a first part of several may hold none
        tensors = _checked_tensors(reader, count, _alignment(values))
    if parts != 1:
        for number, part in enumerate(later_parts(path), 1):
            reading(part, partial(_check_part, number, parts))
    return Header(path, values, reader.size, start, _input_bytes(tensors))


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
    if pairs > _PAIRS or tensors > _TENSORS:
        raise Damaged(f"{pairs} metadata entries and {tensors} tensors are more than any model has")
    return tensors, _values(reader, pairs, wanted)


def _values(reader: Reader, pairs: int, wanted: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for _ in range(pairs):
        key = reader.name().decode("utf-8", errors="replace")
        if not key or key in values:
            raise Damaged(f"the metadata key {key[:80]!r} is empty or there twice")
        values[key] = _value(reader, reader.number("I"), key, wanted)
    return values


def _value(reader: Reader, kind: int, key: str, wanted: str) -> Any:
    if kind == STRING:
        return reader.text()
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


def _check_part(number: int, parts: int, reader: Reader) -> None:
    """Whether a file after the first is what its name says, and as long as its tensors want."""
    tensors, values = head(reader)
    if (values.get("split.no"), values.get("split.count")) != (number, parts):
        raise Damaged(f"it is not part {number + 1} of {parts}, as its name says")
    if tensors:
        _checked_tensors(reader, tensors, _alignment(values))


def _checked_tensors(reader: Reader, count: int, alignment: int) -> dict[bytes, int]:
    """The bytes of each tensor, all of which the file must have."""
    if not count:
        raise Damaged("it holds no tensors")
    sizes: dict[bytes, int] = {}
    ends = []
    for name, (offset, size) in _tensors(reader, count, alignment):
        if name in sizes or len(name) >= 64:
            raise Damaged("a tensor's name is too long or there twice")
        sizes[name] = size
        ends.append(offset + size)
    start = -(-reader.at // alignment) * alignment
    if start + max(ends) > reader.size:
        raise Damaged(
            f"it ends too early: {start + max(ends)} bytes are needed and {reader.size} are there"
        )
    return sizes


def _input_bytes(tensors: dict[bytes, int]) -> int:
    return tensors.get(b"token_embd.weight", 0) if b"output.weight" in tensors else 0


def _tensors(reader: Reader, count: int, alignment: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Name, place and bytes of each."""
    for _ in range(count):
        name = reader.name()
        yield name, _tensor(reader, name.decode(errors="replace"), alignment)


def _tensor(reader: Reader, name: str, alignment: int) -> tuple[int, int]:
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
    return int(offset), int(elements // values * size)
