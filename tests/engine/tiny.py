"""Tiny random models of the `nemotron` architecture, written as GGUF, for tests of the engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
import sentencepiece

TOKENIZERS = Path(__file__).parent.parent / "fixtures" / "tokenizer"
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True)
class Shape:
    layers: int = 2
    width: int = 64
    heads: int = 4
    groups: int = 0  # heads of keys and values; 0: as many as heads
    ffn: int = 128
    context: int = 4096


@dataclass(frozen=True)
class Vocabulary:
    pieces: list[bytes]
    scores: list[float]
    types: list[int]
    dummy_prefix: bool = False


def from_sentencepiece(name: str = "bpe_noprefix") -> Vocabulary:
    """The vocabulary as the engine wants it: `<extra_id_*>`, `<s>`, `</s>` are CONTROL."""
    model = sentencepiece.SentencePieceProcessor(model_file=str(TOKENIZERS / f"{name}.model"))
    pieces, scores, types = [], [], []
    for i in range(model.get_piece_size()):
        piece = model.id_to_piece(i)
        pieces.append(piece.encode())
        scores.append(model.get_score(i))
        types.append(_type(model, i, piece))
    return Vocabulary(pieces, scores, types, dummy_prefix=name == "bpe_prefix")


def _type(model: sentencepiece.SentencePieceProcessor, i: int, piece: str) -> int:
    if model.is_unknown(i):
        return UNKNOWN
    if model.is_control(i) or piece.startswith("<extra_id_") or piece in ("<s>", "</s>"):
        return CONTROL
    if model.is_byte(i):
        return BYTE
    plain = piece == "\n" or (piece.startswith("<") and piece.endswith(">"))
    return USER_DEFINED if plain else NORMAL


def widened(vocabulary: Vocabulary, size: int) -> Vocabulary:
    """The same vocabulary filled up to `size` pieces that no text gives."""
    more = size - len(vocabulary.pieces)
    return Vocabulary(
        vocabulary.pieces + [f"<unused{i}>".encode() for i in range(more)],
        vocabulary.scores + [-1e4] * more,
        vocabulary.types + [UNUSED] * more,
        vocabulary.dummy_prefix,
    )


def write(
    path: Path,
    *,
    seed: int = 1,
    shape: Shape | None = None,
    vocabulary: Vocabulary | None = None,
    architecture: str = "nemotron",
    quant: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32,
) -> Path:
    """Write a model with random weights. The same arguments give the same bytes."""
    _write(gguf.GGUFWriter(path, architecture), seed, shape, vocabulary, quant)
    return path


def write_split(folder: Path) -> list[Path]:
    """A model with random weights in three parts."""
    writer = gguf.GGUFWriter(folder / "tiny.gguf", "nemotron", split_max_tensors=10)
    _write(writer, 1, None, None, gguf.GGMLQuantizationType.F32)
    return [folder / f"tiny-0000{number}-of-00003.gguf" for number in (1, 2, 3)]


def _write(
    writer: gguf.GGUFWriter,
    seed: int,
    shape: Shape | None,
    vocabulary: Vocabulary | None,
    quant: gguf.GGMLQuantizationType,
) -> None:
    shape = shape or Shape()
    vocabulary = vocabulary or from_sentencepiece()
    _write_keys(writer, shape)
    write_vocabulary(writer, vocabulary)
    rng = np.random.default_rng(seed)
    for name, size in _tensors(shape, len(vocabulary.pieces)):
        _write_tensor(writer, rng, name, size, quant)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_keys(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_name("Tiny random")
    writer.add_string("steerlm.schema", "nemotron-3-8b")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.ffn)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.groups or shape.heads)
    writer.add_layer_norm_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // shape.heads // 2)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_scaling_type(gguf.RopeScalingType.NONE)


def write_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_vocab_size(len(vocabulary.pieces))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(vocabulary.pieces)
    writer.add_token_scores(vocabulary.scores)
    writer.add_token_types(vocabulary.types)
    writer.add_pad_token_id(0)
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(3)
    writer.add_eot_token_id(vocabulary.pieces.index(b"<extra_id_1>"))
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_bool("steerlm.dummy_prefix", vocabulary.dummy_prefix)


def _tensors(shape: Shape, vocabulary: int) -> list[tuple[str, Sequence[int]]]:
    d, f = shape.width, shape.ffn
    narrow = d // shape.heads * (shape.groups or shape.heads)
    found: list[tuple[str, Sequence[int]]] = [("token_embd.weight", (vocabulary, d))]
    for layer in range(shape.layers):
        for norm in ("attn_norm", "ffn_norm"):
            found += [(f"blk.{layer}.{norm}.{kind}", (d,)) for kind in ("weight", "bias")]
        for part, rows in (("q", d), ("k", narrow), ("v", narrow), ("output", d)):
            found.append((f"blk.{layer}.attn_{part}.weight", (rows, d)))
        found += [(f"blk.{layer}.ffn_up.weight", (f, d)), (f"blk.{layer}.ffn_down.weight", (d, f))]
    found += [(f"output_norm.{kind}", (d,)) for kind in ("weight", "bias")]
    return [*found, ("output.weight", (vocabulary, d))]


def _write_tensor(
    writer: gguf.GGUFWriter,
    rng: np.random.Generator,
    name: str,
    size: Sequence[int],
    quant: gguf.GGMLQuantizationType,
) -> None:
    if name.endswith("norm.weight"):
        data = (1 + 0.1 * rng.standard_normal(size)).astype(np.float32)
    elif name.endswith(".bias"):
        data = (0.1 * rng.standard_normal(size)).astype(np.float32)
    else:
        scale = 1.0 if name == "token_embd.weight" else 2.0 / size[-1] ** 0.5
        data = (scale * rng.standard_normal(size)).astype(np.float32)
        if quant != gguf.GGMLQuantizationType.F32:
            writer.add_tensor(name, gguf.quants.quantize(data, quant), raw_dtype=quant)
            return
    writer.add_tensor(name, data)
