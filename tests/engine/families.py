"""Tiny random models of other families than ours: one with grouped heads, one without attention."""

from pathlib import Path

import gguf
import numpy as np

from tests.engine import tiny

Sizes = dict[str, tuple[int, ...]]
D, F, LAYERS, HEADS = 64, 128, 2, 4
INNER, STATE, RANK, KERNEL = 128, 16, 4, 4


def write_llama(path: Path) -> Path:
    """RMSNorm, a gate, four heads that share two keys and values."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_feed_forward_length(F)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(D // HEADS)
    names = {"attn_norm": (D,), "ffn_norm": (D,), "attn_q": (D, D), "attn_k": (32, D)}
    names |= {"attn_v": (32, D), "attn_output": (D, D), "ffn_gate": (F, D), "ffn_up": (F, D)}
    names |= {"ffn_down": (D, F)}
    return _finish(writer, path, {f"{name}.weight": size for name, size in names.items()})


def write_mamba(path: Path) -> Path:
    """A state instead of a cache of keys and values."""
    writer = gguf.GGUFWriter(path, "mamba")
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_ssm_conv_kernel(KERNEL)
    writer.add_ssm_inner_size(INNER)
    writer.add_ssm_state_size(STATE)
    writer.add_ssm_time_step_rank(RANK)
    writer.add_layer_norm_rms_eps(1e-5)
    names: Sizes = {"attn_norm.weight": (D,), "ssm_in.weight": (2 * INNER, D)}
    names |= {"ssm_conv1d.weight": (INNER, KERNEL), "ssm_conv1d.bias": (INNER,)}
    names |= {"ssm_x.weight": (RANK + 2 * STATE, INNER), "ssm_dt.weight": (INNER, RANK)}
    names |= {"ssm_dt.bias": (INNER,), "ssm_a": (INNER, STATE), "ssm_d": (INNER,)}
    return _finish(writer, path, names | {"ssm_out.weight": (D, INNER)})


def _finish(writer: gguf.GGUFWriter, path: Path, names: Sizes) -> Path:
    vocabulary = tiny.from_sentencepiece()
    rows = len(vocabulary.pieces)
    writer.add_context_length(4096)
    writer.add_embedding_length(D)
    writer.add_block_count(LAYERS)
    tiny.write_vocabulary(writer, vocabulary)
    sizes = {f"blk.{layer}.{name}": size for layer in range(LAYERS) for name, size in names.items()}
    sizes |= {
        "token_embd.weight": (rows, D),
        "output_norm.weight": (D,),
        "output.weight": (rows, D),
    }
    rng = np.random.default_rng(2)
    for name, size in sizes.items():
        data = rng.standard_normal(size) * (1 if len(size) == 1 else 2 / size[-1] ** 0.5)
        writer.add_tensor(name, (-np.exp(data) if name.endswith("ssm_a") else data).astype("f4"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
