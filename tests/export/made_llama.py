"""Random small Llama checkpoints in NeMo's and Hugging Face's layouts, and what they compute."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from tests.export import made
from tests.export.test_huggingface import safetensors

FUSED = "model."  # mcore: gate above up in one matrix
LEGACY_FUSED = "model.language_model."  # fast-swiglu
LEGACY_BESIDE = "beside"  # swiglu: two matrices


@dataclass(frozen=True)
class Shape:
    layers: int = 2
    width: int = 64
    heads: int = 4
    groups: int = 2
    head: int = 16
    ffn: int = 96
    rows: int = made.PIECES
    base: float = 10000.0


def weights(shape: Shape) -> dict[str, torch.Tensor]:
    """By Hugging Face's names."""
    random = torch.Generator().manual_seed(11)

    def some(*size: int) -> torch.Tensor:
        return torch.randn(*size, generator=random) * (0.5 if len(size) == 1 else size[-1] ** -0.5)

    tensors = {"model.embed_tokens.weight": some(shape.rows, shape.width) * 8}
    query, value = shape.heads * shape.head, shape.groups * shape.head
    for layer in range(shape.layers):
        at = f"model.layers.{layer}."
        for norm in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{at}{norm}.weight"] = 1 + some(shape.width)
        for name, rows in (("q", query), ("k", value), ("v", value)):
            tensors[f"{at}self_attn.{name}_proj.weight"] = some(rows, shape.width)
        tensors[f"{at}self_attn.o_proj.weight"] = some(shape.width, query)
        for name in ("gate", "up"):
            tensors[f"{at}mlp.{name}_proj.weight"] = some(shape.ffn, shape.width)
        tensors[f"{at}mlp.down_proj.weight"] = some(shape.width, shape.ffn)
    tensors["model.norm.weight"] = 1 + some(shape.width)
    tensors["lm_head.weight"] = some(shape.rows, shape.width)
    return tensors


def in_nemo(shape: Shape, layout: str) -> dict[str, torch.Tensor]:
    """The same weights as NeMo stores them."""
    w, legacy = weights(shape), layout != FUSED
    prefix = LEGACY_FUSED if legacy else FUSED
    names = made.LEGACY if legacy else made.MCORE
    found = {
        names["embedding"]: w["model.embed_tokens.weight"],
        names["final"] + "weight": w["model.norm.weight"],
        names["head"]: w["lm_head.weight"],
    }
    for layer in range(shape.layers):
        at, here = f"model.layers.{layer}.", f"{names['layer']}{layer}."
        found[here + names["norm1"] + "weight"] = w[at + "input_layernorm.weight"]
        found[here + names["norm2"] + "weight"] = w[at + "post_attention_layernorm.weight"]
        found[here + names["qkv"]] = _qkv(shape, w, at + "self_attn.")
        found[here + names["out"]] = w[at + "self_attn.o_proj.weight"]
        gate, up = w[at + "mlp.gate_proj.weight"], w[at + "mlp.up_proj.weight"]
        if layout == LEGACY_BESIDE:
            found[here + "mlp.dense_h_to_4h.weight"] = gate
            found[here + "mlp.dense_h_to_4h_2.weight"] = up
        else:
            found[here + names["up"]] = torch.cat([gate, up])
        found[here + names["down"]] = w[at + "mlp.down_proj.weight"]
    return {prefix + name: value for name, value in found.items()}


def _qkv(shape: Shape, w: dict[str, torch.Tensor], at: str) -> torch.Tensor:
    per = shape.heads // shape.groups
    q, k, v = (w[f"{at}{n}_proj.weight"].view(shape.groups, -1, shape.width) for n in "qkv")
    assert q.shape[1] == per * shape.head
    return torch.cat([q, k, v], 1).reshape(-1, shape.width)


def config(shape: Shape, **changes: object) -> dict[str, object]:
    base = made.Shape(
        shape.layers, shape.width, shape.heads, shape.groups, shape.head, shape.ffn, rotary=1.0
    )
    llama = {"activation": "fast-swiglu", "normalization": "rmsnorm", "rotary_base": shape.base}
    return made.config(base, **(llama | changes))


def folder(path: Path, shape: Shape, **changes: object) -> Path:
    """A LlamaForCausalLM folder."""
    path.mkdir()
    settings = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "num_hidden_layers": shape.layers,
        "hidden_size": shape.width,
        "intermediate_size": shape.ffn,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.groups,
        "max_position_embeddings": 512,
        "rms_norm_eps": 1e-5,
        "rope_theta": shape.base,
        "vocab_size": shape.rows,
    }
    (path / "config.json").write_text(json.dumps(settings | changes))
    (path / "tokenizer.model").write_bytes(made.TOKENIZER.read_bytes())
    arrays = {name: value.numpy() for name, value in weights(shape).items()}
    safetensors(path / "model.safetensors", arrays)
    return path


def ranks(shape: Shape, layout: str, count: int) -> list[dict[str, torch.Tensor]]:
    """As tensor-parallel ranks would save it: each has its part of the gate above that of up."""
    parts: list[dict[str, torch.Tensor]] = [{} for _ in range(count)]
    for name, value in in_nemo(shape, layout).items():
        split = list(
            value.chunk(
                count,
                1
                if name.endswith(("dense.weight", "proj.weight", "fc2.weight", "4h_to_h.weight"))
                else 0,
            )
        )
        if value.dim() == 1:
            split = [value] * count
        elif len(value) == 2 * shape.ffn:
            gate, up = value.chunk(2)
            split = [
                torch.cat(pair) for pair in zip(gate.chunk(count), up.chunk(count), strict=True)
            ]
        for part, mine in zip(parts, split, strict=True):
            part[name] = mine.clone()
    return parts


def logits(shape: Shape, ids: list[int]) -> np.ndarray:
    """One row per position, in float64, as LlamaForCausalLM computes it."""
    w = {name: value.double() for name, value in weights(shape).items()}
    x = w["model.embed_tokens.weight"][ids]
    for layer in range(shape.layers):
        at = f"model.layers.{layer}."
        x = x + _attention(shape, w, at + "self_attn.", _norm(x, w[at + "input_layernorm.weight"]))
        inner = _norm(x, w[at + "post_attention_layernorm.weight"])
        gate, up = (inner @ w[f"{at}mlp.{name}_proj.weight"].T for name in ("gate", "up"))
        x = x + (functional.silu(gate) * up) @ w[f"{at}mlp.down_proj.weight"].T
    return (_norm(x, w["model.norm.weight"]) @ w["lm_head.weight"].T).numpy()


def _norm(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * weight


def _attention(shape: Shape, w: dict[str, torch.Tensor], at: str, x: torch.Tensor) -> torch.Tensor:
    q, k, v = (
        (x @ w[f"{at}{n}_proj.weight"].T).view(len(x), -1, shape.head).transpose(0, 1)
        for n in "qkv"
    )
    q, k = (_rotated(shape, each) for each in (q, k))
    k, v = (each.repeat_interleave(shape.heads // shape.groups, 0) for each in (k, v))
    mixed = functional.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
    return mixed.transpose(0, 1).reshape(len(x), -1) @ w[f"{at}o_proj.weight"].T


def _rotated(shape: Shape, x: torch.Tensor) -> torch.Tensor:
    half = shape.head // 2
    angle = torch.arange(x.shape[1]).double()[:, None] / shape.base ** (
        torch.arange(half).double() / half
    )
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)
