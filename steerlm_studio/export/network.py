"""What GPT-Next (Nemotron-3) and Llama networks are: their settings, sizes and keys in a GGUF.

With `names` and `weights` the one place that knows the families. What is not exactly one of them
is refused by name, because a network that is only nearly right still talks. Sources: NeMo 1.21-2.0
`megatron_gpt_model.py`, Megatron-LM `transformer/attention.py`, llama.cpp `models/nemotron.cpp`
and `models/llama.cpp`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from steerlm_studio.export.settings import Settings

Architecture = Literal["nemotron", "llama"]
_BASE = 1e18  # of a rotation, at most; the largest known is about 1e8
_GATED = ("fast-swiglu", "swiglu")
# Keys of NeMo and Megatron-Core that leave no trace in the tensors but change what is computed.
_CHANGES = (
    "apply_residual_connection_post_layernorm",
    "apply_embedding_scaling",
    "scale_positional_embedding",
    "softmax_scale",
    "window_size",
    "qk_layernorm",
)


@dataclass(frozen=True)
class Network:
    """The sizes and constants of one network; `architecture` is llama.cpp's name of the family."""

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
    architecture: Architecture = "nemotron"

    @property
    def gated(self) -> bool:
        """Whether the MLP is SwiGLU, and the norms RMSNorm without biases; else squared ReLU."""
        return self.architecture == "llama"

    @property
    def rotated(self) -> int:
        """Dimensions of each head, rounded as NeMo and transformers do."""
        return int(self.head_size * self.rotary_share)

    def metadata(self, vocabulary: int) -> dict[str, Any]:
        """The keys that llama.cpp's loader of the family reads."""
        epsilon = "layer_norm_rms_epsilon" if self.gated else "layer_norm_epsilon"
        values = {
            "block_count": self.layers,
            "context_length": self.context,
            "embedding_length": self.width,
            "feed_forward_length": self.feed_forward,
            "attention.head_count": self.heads,
            "attention.head_count_kv": self.groups,
            "attention.key_length": self.head_size,
            "attention.value_length": self.head_size,
            f"attention.{epsilon}": self.epsilon,
            "rope.dimension_count": self.rotated,
            "rope.freq_base": self.rotary_base,
            "rope.scaling.type": "none",
            "vocab_size": vocabulary,
        }
        return {f"{self.architecture}.{key}": value for key, value in values.items()}

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
            if self.gated:
                shapes[f"blk.{layer}.ffn_gate.weight"] = (self.feed_forward, self.width)
        shapes |= {"output_norm.weight": (self.width,), "output_norm.bias": (self.width,)}
        shapes |= {"output.weight": (-1, self.width)}
        if self.gated:
            shapes = {name: shape for name, shape in shapes.items() if not name.endswith(".bias")}
        return shapes


def from_nemo(config: Mapping[str, Any]) -> Network:
    """The network of a `model_config.yaml`; a missing key means what NeMo takes it to mean.

    Raises StudioError for whatever is neither GPT-Next nor Llama, naming the key.
    """
    settings = Settings(config, "model_config.yaml")
    llama = (
        settings.text("activation", "gelu") in _GATED
        and settings.text("normalization", "layernorm") == "rmsnorm"
    )
    if llama:
        settings = Settings(config, "model_config.yaml", "Llama")
    _refuse_other_families(settings, llama)
    width, heads = settings.count("hidden_size"), settings.count("num_attention_heads")
    head_size = _head_size(settings, "kv_channels", width, heads)
    return Network(
        layers=settings.count("num_layers"),
        width=width,
        feed_forward=settings.count("ffn_hidden_size", default=4 * width),
        heads=heads,
        groups=_divides(settings, "num_query_groups", heads),
        head_size=head_size,
        context=settings.count("max_position_embeddings", config.get("encoder_seq_length")),
        epsilon=settings.number("layernorm_epsilon", default=1e-5, most=1),
        rotary_share=_rotary_share(settings, "rotary_percentage", 1.0, head_size),
        rotary_base=settings.number("rotary_base", default=10000.0, most=_BASE),
        norm_plus_one=settings.text("normalization", "layernorm") == "layernorm1p",
        tied=settings.value("share_embeddings_and_output_weights", True) is True,
        architecture="llama" if llama else "nemotron",
    )


