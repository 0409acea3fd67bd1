"""Just enough of Protocol Buffers' wire format to read a SentencePiece model.

Format: https://protobuf.dev/programming-guides/encoding
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

Value = int | float | bytes


@dataclass(frozen=True)
class Message:
    """The fields of a message by number, each with its values in order; the last one counts."""

    fields: dict[int, list[Value]]

    def integer(self, number: int, default: int) -> int:
        value = self.fields.get(number, [default])[-1]
        return value if isinstance(value, int) else _wrong(number)

    def float(self, number: int) -> float:
        value = self.fields.get(number, [0.0])[-1]
        return value if isinstance(value, float) else _wrong(number)

    def data(self, number: int) -> bytes:
        value = self.fields.get(number, [b""])[-1]
        return value if isinstance(value, bytes) else _wrong(number)

    def messages(self, number: int) -> Iterator["Message"]:
        for value in self.fields.get(number, []):
            yield parse(value if isinstance(value, bytes) else _wrong(number))

    def message(self, number: int) -> "Message":
        return parse(self.data(number))


def parse(data: bytes) -> Message:
    """Split a message into fields. Raises ValueError when it is none."""
    fields: dict[int, list[Value]] = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _value(data, at, key & 7)
        fields.setdefault(key >> 3, []).append(value)
    return Message(fields)


def _value(data: bytes, at: int, wire: int) -> tuple[Value, int]:
    if wire == 0:
        return _varint(data, at)
    if wire == 2:
        size, at = _varint(data, at)
    elif wire in (1, 5):
        size = 8 if wire == 1 else 4
    else:
        raise ValueError(f"wire type {wire}")
    part = data[at : at + size]
    if len(part) != size:
        raise ValueError("ends in the middle of a field")
    return (struct.unpack("<f", part)[0] if wire == 5 else part), at + size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        value |= (data[at] & 127) << shift
        at += 1
        if data[at - 1] < 128:
            return value, at
    raise ValueError("a number does not end")


def _wrong(number: int) -> NoReturn:
    raise ValueError(f"field {number} is of another type")
