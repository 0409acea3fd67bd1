"""What a GPT-Next (Nemotron-3) network is: settings, names, shapes, Q/K/V order, norms plus one.

The one place that knows the family. What is not exactly this family is refused by name, because a
network that is only nearly right still talks. Sources: NeMo 1.21-2.0 `megatron_gpt_model.py` and
Megatron-LM `transformer/attention.py`; the GGUF side is llama.cpp's `nemotron` architecture.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from steerlm_studio.errors import StudioError
from steerlm_studio.export.names import canonical
from steerlm_studio.export.settings import Settings
from steerlm_studio.export.tensors import Gathered, PlusOne, Tensor

ARCHITECTURE = "nemotron"


@dataclass(frozen=True)
class Network:
    """The sizes and constants of one network."""

    layers: int
    width: int
    feed_forward: int
    heads: int
    groups: int  # of query heads that share one key and value head
    head_size: int
    context: int  # tokens
    epsilon: float
    rotary_share: float  # of each head that is rotated
    rotary_base: float
    norm_plus_one: bool  # LayerNorm1P: the stored weight is w - 1
    tied: bool  # the output matrix is the embedding

    def metadata(self, vocabulary: int) -> dict[str, Any]:
        """The keys that llama.cpp's `nemotron` loader reads."""
        values = {
            "block_count": self.layers,
            "context_length": self.context,
            "embedding_length": self.width,
            "feed_forward_length": self.feed_forward,
            "attention.head_count": self.heads,
            "attention.head_count_kv": self.groups,
            "attention.key_length": self.head_size,
            "attention.value_length": self.head_size,
            "attention.layer_norm_epsilon": self.epsilon,
            "rope.dimension_count": round(self.head_size * self.rotary_share),
            "rope.freq_base": self.rotary_base,
            "rope.scaling.type": "none",
            "vocab_size": vocabulary,
        }
        return {f"{ARCHITECTURE}.{key}": value for key, value in values.items()}

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Canonical names and shapes of all tensors; -1 stands for the embedding's rows."""
        query, value = self.heads * self.head_size, self.groups * self.head_size
        shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (-1, self.width)}
        for layer in range(self.layers):
            block = {
                "attn_norm.weight": (self.width,),
                "attn_norm.bias": (self.width,),
                "attn_q.weight": (query, self.width),
                "attn_k.weight": (value, self.width),
                "attn_v.weight": (value, self.width),
                "attn_output.weight": (self.width, query),
                "ffn_norm.weight": (self.width,),
                "ffn_norm.bias": (self.width,),
                "ffn_up.weight": (self.feed_forward, self.width),
                "ffn_down.weight": (self.width, self.feed_forward),
            }
            shapes |= {f"blk.{layer}.{name}": shape for name, shape in block.items()}
        shapes |= {"output_norm.weight": (self.width,), "output_norm.bias": (self.width,)}
        return shapes | {"output.weight": (-1, self.width)}


def from_nemo(config: Mapping[str, Any]) -> Network:
    """The network of a `model_config.yaml`; a missing key means what NeMo takes it to mean.

    Raises StudioError for whatever is not GPT-Next, naming the key.
    """
    settings = Settings(config, "model_config.yaml")
    _refuse_other_families(settings)
    width, heads = settings.count("hidden_size"), settings.count("num_attention_heads")
    head_size = settings.count("kv_channels", default=width // heads)
    groups = settings.count("num_query_groups", default=heads)
    if heads % groups:
        raise StudioError(f"num_query_groups ({groups}) does not divide the {heads} heads.")
    if "max_position_embeddings" in config:
        context = settings.count("max_position_embeddings")
    else:
        context = settings.count("encoder_seq_length")
    return Network(
        layers=settings.count("num_layers"),
        width=width,
        feed_forward=settings.count("ffn_hidden_size", default=4 * width),
        heads=heads,
        groups=groups,
        head_size=head_size,
        context=context,
        epsilon=settings.number("layernorm_epsilon", default=1e-5),
        rotary_share=settings.number("rotary_percentage", default=1.0),
        rotary_base=settings.number("rotary_base", default=10000.0),
        norm_plus_one=settings.text("normalization", "layernorm") == "layernorm1p",
        tied=settings.value("share_embeddings_and_output_weights", True) is True,
    )


def _refuse_other_families(settings: Settings) -> None:
    activation = settings.text("activation", "gelu")
    if "glu" in activation or activation == "reglu":
        raise settings.refused("activation", "a gated MLP, where GPT-Next has none")
    settings.require("activation", ("squared-relu",), "gelu")
    settings.require("normalization", ("layernorm1p", "layernorm"), "layernorm")
    settings.require("megatron_legacy", (False, None), False)
    settings.require("position_embedding_type", ("rope",), "learned_absolute")
    settings.require("transformer_block_type", ("pre_ln",), "pre_ln")
    settings.require("attention_type", ("multihead",), "multihead")
    settings.require("headscale", (False, None), False)
    settings.require("normalize_attention_scores", (True,), True)
    settings.require("rotary_interleaved", (False, None), False)
    settings.require("seq_len_interpolation_factor", (None, 1, 1.0), None)
    settings.require("num_moe_experts", (None, 1), None)


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


def _fitted(
    network: Network, name: str, tensor: Tensor, shape: tuple[int, ...], pieces: int
) -> Tensor:
    if name.endswith("norm.weight") and network.norm_plus_one:
        return PlusOne(tensor)
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
            raise StudioError(
                f"{label} lacks the tensor {name}, so the network is not whole. Download it again, "
                "or check that it is not a part of a larger checkpoint."
            )
        have = found[name].shape
        if len(have) != len(shape) or any(
            b not in (a, -1) for a, b in zip(have, shape, strict=True)
        ):
            raise _wrong_shape(names.get(name, name), have, shape)
    for name in found.keys() - shapes.keys():
        raise StudioError(
            f"{label} holds “{names.get(name, name)}”, more layers than its settings speak of."
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
