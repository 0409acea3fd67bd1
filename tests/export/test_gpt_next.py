"""Which networks are GPT-Next, how their tensors are called, and what else is refused by name."""

import numpy as np
import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.export.names import canonical
from steerlm_studio.export.network import from_nemo
from steerlm_studio.export.tensors import Gathered, PlusOne, Stored, as_float32
from steerlm_studio.export.weights import assemble
from tests.export import made


def stored(shape: tuple[int, ...], values: np.ndarray | None = None) -> Stored:
    data = (np.zeros(shape) if values is None else values).astype("<f4").tobytes()
    return Stored(shape, "F32", lambda offset, size: data[offset : offset + size])


def test_settings_that_are_missing_mean_what_nemo_takes_them_to_mean():
    settings = made.config(
        made.Shape(ffn=256),
        kv_channels="absent",
        num_query_groups="absent",
        ffn_hidden_size="absent",
        max_position_embeddings=None,
        rotary_base="absent",
        rotary_percentage=None,
        layernorm_epsilon="1e-05",  # what YAML makes of 1e-05
        normalization="absent",
    )
    network = from_nemo(settings)
    assert (network.head_size, network.groups, network.feed_forward) == (16, 4, 256)
    assert (network.context, network.rotary_base, network.rotary_share) == (512, 10000, 1)
    assert network.epsilon == 1e-5
    assert not network.norm_plus_one


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("activation", "fast-swiglu", "gated MLP"),
        ("activation", "squared-reglu", "gated MLP"),
        ("activation", "gelu", "activation is “gelu”"),
        ("activation", "absent", "activation is “gelu”"),
        ("normalization", "rmsnorm", "normalization is “rmsnorm”"),
        ("megatron_legacy", True, "megatron_legacy"),
        ("position_embedding_type", "alibi", "alibi"),
        ("position_embedding_type", "absent", "learned_absolute"),
        ("transformer_block_type", "post_ln", "transformer_block_type"),
        ("rotary_interleaved", True, "rotary_interleaved"),
        ("seq_len_interpolation_factor", 4, "seq_len_interpolation_factor"),
        ("num_moe_experts", 8, "num_moe_experts"),
        ("apply_residual_connection_post_layernorm", True, "apply_residual_connection"),
        ("apply_embedding_scaling", True, "apply_embedding_scaling"),
        ("scale_positional_embedding", True, "scale_positional_embedding"),
        ("softmax_scale", 0.5, "softmax_scale"),
        ("window_size", [128, 0], "window_size"),
        ("qk_layernorm", True, "qk_layernorm"),
        ("kv_channels", 32, "kv_channels"),
        ("num_query_groups", 3, "num_query_groups"),
        ("hidden_size", "absent", "hidden_size is missing"),
        ("num_layers", -1, "num_layers is “-1”"),
        ("num_layers", "three", "num_layers is “three”"),
        ("num_attention_heads", True, "num_attention_heads"),
        ("layernorm_epsilon", 0, "layernorm_epsilon"),
        ("layernorm_epsilon", float("nan"), "layernorm_epsilon"),
        ("layernorm_epsilon", 1e39, "layernorm_epsilon is “1e\\+39”"),
        ("rotary_base", [1], "rotary_base"),
        ("rotary_base", 10**400, "rotary_base"),
        ("rotary_percentage", 2.0, "at most 1"),
        ("rotary_percentage", 0.2, "no even part of the 16 dimensions"),
        ("rotary_percentage", 0.01, "no even part of the 16 dimensions"),
    ],
)
def test_a_setting_of_another_family_or_of_none_is_named(key, value, said):
    with pytest.raises(StudioError, match=said):
        from_nemo(made.config(made.Shape(), **{key: value}))


@pytest.mark.parametrize("prefix", made.PREFIXES)
def test_every_spelling_leads_to_the_names_of_llama_cpp(prefix):
    names = {canonical(name) for name in made.weights(made.Shape(layers=1), prefix)}
    assert names == {
        "token_embd.weight",
        *(f"blk.0.{part}_norm.{kind}" for part in ("attn", "ffn") for kind in ("weight", "bias")),
        *(f"blk.0.{part}.weight" for part in ("attn_qkv", "attn_output", "ffn_up", "ffn_down")),
        "output_norm.weight",
        "output_norm.bias",
        "output.weight",
    }


