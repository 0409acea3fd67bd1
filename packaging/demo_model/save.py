"""Save the trained demo model as a `.nemo`: `python -m demo_model.save --work W --out FILE`."""

import argparse
import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor

from demo_model import vocabulary
from demo_model.network import Network, Shape, inverse_frequencies
from demo_model.train import CHECKPOINT, TOKENIZER

PREFIX = "model.language_model."
NAME = "demo"


def load(work: Path) -> Network:
    """The network of the checkpoint in `work`, on the CPU, for reading."""
    state: dict[str, Any] = torch.load(work / CHECKPOINT, weights_only=True, map_location="cpu")
    shape = Shape(**state["shape"])
    rows = vocabulary.shared_rows(vocabulary.load(work / TOKENIZER))
    network = Network(shape, rows)
    network.load_state_dict(state["network"])
    return network.eval()


def weights(network: Network) -> dict[str, Tensor]:
    """NeMo's legacy names (megatron_gpt, one rank) → float32 tensors."""
    named = {PREFIX + _legacy(name): value for name, value in network.state().items()}
    named[f"{PREFIX}rotary_pos_emb.inv_freq"] = inverse_frequencies(network.shape)
    return named


def _legacy(name: str) -> str:
    if name == "embedding.weight":
        return "embedding.word_embeddings.weight"
    return name if name.startswith("output_layer") else f"encoder.{name}"


def config(shape: Shape, tokenizer: str) -> dict[str, Any]:
    """model_config.yaml with NeMo's key names; `tokenizer` is the member's file name."""
    return {
        "mcore_gpt": False,
        "tensor_model_parallel_size": 1,
        "pipeline_model_parallel_size": 1,
        "encoder_seq_length": shape.positions,
        "max_position_embeddings": shape.positions,
        "num_layers": shape.layers,
        "hidden_size": shape.hidden,
        "ffn_hidden_size": shape.feed_forward,
        "num_attention_heads": shape.heads,
        "num_query_groups": None,
        "kv_channels": None,
        "normalization": "layernorm1p",
        "layernorm_epsilon": shape.epsilon,
        "make_vocab_size_divisible_by": 1,
        "bias": False,
        "activation": "squared-relu",
        "transformer_block_type": "pre_ln",
        "position_embedding_type": "rope",
        "rotary_percentage": shape.rotary_share,
        "attention_type": "multihead",
        "share_embeddings_and_output_weights": False,
        "tokenizer": {
            "library": "sentencepiece",
            "type": None,
            "model": f"nemo:{tokenizer}",
            "vocab_file": None,
            "merge_file": None,
            "delimiter": None,
            "sentencepiece_legacy": False,
        },
        "data": {"seq_length": shape.positions},
        "precision": 32,
        "target": "nemo.collections.nlp.models.language_modeling.megatron_gpt_sft_model"
        ".MegatronGPTSFTModel",
        "nemo_version": "1.21.0",
    }


def save(network: Network, tokenizer: bytes, path: Path) -> None:
    """Write the tar, the same bytes for the same weights except for what torch's zip stamps."""
    member = f"{hashlib.md5(tokenizer, usedforsecurity=False).hexdigest()}_{NAME}.model"
    pickle = io.BytesIO()
    torch.save(weights(network), pickle)
    part = path.with_suffix(".part")
    with tarfile.open(part, "w") as tar:
        _add(tar, f"./{member}", tokenizer)
        text = yaml.safe_dump(config(network.shape, member), sort_keys=False)
        _add(tar, "./model_config.yaml", text.encode())
        _add(tar, "./model_weights.ckpt", pickle.getvalue())
    part.replace(path)


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/demo_model"))
    parser.add_argument("--out", type=Path, default=Path("build/demo_model/demo-steerlm.nemo"))
    options = parser.parse_args()
    tokenizer = (options.work / TOKENIZER).read_bytes()
    save(load(options.work), tokenizer, options.out)


if __name__ == "__main__":
    main()