def _refuse_other_families(settings: Settings, llama: bool) -> None:
    if llama:
        settings.require("rotary_percentage", (1, 1.0, "1.0"), 1.0)
    else:
        _refuse_other_layers(settings)
    settings.require("megatron_legacy", (False, None), False)
    settings.require("position_embedding_type", ("rope",), "learned_absolute")
    settings.require("transformer_block_type", ("pre_ln",), "pre_ln")
    settings.require("attention_type", ("multihead",), "multihead")
    settings.require("headscale", (False, None), False)
    settings.require("normalize_attention_scores", (True,), True)
    settings.require("rotary_interleaved", (False, None), False)
    settings.require("seq_len_interpolation_factor", (None, 1, 1.0), None)
    settings.require("num_moe_experts", (None, 1), None)
    for key in _CHANGES:
        settings.require(key, (False, None), None)


def _refuse_other_layers(settings: Settings) -> None:
    activation = settings.text("activation", "gelu")
    if "glu" in activation or activation == "reglu":
        raise settings.refused("activation", "a gated MLP, where GPT-Next has none")
    settings.require("activation", ("squared-relu",), "gelu")
    settings.require("normalization", ("layernorm1p", "layernorm"), "layernorm")


def from_huggingface(config: Mapping[str, Any]) -> Network:
    """The network of a `config.json` of NemotronForCausalLM, in any spelling, or LlamaForCausalLM.

    Raises StudioError for other models, naming the key.
    """
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    rope = rope if isinstance(rope, dict) else {"rope_type": rope}
    shares = ("partial_rotary_factor", "rope_percent", "rope_percentage")
    llama = config.get("model_type") == "llama"
    values = {
        "partial_rotary_factor": next((config[key] for key in shares if key in config), None),
        "norm_eps": config.get("rms_norm_eps" if llama else "layer_norm_eps"),
        **config,
        **rope,
    }
    settings = Settings(values, "config.json", "Llama" if llama else "GPT-Next")
    settings.require("model_type", ("nemotron", "llama"), "absent")
    named = config.get("architectures") or (f"{config.get('model_type')}ForCausalLM",)
    if not str(named[0] if isinstance(named, list | tuple) else named).endswith("ForCausalLM"):
        raise settings.refused("architectures", "another head than a language model's")
    activation = "silu" if llama else "relu2"
    settings.require("hidden_act", (activation,), activation)
    settings.require("attention_bias", (False,), False)
    settings.require("mlp_bias", (False,), False)
    settings.require("rope_type", ("default",), values.get("type", "default"))
    width, heads = settings.count("hidden_size"), settings.count("num_attention_heads")
    head_size = _head_size(settings, "head_dim", width, heads)
    key = "partial_rotary_factor"
    if llama:
        settings.require(key, (1,), 1)
    share = 1.0 if llama else _rotary_share(settings, key, 0.5, head_size)
    return Network(
        layers=settings.count("num_hidden_layers"),
        width=width,
        feed_forward=settings.count("intermediate_size"),
        heads=heads,
        groups=_divides(settings, "num_key_value_heads", heads),
        head_size=head_size,
        context=settings.count("max_position_embeddings"),
        epsilon=settings.number("norm_eps", default=1e-6 if llama else 1e-5, most=1),
        rotary_share=share,
        rotary_base=settings.number("rope_theta", default=10000.0, most=_BASE),
        norm_plus_one=not llama,  # NemotronLayerNorm1P, whatever the settings say
        tied=settings.value("tie_word_embeddings", False) is True,
        architecture="llama" if llama else "nemotron",
    )


def _divides(settings: Settings, key: str, heads: int) -> int:
    groups = settings.count(key, default=heads)
    if heads % groups:
        raise settings.refused(key, f"which does not divide the {heads} heads")
    return groups


def _head_size(settings: Settings, key: str, width: int, heads: int) -> int:
    size = settings.count(key, default=width // heads)
    if heads * size != width:
        raise settings.refused(key, f"where llama.cpp needs {width} / {heads}", size)
    return size


def _rotary_share(settings: Settings, key: str, default: float, head_size: int) -> float:
    share = settings.number(key, default, most=1)
    if int(head_size * share) % 2 or int(head_size * share) == 0:
        raise settings.refused(key, f"no even part of the {head_size} dimensions of a head", share)
    return share
