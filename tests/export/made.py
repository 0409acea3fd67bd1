"""Random small GPT-Next checkpoints in NeMo's layouts, and what such a network computes."""

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

import torch
import yaml
from torch.nn import functional

FIXTURES = Path(__file__).parent.parent / "fixtures"
TOKENIZER = FIXTURES / "tokenizer" / "bpe_noprefix.model"
PIECES = 512

LEGACY = {
    "embedding": "embedding.word_embeddings.weight",
    "head": "output_layer.weight",
    "final": "encoder.final_layernorm.",
    "layer": "encoder.layers.",
    "norm1": "input_layernorm.",
    "qkv": "self_attention.query_key_value.weight",
    "out": "self_attention.dense.weight",
    "norm2": "post_attention_layernorm.",
    "up": "mlp.dense_h_to_4h.weight",
    "down": "mlp.dense_4h_to_h.weight",
}
MCORE = {
    **LEGACY,
    "final": "decoder.final_layernorm.",
    "layer": "decoder.layers.",
    "norm1": "self_attention.linear_qkv.layer_norm_",
    "qkv": "self_attention.linear_qkv.weight",
    "out": "self_attention.linear_proj.weight",
    "norm2": "mlp.linear_fc1.layer_norm_",
    "up": "mlp.linear_fc1.weight",
    "down": "mlp.linear_fc2.weight",
}
PREFIXES = {"model.language_model.": LEGACY, "model.": MCORE, "model.module.": MCORE}


@dataclass(frozen=True)
class Shape:
    layers: int = 2
    width: int = 64
    heads: int = 4
    groups: int = 4
    head: int = 16
    ffn: int = 96
    rows: int = PIECES
    rotary: float = 0.5
    base: float = 10000.0
    plus_one: bool = True


def weights(shape: Shape, prefix: str = "model.language_model.") -> dict[str, torch.Tensor]:
    """Random tensors under NeMo's names; norms are not near what they would be untrained."""
    n, random = PREFIXES[prefix], torch.Generator().manual_seed(7)

    def some(*size: int) -> torch.Tensor:
        return torch.randn(*size, generator=random) * (0.5 if len(size) == 1 else size[-1] ** -0.5)

    tensors = {n["embedding"]: some(shape.rows, shape.width) * 8}
    for layer in range(shape.layers):
        at = f"{n['layer']}{layer}."
        for norm in ("norm1", "norm2"):
            tensors[f"{at}{n[norm]}weight"] = some(shape.width)
            tensors[f"{at}{n[norm]}bias"] = some(shape.width)
        rows = (shape.heads + 2 * shape.groups) * shape.head
        tensors[at + n["qkv"]] = some(rows, shape.width)
        tensors[at + n["out"]] = some(shape.width, shape.heads * shape.head)
        tensors[at + n["up"]] = some(shape.ffn, shape.width)
        tensors[at + n["down"]] = some(shape.width, shape.ffn)
    tensors[n["final"] + "weight"], tensors[n["final"] + "bias"] = (
        some(shape.width),
        some(shape.width),
    )
    tensors[n["head"]] = some(shape.rows, shape.width)
    return {prefix + name: value for name, value in tensors.items()}


def config(shape: Shape, **changes: object) -> dict[str, object]:
    values = {
        "encoder_seq_length": 512,
        "max_position_embeddings": 512,
        "num_layers": shape.layers,
        "hidden_size": shape.width,
        "ffn_hidden_size": shape.ffn,
        "num_attention_heads": shape.heads,
        "num_query_groups": None if shape.groups == shape.heads else shape.groups,
        "kv_channels": shape.head,
        "normalization": "layernorm1p" if shape.plus_one else "layernorm",
        "layernorm_epsilon": 1e-5,
        "activation": "squared-relu",
        "bias": False,
        "position_embedding_type": "rope",
        "rotary_percentage": shape.rotary,
        "rotary_base": shape.base,
        "share_embeddings_and_output_weights": False,
        "tokenizer": {"library": "sentencepiece", "model": "nemo:abc_tiny.model"},
    }
    return {key: value for key, value in (values | changes).items() if value != "absent"}


