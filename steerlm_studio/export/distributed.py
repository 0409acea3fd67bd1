"""Reads `model_weights/`, Megatron-Core's distributed checkpoint: zarr or torch_dist."""

import re
from collections.abc import Mapping

from steerlm_studio.errors import StudioError
from steerlm_studio.export import zarr_folder
from steerlm_studio.export.boxes import boxed, layers
from steerlm_studio.export.members import Members
from steerlm_studio.export.names import canonical
from steerlm_studio.export.tensors import Tensor

FOLDER = "model_weights/"
_STACKED = re.compile(r"(?<=\blayers\.)(?!\d)")  # where a layer's number would stand


def form(members: Members) -> str:
    """Which of the two it is."""
    return "torch_dist" if f"{FOLDER}.metadata" in members.names else "zarr"


def tensors(members: Members) -> Mapping[str, Tensor]:
    """The tensors by name, one for each layer where all are stored as one. Raises StudioError."""
    if form(members) == "torch_dist":
        from steerlm_studio.export import torch_dist  # brings torch, which takes seconds

        arrays = torch_dist.arrays(members, FOLDER)
    else:
        arrays = zarr_folder.arrays(members, FOLDER)
    found: dict[str, Tensor] = {}
    for name, (shape, boxes) in arrays.items():
        single = _STACKED.sub("0.", name, count=1)
        if canonical(single) is None:
            continue
        if single == name:
            found[name] = boxed(name, shape, boxes)
        else:
            for number, layer in enumerate(layers(name, shape, boxes)):
                found[_STACKED.sub(f"{number}.", name, count=1)] = layer
    if not found:
        raise StudioError(
            f"{members.path.name} holds {FOLDER} in a form that is neither zarr nor torch_dist."
        )
    return found
