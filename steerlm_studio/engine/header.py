"""Checks a GGUF header before llama.cpp sees it: what it would die on is refused in words here."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steerlm_studio.engine.architectures import ARCHITECTURES, BLOCKS
from steerlm_studio.gguf_header import STRING, TOKENS, Array, Damaged, Header, Reader, head, reading

__all__ = ["Header", "read"]

_LISTS = (TOKENS, "tokenizer.ggml.scores", "tokenizer.ggml.token_type")
_BYTES = frozenset(f"<0x{i:02X}>".encode() for i in range(256))


def read(path: str | Path) -> Header:
    """Read and check the header. Raises `StudioError` for what is no complete, known GGUF."""
    return reading(path, lambda reader: _checked(Path(path), reader))


def _checked(path: Path, reader: Reader) -> Header:
    tensors, values = head(reader, wanted=TOKENS)
    start = reader.at
    _check_architecture(values)
    _check_vocabulary(values)
    if tensors or not values.get("split.count"):  # a first part of several may hold none
        _check_tensors(reader, tensors, _alignment(values))
    return Header(path, values, reader.size, start)


def _alignment(values: Mapping[str, Any]) -> int:
    alignment = values.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
        raise Damaged(f"its alignment of {alignment!r} is no power of two")
    return alignment


def _check_architecture(values: Mapping[str, Any]) -> None:
    name = values.get("general.architecture")
    if not isinstance(name, str):
        raise Damaged("it does not say which architecture it holds")
    if name not in ARCHITECTURES:
        raise Damaged(f"its architecture {name[:80]!r} is unknown to this llama.cpp")
    for key in ("block_count", "embedding_length", "context_length"):
        value = values.get(f"{name}.{key}")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
            raise Damaged(f"its value {name}.{key} is missing or out of range")


def _check_vocabulary(values: Mapping[str, Any]) -> None:
    lists = [values.get(key) for key in _LISTS]
    tokens = lists[0]
    if not isinstance(tokens, Array) or tokens.kind != STRING or not tokens.count:
        raise Damaged("it has no vocabulary")
    for key, kind, entry in zip(_LISTS[1:], ({6}, {4, 5}), lists[1:], strict=True):
        if entry is None:
            continue
        if not isinstance(entry, Array) or entry.kind not in kind or entry.count != tokens.count:
            raise Damaged(f"{key} does not fit the {tokens.count} tokens of its vocabulary")
    known = set(tokens.strings)
    if len(known) != tokens.count:
        raise Damaged("its vocabulary holds a token twice")
    if values.get("tokenizer.ggml.model") == "llama" and (lack := len(_BYTES - known)):
        raise Damaged(f"its vocabulary lacks {lack} of the 256 byte tokens for unknown characters")


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
