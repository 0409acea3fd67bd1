"""Opens a Hugging Face NemotronForCausalLM folder: config.json, safetensors, tokenizer.model."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from steerlm_studio.errors import StudioError
from steerlm_studio.export import folder, network
from steerlm_studio.export.checkpoint import Checkpoint
from steerlm_studio.export.members import Members, cut_off, small
from steerlm_studio.export.names import ignored
from steerlm_studio.export.tensors import Dtype, Stored

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"
TOKENIZER = "tokenizer.model"
_SMALL = 16 << 20
_HEADER = 100 << 20  # the format's own limit
_DTYPES: dict[str, Dtype] = {"F32": "F32", "F16": "F16", "BF16": "BF16"}


@contextmanager
def opened(path: Path) -> Iterator[Checkpoint]:
    """The checkpoint in the folder `path`, readable until the block ends. Raises StudioError."""
    with folder.opened(path) as members:
        if TOKENIZER not in members.names:
            raise StudioError(
                f"{path} has no {TOKENIZER}. Without the SentencePiece file the tokens cannot be "
                "exported exactly; put it into the folder."
            )
        yield Checkpoint(
            network=network.from_huggingface(_json(members, CONFIG)),
            tokenizer=small(members, TOKENIZER, 4 * _SMALL),
            tensors=_tensors(members),
            origin=path.resolve().name,
            layout=f"safetensors, {len(_files(members))} file(s)",
        )


def _json(members: Members, name: str) -> dict[str, Any]:
    try:
        value = json.loads(small(members, name, _SMALL))
    except (ValueError, RecursionError) as error:
        raise StudioError(f"{name} in {members.path} is not valid JSON.", str(error)) from error
    if not isinstance(value, dict):
        raise StudioError(f"{name} in {members.path} does not hold settings by name.")
    return value


def _files(members: Members) -> list[str]:
    if INDEX not in members.names:
        return [SINGLE]
    named = _json(members, INDEX).get("weight_map")
    if not isinstance(named, dict) or not all(isinstance(f, str) for f in named.values()):
        raise StudioError(f"{INDEX} in {members.path} does not say which file holds what.")
    return sorted(set(named.values()))


def _tensors(members: Members) -> dict[str, Stored]:
    tensors: dict[str, Stored] = {}
    for file in _files(members):
        if file not in members.names:
            raise StudioError(f"{members.path} lacks {file}, which holds weights.")
        tensors |= _safetensors(members, file)
    return tensors


def _safetensors(members: Members, name: str) -> dict[str, Stored]:
    """Format: https://huggingface.co/docs/safetensors (u64 size, JSON, data)."""
    size = int.from_bytes(members.read(name, 0, 8), "little")
    if size > min(_HEADER, members.size(name)):
        raise cut_off(members.path / name, "header")
    try:
        header = json.loads(members.read(name, 8, size))
        header.pop("__metadata__", None)
        entries = {
            key: _stored(members, name, size + 8, entry)
            for key, entry in header.items()
            if not ignored(key)
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StudioError(f"{name} is no safetensors file or is damaged.", str(error)) from error
    return dict(sorted(entries.items(), key=lambda entry: entry[1].offset))


def _stored(members: Members, name: str, start: int, entry: dict[str, Any]) -> Stored:
    if entry["dtype"] not in _DTYPES:
        raise StudioError(
            f"{name} holds {entry['dtype']} values; only F32, BF16 and F16 can be exported."
        )
    dtype, shape = _DTYPES[entry["dtype"]], tuple(int(n) for n in entry["shape"])
    begin, end = entry["data_offsets"]
    if end - begin != math.prod(shape) * (4 if dtype == "F32" else 2) or begin < 0:
        raise ValueError("a size does not fit its shape")
    if start + end > members.size(name):
        raise cut_off(members.path / name)
    return Stored(shape, dtype, partial(members.read, name), start + begin)
