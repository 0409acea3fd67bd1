"""Checks a GGUF header before llama.cpp sees it: what it would die on is refused in words here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steerlm_studio.gguf_header import STRING, TOKENS, Array, Header, header
from steerlm_studio.gguf_reader import Damaged, Reader, reading

__all__ = ["Header", "read"]

_LISTS = (TOKENS, "tokenizer.ggml.scores", "tokenizer.ggml.token_type")
_BYTES = frozenset(f"<0x{i:02X}>".encode() for i in range(256))


def read(path: str | Path) -> Header:
    """Read and check the header. Raises `StudioError` for what is no complete, known GGUF."""
    return reading(path, lambda reader: _checked(Path(path), reader))


def _checked(path: Path, reader: Reader) -> Header:
    found = header(path, reader, wanted=TOKENS)
    _check_vocabulary(found.values)
    return found


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
