"""The names of a GPT-Next network's tensors in NeMo (legacy, mcore) and Hugging Face."""

import re

from steerlm_studio.errors import StudioError, piece

_TOP = {
    "embedding.word_embeddings.weight": "token_embd.weight",
    "output_layer.weight": "output.weight",
    "final_layernorm.weight": "output_norm.weight",
    "final_layernorm.bias": "output_norm.bias",
    # Hugging Face
    "embed_tokens.weight": "token_embd.weight",
    "lm_head.weight": "output.weight",
    "norm.weight": "output_norm.weight",
    "norm.bias": "output_norm.bias",
}
_LAYER = {
    # NeMo legacy
    "input_layernorm.weight": "attn_norm.weight",
    "input_layernorm.bias": "attn_norm.bias",
    "self_attention.query_key_value.weight": "attn_qkv.weight",
    "self_attention.dense.weight": "attn_output.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "post_attention_layernorm.bias": "ffn_norm.bias",
    "mlp.dense_h_to_4h.weight": "ffn_up.weight",
    "mlp.dense_h_to_4h_2.weight": "ffn_up_2.weight",  # beside it, what it gates
    "mlp.dense_4h_to_h.weight": "ffn_down.weight",
    # NeMo mcore; without Transformer Engine the norms stand alone
    "self_attention.linear_qkv.layer_norm_weight": "attn_norm.weight",
    "self_attention.linear_qkv.layer_norm_bias": "attn_norm.bias",
    "self_attention.linear_qkv.weight": "attn_qkv.weight",
    "self_attention.linear_proj.weight": "attn_output.weight",
    "mlp.linear_fc1.layer_norm_weight": "ffn_norm.weight",
    "mlp.linear_fc1.layer_norm_bias": "ffn_norm.bias",
    "pre_mlp_layernorm.weight": "ffn_norm.weight",
    "pre_mlp_layernorm.bias": "ffn_norm.bias",
    "mlp.linear_fc1.weight": "ffn_up.weight",
    "mlp.linear_fc2.weight": "ffn_down.weight",
    # Hugging Face
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.o_proj.weight": "attn_output.weight",
    "mlp.gate_proj.weight": "ffn_gate.weight",
    "mlp.up_proj.weight": "ffn_up.weight",
    "mlp.down_proj.weight": "ffn_down.weight",
}
_STRANGERS = (
    (r"dense_h_to_4h_2|gate_proj|w[13]\.", piece("a gated MLP")),
    (r"lora|adapter", piece("an adapter; merge it into the model first")),
    (r"position_embeddings", piece("learned positions")),
    (r"experts|router", piece("a mixture of experts")),
    (r"[qk]_(layer)?norm", piece("normalized queries and keys")),
    (r"\.bias$", piece("biases in its linear layers")),
    (r"rm_head|value_head|reward", piece("another head than a language model's")),
)
# A tied model with pipeline ranks repeats its embedding at the end as `word_embeddings_for_head`.
_IGNORED = (
    "word_embeddings_for_head.weight",
    "rotary_pos_emb.inv_freq",
    "rotary_emb.inv_freq",
)
_PREFIX = re.compile(r"(?:(?:model|module|language_model|encoder|decoder)\.)*")
_IN_LAYER = re.compile(r"layers\.(\d{1,6})\.(.+)")


def canonical(name: str) -> str | None:
    """The GGUF name of a checkpoint's tensor; None for what a GGUF does not need.

    Q, K and V in one tensor are called `blk.N.attn_qkv.weight`. Raises StudioError, saying what
    the name stands for, when neither GPT-Next nor Llama has such a tensor.

    A gated MLP may come as gate above up in `ffn_up`, or as `ffn_up` (its gate) and `ffn_up_2`.
    """
    if ignored(name):
        return None
    rest = name[_PREFIX.match(name).end() :]  # type: ignore[union-attr]  # matches "" too
    if rest in _TOP:
        return _TOP[rest]
    layer = _IN_LAYER.fullmatch(rest)
    if layer and layer.group(2) in _LAYER:
        return f"blk.{int(layer.group(1))}.{_LAYER[layer.group(2)]}"
    raise stranger(name)


def ignored(name: str) -> bool:
    """Whether a tensor of this name, of whatever kind, is nothing that a GGUF needs."""
    return "_extra_state" in name or name.endswith(_IGNORED)


def stranger(name: str) -> StudioError:
    """The error for a tensor that a network of its settings does not have."""
    for pattern, what in _STRANGERS:
        if re.search(pattern, name):
            return StudioError(
                f"The tensor “{name}” shows {what}. A network of these settings has nothing of "
                "the kind, and this model cannot be exported."
            )
    return StudioError(
        f"The tensor “{name}” belongs to no GPT-Next or Llama network, so this model cannot be "
        "exported."
    )
