"""SteerLM models on Llama's architecture: .nemo in its layouts, and Hugging Face folders."""

import json
from pathlib import Path

import numpy as np
import pytest
import sentencepiece
import yaml
from gguf import GGUFReader

from steerlm_studio.cli.main import main
from steerlm_studio.errors import StudioError
from steerlm_studio.export.network import from_nemo
from steerlm_studio.export.run import export
from tests.export import llama, made, made_llama
from tests.export.test_layouts import in_stacks, in_zarr, saved
from tests.export.test_sentencepiece import trained

IDS = [4, 300, 17, 511, 300, 5, 99, 258]
SHAPES = {
    "groups": made_llama.Shape(),
    "heads": made_llama.Shape(groups=4, ffn=160, base=500.0),
    "padded": made_llama.Shape(heads=2, groups=1, head=32, layers=3, rows=640),
}


def exported(source: Path, out: Path) -> Path:
    for _ in export(source, out, "F32", name="t", control="", template="nemo-aligner", origin="x"):
        pass
    return out


def difference(path: Path, shape: made_llama.Shape) -> float:
    got = llama.logits(path, IDS)
    return float(np.abs(got - made_llama.logits(shape, IDS)[:, : made.PIECES]).max())


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("layout", ["model.", "model.language_model.", "beside"])
def test_a_nemo_file_computes_what_the_network_computes(shape, layout, tmp_path):
    activation = "swiglu" if layout == "beside" else "fast-swiglu"
    tensors = made_llama.in_nemo(shape, layout)
    source = made.nemo(
        tmp_path / "m.nemo", tensors, made_llama.config(shape, activation=activation)
    )
    assert difference(exported(source, tmp_path / "m.gguf"), shape) < 1e-4


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_hugging_face_folder_computes_the_same(shape, tmp_path):
    source = made_llama.folder(tmp_path / "model", shape)
    assert difference(exported(source, tmp_path / "m.gguf"), shape) < 1e-4


@pytest.mark.parametrize("layout", ["model.", "model.language_model.", "beside"])
def test_the_gates_of_tensor_ranks_are_put_together(layout, tmp_path):
    shape = SHAPES["heads"]
    members = {
        "abc_tiny.model": made.TOKENIZER.read_bytes(),
        "model_config.yaml": yaml.safe_dump(made_llama.config(shape)).encode(),
    }
    for rank, part in enumerate(made_llama.ranks(shape, layout, 2)):
        members[f"mp_rank_{rank:02d}/model_weights.ckpt"] = saved(part)
    source = made.tar(tmp_path / "m.nemo", members)
    assert difference(exported(source, tmp_path / "m.gguf"), shape) < 1e-4


def test_a_distributed_checkpoint_holds_all_of_the_gate_first(tmp_path):
    shape = SHAPES["groups"]
    members = {
        "abc_tiny.model": made.TOKENIZER.read_bytes(),
        "model_config.yaml": yaml.safe_dump(made_llama.config(shape)).encode(),
        **in_zarr(in_stacks(made_llama.in_nemo(shape, "model.")), (2, 1)),
    }
    source = made.tar(tmp_path / "m.nemo", members)
    assert difference(exported(source, tmp_path / "m.gguf"), shape) < 1e-4


def test_a_tokenizer_without_turn_tokens_is_verified_too(tmp_path):
    """Llama's own: the spellings of SteerLM's control tokens are text like any other."""
    words = trained(
        user_defined_symbols=(), add_dummy_prefix=True, unk_id=0, bos_id=1, eos_id=2, pad_id=-1
    )
    pieces = sentencepiece.SentencePieceProcessor(model_proto=words).get_piece_size()
    shape = made_llama.Shape(rows=-(-pieces // 64) * 64)
    tensors, out = made_llama.in_nemo(shape, "model."), tmp_path / "m.gguf"
    source = made.nemo(tmp_path / "m.nemo", tensors, made_llama.config(shape), tokenizer=words)
    assert main(["export", str(source), str(out), "--type", "BF16", "--accept-licence"]) == 0
    fields = GGUFReader(out).fields
    assert "tokenizer.ggml.eot_token_id" not in fields
    assert fields["steerlm.dummy_prefix"].contents() is True


def test_the_command_line_knows_its_schema_and_licence_and_verifies_logits(tmp_path, capsys):
    source = made_llama.folder(tmp_path / "model", SHAPES["groups"])
    out = tmp_path / "m.gguf"
    arguments = ["--accept-licence", "--verify", "logits", "--json", "--type", "F32"]
    assert main(["export", str(source), str(out), *arguments]) == 0
    steps = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [report] = [step for step in steps if step["step"] == "verified"]
    assert report["compared"] == 8
    assert report["worst"] < 1e-4
    said = {name: field.contents() for name, field in GGUFReader(out).fields.items()}
    assert said["general.architecture"] == "llama"
    assert said["steerlm.schema"] == said["steerlm.template"] == "nemo-aligner"
    assert said["general.license"] == "llama2"
    assert said["llama.attention.head_count_kv"] == 2
    assert said["llama.attention.layer_norm_rms_epsilon"] == pytest.approx(1e-5)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"normalization": "layernorm1p"}, "a gated MLP"),
        ({"activation": "squared-relu"}, "normalization is “rmsnorm”"),
        ({"rotary_percentage": 0.5}, "rotary_percentage"),
        ({"position_embedding_type": "alibi"}, "position_embedding_type"),
        ({"megatron_legacy": True}, "megatron_legacy"),
    ],
)
def test_what_is_nearly_a_llama_is_refused_by_its_key(changes, said):
    with pytest.raises(StudioError, match=said):
        from_nemo(made_llama.config(made_llama.Shape(), **changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hidden_act": "gelu"}, "hidden_act"),
        ({"attention_bias": True}, "attention_bias"),
        ({"rope_scaling": {"rope_type": "llama3", "factor": 8.0}}, "rope_type"),
    ],
)
def test_a_folder_that_is_nearly_a_llama_is_refused_by_its_key(changes, said, tmp_path):
    source = made_llama.folder(tmp_path / "model", made_llama.Shape(), **changes)
    with pytest.raises(StudioError, match=said):
        exported(source, tmp_path / "m.gguf")


def test_a_gate_that_is_missing_is_named(tmp_path):
    tensors = made_llama.in_nemo(made_llama.Shape(), "beside")
    del tensors["model.language_model.encoder.layers.1.mlp.dense_h_to_4h_2.weight"]
    source = made.nemo(tmp_path / "m.nemo", tensors, made_llama.config(made_llama.Shape()))
    with pytest.raises(StudioError, match=r"lacks the tensor .*ffn_up"):
        exported(source, tmp_path / "m.gguf")