def nemo(
    path: Path,
    tensors: dict[str, object],
    settings: dict[str, object],
    *,
    tokenizer: bytes | None = None,
    root: str = "./",
    mode: str = "w",
) -> Path:
    """Write a .nemo with one `model_weights.ckpt`; `root` begins every member's name."""
    pickle = io.BytesIO()
    torch.save(tensors, pickle)
    return tar(
        path,
        {
            root + "abc_tiny.model": tokenizer or TOKENIZER.read_bytes(),
            root + "model_config.yaml": yaml.safe_dump(settings).encode(),
            root + "model_weights.ckpt": pickle.getvalue(),
        },
        mode,
    )


def tar(path: Path, members: dict[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return path


def logits(
    shape: Shape, tensors: dict[str, torch.Tensor], prefix: str, ids: list[int]
) -> torch.Tensor:
    """What NeMo computes for `ids`: one row of `shape.rows` per position, in float64."""
    n = PREFIXES[prefix]
    w = {name.removeprefix(prefix): value.double() for name, value in tensors.items()}
    x = w[n["embedding"]][ids]
    for layer in range(shape.layers):
        at = f"{n['layer']}{layer}."
        x = (
            x
            + _attention(shape, _norm(shape, w, at + n["norm1"], x), w[at + n["qkv"]])
            @ w[at + n["out"]].T
        )
        up = _norm(shape, w, at + n["norm2"], x) @ w[at + n["up"]].T
        x = x + functional.relu(up).square() @ w[at + n["down"]].T
    return _norm(shape, w, n["final"], x) @ w[n["head"]].T


def _norm(shape: Shape, w: dict[str, torch.Tensor], name: str, x: torch.Tensor) -> torch.Tensor:
    scale = w[name + "weight"] + (1 if shape.plus_one else 0)
    return functional.layer_norm(x, (shape.width,), scale, w[name + "bias"], 1e-5)


def _attention(shape: Shape, x: torch.Tensor, qkv: torch.Tensor) -> torch.Tensor:
    per = shape.heads // shape.groups
    mixed = (x @ qkv.T).view(len(x), shape.groups, per + 2, shape.head)
    q = mixed[:, :, :per].reshape(len(x), shape.heads, shape.head)
    k, v = (mixed[:, :, i].repeat_interleave(per, 1) for i in (per, per + 1))
    q, k = (_rotated(shape, each).transpose(0, 1) for each in (q, k))
    scores = q @ k.transpose(1, 2) / shape.head**0.5
    future = torch.ones(len(x), len(x), dtype=torch.bool).triu(1)
    weights = scores.masked_fill(future, float("-inf")).softmax(-1)
    return (weights @ v.transpose(0, 1)).transpose(0, 1).reshape(len(x), -1)


def _rotated(shape: Shape, x: torch.Tensor) -> torch.Tensor:
    size = round(shape.head * shape.rotary)
    angle = torch.arange(len(x)).double()[:, None] / shape.base ** (
        torch.arange(0, size, 2).double() / size
    )
    cos, sin = angle.cos()[:, None], angle.sin()[:, None]
    a, b, rest = x[..., : size // 2], x[..., size // 2 : size], x[..., size:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin, rest], -1)


def pieces_of_ranks(
    shape: Shape, prefix: str, tensor_ranks: int, stages: int
) -> dict[tuple[int, int], dict[str, torch.Tensor]]:
    """The network of `weights` as (tensor rank, pipeline rank) would save it."""
    n, found = PREFIXES[prefix], {}
    per_stage = shape.layers // stages
    for name, value in weights(shape, prefix).items():
        rest = name.removeprefix(prefix)
        stage = 0 if rest == n["embedding"] else stages - 1
        if rest.startswith(n["layer"]):
            layer, _, inner = rest.removeprefix(n["layer"]).partition(".")
            stage = int(layer) // per_stage
            rest = f"{n['layer']}{int(layer) % per_stage}.{inner}"
        axis = 1 if rest.endswith((n["out"], n["down"])) else 0
        split = value.dim() == 2
        parts = value.chunk(tensor_ranks, axis) if split else [value] * tensor_ranks
        for rank, part in enumerate(parts):
            found.setdefault((rank, stage), {})[prefix + rest] = part.clone()
    return found