@pytest.mark.parametrize(
    "name",
    [
        "model.language_model.rotary_pos_emb.inv_freq",
        "model.decoder.layers.0.mlp.linear_fc1._extra_state",
        "model.decoder.layers.mlp.linear_fc1._extra_state/shard_0_24",
    ],
)
def test_what_a_gguf_does_not_need_is_passed_over(name):
    assert canonical(name) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("model.layers.0.mlp.w1.weight", "gated MLP"),
        ("model.decoder.layers.0.self_attention.linear_qkv.bias", "biases"),
        ("model.language_model.embedding.position_embeddings.weight", "learned positions"),
        ("model.decoder.layers.0.mlp.experts.local_experts.0.linear_fc1.weight", "experts"),
        ("model.decoder.layers.0.self_attention.adapter_layer.lora_kqv_adapter.x", "adapter"),
        ("model.decoder.layers.0.self_attention.q_layernorm.weight", "queries and keys"),
        ("model.rm_head.output_layer.weight", "another head"),
        ("model.something.else", "belongs to no GPT-Next"),
    ],
)
def test_a_tensor_of_another_network_is_named_with_what_it_shows(name, said):
    with pytest.raises(StudioError, match=said) as raised:
        canonical(name)
    assert name in str(raised.value)


def assembled(shape: made.Shape, changes: dict[str, Stored | None], pieces: int = made.PIECES):
    tensors = {name: stored(tuple(value.shape)) for name, value in made.weights(shape).items()}
    prefix = "model.language_model."
    tensors |= {prefix + name: value for name, value in changes.items() if value}
    for name in (name for name, value in changes.items() if not value):
        del tensors[prefix + name]
    return assemble(from_nemo(made.config(shape)), tensors, pieces, "m.nemo")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"encoder.layers.1.self_attention.query_key_value.weight": None}, "layers.1.self_att"),
        ({"encoder.final_layernorm.bias": None}, "output_norm.bias"),
        ({"encoder.layers.1.mlp.dense_h_to_4h_2.weight": stored((96, 64))}, "a gated MLP"),
        ({"output_layer.weight": None}, "output.weight"),
        ({"encoder.layers.2.mlp.dense_h_to_4h.weight": stored((96, 64))}, "more layers"),
        ({"encoder.layers.0.mlp.dense_h_to_4h.weight": stored((192, 64))}, "gated MLP"),
        ({"encoder.layers.0.self_attention.dense.weight": stored((64,))}, "shape"),
        ({"encoder.layers.0.self_attention.query_key_value.weight": stored((190, 64))}, "shape"),
        ({"encoder.layers.0.self_attention.query_key_value.weight": stored(())}, "shape"),
        ({"decoder.final_layernorm.bias": stored((64,))}, "twice"),
        ({"embedding.word_embeddings.weight": stored((500, 64))}, "only 500 rows"),
    ],
)
def test_a_network_that_is_not_whole_or_not_its_settings_is_refused(changes, said):
    with pytest.raises(StudioError, match=said):
        assembled(made.Shape(), changes)


def test_a_tied_output_is_the_embedding():
    settings = made.config(made.Shape(), share_embeddings_and_output_weights=True)
    tensors = {name: stored(tuple(t.shape)) for name, t in made.weights(made.Shape()).items()}
    del tensors["model.language_model.output_layer.weight"]
    found = assemble(from_nemo(settings), tensors, made.PIECES, "m.nemo")
    assert found["output.weight"] is found["token_embd.weight"]


def test_the_order_of_the_file_is_kept_so_that_it_is_read_once():
    names = list(assembled(made.Shape(layers=1), {}))
    assert names[0] == "token_embd.weight"
    assert names[-1] == "output.weight"
    assert names[5:8] == ["blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight"]


def test_rows_are_gathered_across_their_ranges():
    source = stored((10, 2), np.arange(20).reshape(10, 2))
    some = Gathered(source, (range(8, 10), range(0, 3), range(5, 6)))
    whole = np.array([8, 9, 0, 1, 2, 5])
    assert some.shape == (6, 2)
    for start in range(6):
        for stop in range(start + 1, 7):
            assert (some.rows(start, stop)[:, 0] == 2 * whole[start:stop]).all()


def test_one_is_added_to_the_values_as_they_were_stored():
    bits = np.array([0x3F80, 0xBF00, 0x0001], "<u2").tobytes()  # 1, -0.5 and a tiny one
    weight = PlusOne(Stored((3,), "BF16", lambda offset, size: bits[offset : offset + size]))
    assert weight.rows(0, 3).tolist() == [2, 0.5, 1]
    assert weight.rows(1, 2).tolist() == [0.5]


def test_half_precision_widens_exactly():
    values = np.array([1.5, -65504, 6e-8], "<f2")
    assert as_float32(values, "F16").tolist() == values.astype("f8").tolist()
