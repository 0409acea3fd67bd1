"""Joins the checkpoints of tensor and pipeline ranks into one network's tensors."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate

from steerlm_studio.errors import StudioError
from steerlm_studio.export.boxes import joined
from steerlm_studio.export.members import Members
from steerlm_studio.export.names import canonical
from steerlm_studio.export.tensors import Gathered, Tensor

_RANK = re.compile(
    r"(?:(?:tp_rank_(\d+)_pp_rank_(\d+)|mp_rank_(\d+))/)model_weights\.ckpt", re.ASCII
)
# Megatron-LM tensor_parallel/layers.py: a column-parallel weight is [out / ranks, in].
_AXES = {
    "token_embd.weight": 0,
    "output.weight": 0,
    "attn_qkv.weight": 0,
    "ffn_up.weight": 0,
    "ffn_up_2.weight": 0,
    "attn_output.weight": 1,
    "ffn_down.weight": 1,
}
_BESIDE = "dense_h_to_4h_2.weight"  # older MLPs keep the gate and the rest in two matrices
_LAYER = re.compile(r"(?<=layers\.)\d+(?=\.)")


def ranks(members: Members) -> dict[tuple[int, int], str]:
    """The weight files by (pipeline rank, tensor rank); empty when there are none."""
    found = {}
    for name in members.names:
        match = _RANK.fullmatch(name)
        if match:
            tensor, pipeline, only = match.groups()
            found[int(pipeline or 0), int(only if tensor is None else tensor)] = name
    return found


def merged(
    members: Members, files: Mapping[tuple[int, int], str], gated: bool
) -> dict[str, Tensor]:
    """The tensors of all `files` by name, layers numbered through. Raises StudioError.

    `gated`: the MLPs are, so that each rank may hold its part of the gate above that of the rest.
    """
    stages = 1 + max(stage for stage, _ in files)
    width = 1 + max(rank for _, rank in files)
    tensors: dict[str, Tensor] = {}
    first = 0  # the number of the stage's first layer: each stage begins at 0 again
    for stage in range(stages):
        parts = [_part(members, files, stage, rank) for rank in range(width)]
        whole = _joined(parts, members.path.name, gated)
        tensors |= {_renumbered(name, first): tensor for name, tensor in whole.items()}
        numbers = [int(n.group()) for name in whole if (n := _LAYER.search(name))]
        first += 1 + max(numbers, default=-1)
    return tensors


def _part(
    members: Members, files: Mapping[tuple[int, int], str], stage: int, rank: int
) -> Mapping[str, Tensor]:
    name = files.get((stage, rank))
    if name is None:
        raise StudioError(
            f"{members.path.name} lacks the part of tensor rank {rank}, pipeline rank {stage}, "
            "though there are higher ones. Download it again."
        )
    from steerlm_studio.export import torch_file  # brings torch, which takes seconds

    with members.file(name) as file:
        label = f"{name} in {members.path.name}"
        return torch_file.stored_tensors(file, partial(members.read, name), label)


def _joined(parts: Sequence[Mapping[str, Tensor]], label: str, gated: bool) -> dict[str, Tensor]:
    names = parts[0].keys()
    for part in parts[1:]:
        for name in names ^ part.keys():
            raise StudioError(f"“{name}” is not in all tensor ranks of {label}.")
    whole: dict[str, Tensor] = {}
    halved = gated and not any(name.endswith(_BESIDE) for name in names)
    for name in names:
        known = canonical(name)
        if known is None:
            continue
        axis = _AXES.get(re.sub(r"^blk\.\d+\.", "", known))
        several = axis is not None and len(parts) > 1
        whole[name] = (
            joined(name, [p[name] for p in parts], axis or 0) if several else parts[0][name]
        )
        if several and halved and known.endswith("ffn_up.weight"):
            whole[name] = _gates_first(whole[name], [p[name].shape[0] // 2 for p in parts])
    return whole


def _gates_first(tensor: Tensor, halves: Sequence[int]) -> Tensor:
    """Joined ranks alternate between gate and up; without ranks all of the gate comes first."""
    starts = list(accumulate((2 * half for half in halves), initial=0))
    pairs = list(zip(starts, halves, strict=False))
    gates = [range(start, start + half) for start, half in pairs]
    ups = [range(start + half, start + 2 * half) for start, half in pairs]
    return Gathered(tensor, (*gates, *ups))


def _renumbered(name: str, first: int) -> str:
    return _LAYER.sub(lambda number: str(int(number.group()) + first), name, count=1)
