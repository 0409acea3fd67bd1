"""The arrays of a zarr (version 2) folder as Megatron-Core writes them: plain chunks, no codec."""

import json
import math
from functools import partial
from itertools import product
from typing import Any

from steerlm_studio.errors import StudioError
from steerlm_studio.export.boxes import Box, Chunks
from steerlm_studio.export.members import Members, small
from steerlm_studio.export.names import ignored
from steerlm_studio.export.tensors import Dtype, Stored

_DTYPES: dict[str, Dtype] = {"bfloat16": "BF16", "<f4": "F32", "<f2": "F16"}
_LIMIT = 1 << 16  # bytes of a .zarray
_CHUNKS = 1 << 16  # of one array


def arrays(members: Members, folder: str) -> dict[str, Chunks]:
    """Shape and chunks of each array below `folder`, by name. Raises StudioError for holes."""
    end = "/.zarray"
    names = [n for n in members.names if n.startswith(folder) and n.endswith(end)]
    return {
        name[len(folder) : -len(end)]: _array(members, name[: -len(end)])
        for name in names
        if not ignored(name.removesuffix(end))
    }


def _array(members: Members, name: str) -> Chunks:
    try:
        about = json.loads(small(members, f"{name}/.zarray", _LIMIT))
        shape, sizes = _sizes(about["shape"]), _sizes(about["chunks"])
        dtype, separator = about["dtype"], about.get("dimension_separator", ".")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StudioError(f"{name}/.zarray is damaged. Download the checkpoint again.") from error
    _refuse_other_forms(about, name)
    grid = [-(-whole // size) for whole, size in zip(shape, sizes, strict=True)]
    if math.prod(grid) > _CHUNKS:
        raise StudioError(f"{name} has {math.prod(grid)} chunks; that is not plausible.")
    boxes = []
    for index in product(*map(range, grid)):
        file = f"{name}/{separator.join(map(str, index)) or '0'}"
        part = Stored(sizes, _DTYPES[dtype], partial(members.read, file))
        _check_chunk(members, file, part)
        at = tuple(i * size for i, size in zip(index, sizes, strict=True))
        size = tuple(min(n, m - a) for n, m, a in zip(sizes, shape, at, strict=True))
        boxes.append(Box(at, size, part))
    return shape, boxes


def _sizes(value: Any) -> tuple[int, ...]:
    if not all(isinstance(n, int) and 0 < n < 1 << 40 for n in value) or len(value) > 4:
        raise ValueError("sizes")
    return tuple(value)


def _refuse_other_forms(about: dict[str, Any], name: str) -> None:
    if about.get("compressor") or about.get("filters") or about.get("order", "C") != "C":
        raise StudioError(
            f"The array {name} is compressed or stored by columns; Megatron-Core writes plain "
            "rows, and only those can be read."
        )
    if about["dtype"] not in _DTYPES:
        raise StudioError(
            f"The array {name} holds {about['dtype']} values; only float32, bfloat16 and float16 "
            "can be exported."
        )
    if len(about["shape"]) != len(about["chunks"]):
        raise StudioError(f"{name}/.zarray is damaged. Download the checkpoint again.")


def _check_chunk(members: Members, file: str, part: Stored) -> None:
    """Readers of zarr fill a missing chunk with zeros and say nothing; a model does not."""
    wanted = math.prod(part.shape) * {"F32": 4, "F16": 2, "BF16": 2}[part.dtype]
    if file not in members.names or members.size(file) != wanted:
        raise StudioError(
            f"The chunk {file} is missing or cut off, so the weights have a hole. Download "
            f"{members.path.name} again."
        )
