"""From the tensors of a checkpoint to those of a GGUF: Q/K/V and gates apart, norms plus one."""

import re
from collections.abc import Iterator, Mapping

from steerlm_studio.errors import StudioError
from steerlm_studio.export.names import canonical, stranger
from steerlm_studio.export.network import Network
from steerlm_studio.export.tensors import Gathered, Paired, PlusOne, Tensor


def assemble(
    network: Network, stored: Mapping[str, Tensor], pieces: int, label: str
) -> dict[str, Tensor]:
    """The tensors as llama.cpp wants them, by canonical name, in the order of the file.

    `pieces` is the size of the vocabulary: an embedding may have been padded beyond it. Raises
    StudioError naming the tensor that is missing, unknown or of another shape.
    """
    found: dict[str, Tensor] = {}
    for name, tensor in stored.items():
        for wanted, part in _parts(network, name, tensor):
            if wanted in found:
                raise StudioError(f"{label} holds “{wanted}” twice, the second time as “{name}”.")
            found[wanted] = part
    if network.tied and "token_embd.weight" in found:
        found.setdefault("output.weight", found["token_embd.weight"])
    shapes = network.shapes()
    _check(found, shapes, stored, label)
    return {
        name: _fitted(network, name, tensor, shapes[name], pieces) for name, tensor in found.items()
    }


def _parts(network: Network, name: str, tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
    wanted = canonical(name)
    if wanted is None:
        return
    if "ffn_up" in wanted or "ffn_gate" in wanted:
        yield from _feed_forward(network, name, wanted, tensor)
        return
    if not wanted.endswith("attn_qkv.weight"):
        yield wanted, tensor
        return
    size, groups = network.head_size, network.groups
    queries = network.heads // groups * size
    block = queries + 2 * size  # the rows of a group: its query heads, one key, one value
    if not tensor.shape or tensor.shape[0] != groups * block:
        raise _wrong_shape(name, tensor.shape, (groups * block, network.width))
    for letter, first, count in (
        ("q", 0, queries),
        ("k", queries, size),
        ("v", block - size, size),
    ):
        ranges = tuple(range(g * block + first, g * block + first + count) for g in range(groups))
        yield wanted.replace("_qkv.", f"_{letter}."), Gathered(tensor, ranges)


def _feed_forward(
    network: Network, name: str, wanted: str, tensor: Tensor
) -> Iterator[tuple[str, Tensor]]:
    """NeMo calls the gate of SwiGLU what it calls the only matrix of other MLPs.

    Source: NeMo `ParallelMLP`, Megatron-LM `transformer/mlp.py` (the gate's half comes first).
    """
    gate, up = (re.sub(r"ffn_\w+", kind, wanted) for kind in ("ffn_gate", "ffn_up"))
    count = network.feed_forward
    if not network.gated:
        if not wanted.endswith("ffn_up.weight"):
            raise stranger(name)
        yield wanted, tensor
    elif tensor.shape[:1] == (2 * count,):
        yield gate, Gathered(tensor, (range(count),))
        yield up, Gathered(tensor, (range(count, 2 * count),))
    elif name.endswith("dense_h_to_4h.weight"):
        yield gate, tensor
    else:
        yield up if "ffn_up" in wanted else gate, tensor


def _fitted(
    network: Network, name: str, tensor: Tensor, shape: tuple[int, ...], pieces: int
) -> Tensor:
    if name.endswith("norm.weight") and network.norm_plus_one:
        return PlusOne(tensor)
    if network.gated and name.endswith(("attn_q.weight", "attn_k.weight")):
        return Paired(tensor, network.head_size)
    if shape[0] < 0 and tensor.shape[0] > pieces:
        return Gathered(tensor, (range(pieces),))
    if shape[0] < 0 and tensor.shape[0] < pieces:
        raise StudioError(
            f"The tokenizer has {pieces} pieces and “{name}” only {tensor.shape[0]} rows: they do "
            "not belong together."
        )
    return tensor


def _check(
    found: Mapping[str, Tensor],
    shapes: Mapping[str, tuple[int, ...]],
    stored: Mapping[str, Tensor],
    label: str,
) -> None:
    names = {wanted.replace("_qkv.", "_q."): name for name in stored if (wanted := canonical(name))}
    for name, shape in shapes.items():
        if name not in found:
            raise _missing(name, names, label)
        have = found[name].shape
        if len(have) != len(shape) or any(
            b not in (a, -1) for a, b in zip(have, shape, strict=True)
        ):
            raise _wrong_shape(names.get(name, name), have, shape)
    for name in found.keys() - shapes.keys():
        raise StudioError(
            f"{label} holds “{names.get(name, name)}”, more layers than its settings speak of."
        )


def _missing(name: str, names: Mapping[str, str], label: str) -> StudioError:
    """Calls the tensor as the checkpoint would: by the name it has in another layer."""
    block, _, rest = name.removeprefix("blk.").partition(".")
    twins = (spelled for known, spelled in names.items() if known.endswith("." + rest))
    twin = next(twins, "") if name.startswith("blk.") else ""
    spelled = re.sub(r"layers\.\d+\.", f"layers.{block}.", twin)
    which = f"“{spelled}” ({name})" if twin else name
    return StudioError(
        f"{label} lacks the tensor {which}, so the network is not whole. Download it again, or "
        "check that it is not a part of a larger checkpoint."
    )


def _wrong_shape(name: str, have: tuple[int, ...], wanted: tuple[int, ...]) -> StudioError:
    gated = wanted[:1] and name.endswith(("linear_fc1.weight", "dense_h_to_4h.weight"))
    if gated and have[:1] == (2 * wanted[0],):
        return StudioError(
            f"“{name}” is twice as tall as its settings say: a gated MLP, not GPT-Next."
        )
    return StudioError(
        f"“{name}” has the shape {list(have)}, but the settings say {list(wanted)}. The settings "
        "and the weights do not belong together."
    )
