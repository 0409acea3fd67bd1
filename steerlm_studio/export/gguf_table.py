"""The list of tensors in a GGUF: what is stored where, read without loading anything."""

import math
import struct
from dataclasses import dataclass
from pathlib import Path

from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

from steerlm_studio.gguf_header import TOKENS, Header, head
from steerlm_studio.gguf_reader import Damaged, Reader, reading


@dataclass(frozen=True)
class Entry:
    """One tensor. `shape` is as torch has it, rows first; `offset` counts from the file's start."""

    name: str
    shape: tuple[int, ...]
    type: str
    offset: int

    @property
    def row_bytes(self) -> int:
        block, size = GGML_QUANT_SIZES[GGMLQuantizationType[self.type]]
        return self.shape[-1] // int(block) * int(size)

    @property
    def bytes(self) -> int:
        return math.prod(self.shape[:-1]) * self.row_bytes


def table(path: Path) -> tuple[Header, dict[str, Entry]]:
    """The header and the tensors by name. Raises StudioError when they do not fit the file."""
    return reading(path, lambda reader: _table(path, reader))


def _table(path: Path, reader: Reader) -> tuple[Header, dict[str, Entry]]:
    count, values = head(reader, wanted=TOKENS)
    entries = [_entry(reader) for _ in range(count)]
    alignment = values.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 16:
        raise Damaged(f"its alignment of {alignment!r} is not plausible")
    start = -(-reader.at // alignment) * alignment
    found = {e.name: Entry(e.name, e.shape, e.type, start + e.offset) for e in entries}
    if len(found) != count:
        raise Damaged("it holds a tensor twice")
    if any(entry.offset + entry.bytes > reader.size for entry in found.values()):
        raise Damaged("it ends before its tensors do")
    return Header(path, values, reader.size), found


def _entry(reader: Reader) -> Entry:
    name = reader.name().decode("utf-8", errors="replace")
    dimensions = reader.number("I")
    if not 0 < dimensions <= 4:
        raise Damaged(f"the tensor {name[:80]!r} has {dimensions} dimensions")
    shape = struct.unpack(f"<{dimensions}Q", reader.take(8 * dimensions))
    try:
        kind = GGMLQuantizationType(reader.number("I"))
    except ValueError as error:
        raise Damaged(f"the tensor {name[:80]!r} has an unknown number format") from error
    return Entry(name, shape[::-1], kind.name, reader.number("Q"))
