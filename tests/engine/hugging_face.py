"""The demo model as a Hugging Face folder, for servers that do not read GGUFs."""

import json
from pathlib import Path

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize

_BLOCK = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OTHER = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_UNKNOWN, _CONTROL, _USER_DEFINED = 2, 3, 4  # llama.cpp's kinds of tokens


def write(model: Path, folder: Path) -> Path:
    """Write a GGUF of the family, its weights as float32. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    reader = GGUFReader(model)
    known = {name: field.contents() for name, field in reader.fields.items()}
    tensors = {
        _named(each.name): np.asarray(dequantize(each.data, each.tensor_type), "<f4")
        - _is_norm(each.name)
        for each in reader.tensors
    }
    _write_tensors(folder / "model.safetensors", tensors)
    about = {
        "config.json": _config(known),
        "generation_config.json": {"eos_token_id": 3},
        "tokenizer.json": _tokenizer(known),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "clean_up_tokenization_spaces": False,
        },
    }
    for name, value in about.items():
        (folder / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return folder


def _named(name: str) -> str:
    *block, part, kind = name.split(".")
    if block:
        return f"model.layers.{block[1]}.{_BLOCK[part]}.{kind}"
    return f"{_OTHER[part]}.{kind}"


def _is_norm(name: str) -> bool:
    """A norm's weight is stored one smaller here than in a GGUF."""
    return name.endswith("norm.weight")


def _write_tensors(file: Path, tensors: dict[str, np.ndarray]) -> None:
    """A safetensors file: the length of a JSON header, the header, the values."""
    header, end = {}, 0
    for name, values in tensors.items():
        start, end = end, end + values.nbytes
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [start, end]}
    said = json.dumps(header).encode()
    with file.open("wb") as out:
        out.write(len(said).to_bytes(8, "little") + said)
        for values in tensors.values():
            out.write(values.tobytes())


def _config(known: dict[str, object]) -> dict[str, object]:
    def of(key: str) -> object:
        return known[f"nemotron.{key}"]

    heads, rotated = of("attention.head_count"), of("rope.dimension_count")
    head = of("embedding_length") // heads
    rotary = {"rope_theta": of("rope.freq_base"), "rope_type": "default"}
    return {
        "architectures": ["NemotronForCausalLM"],
        "model_type": "nemotron",
        "dtype": "float32",
        "hidden_act": "relu2",
        "hidden_size": of("embedding_length"),
        "intermediate_size": of("feed_forward_length"),
        "num_hidden_layers": of("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": of("attention.head_count_kv"),
        "head_dim": head,
        "max_position_embeddings": of("context_length"),
        "norm_eps": 1e-5,
        "partial_rotary_factor": rotated / head,
        "rope_parameters": {**rotary, "partial_rotary_factor": rotated / head},
        "vocab_size": of("vocab_size"),
        "tie_word_embeddings": False,
        "bos_token_id": None,
        "eos_token_id": 3,
        "pad_token_id": 0,
    }


def _tokenizer(known: dict[str, list]) -> dict[str, object]:
    """The `tokenizers` library's form of a SentencePiece BPE without normalization."""
    pieces = known["tokenizer.ggml.tokens"]
    kinds = known["tokenizer.ggml.token_type"]
    ids = {piece: number for number, piece in enumerate(pieces)}
    added = [
        {
            "id": number,
            "content": piece,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": kind != _USER_DEFINED,
        }
        for number, (piece, kind) in enumerate(zip(pieces, kinds, strict=True))
        if kind in (_UNKNOWN, _CONTROL, _USER_DEFINED)
    ]
    return {
        "version": "1.0",
        "added_tokens": added,
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "vocab": ids,
            "merges": _merges(ids, known["tokenizer.ggml.scores"]),
        },
    }


def _merges(ids: dict[str, int], scores: list[float]) -> list[list[str]]:
    """Every pair of pieces that is a piece, the likeliest first."""
    pairs = [
        (-scores[number], ids[piece[:cut]], ids[piece[cut:]], piece, cut)
        for piece, number in ids.items()
        for cut in range(1, len(piece))
        if scores[number] <= 0 and piece[:cut] in ids and piece[cut:] in ids
    ]
    return [[piece[:cut], piece[cut:]] for *_, piece, cut in sorted(pairs)]
