import io
import shlex
import tarfile
from pathlib import Path

import pytest
import torch
import yaml
from demo_model import save
from demo_model.network import Network
from gguf import GGUFReader

from steerlm_studio import resources
from steerlm_studio.cli.main import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def members(training, tmp_path) -> dict[str, bytes]:
    next(training.run())
    tokenizer = training.encoder.tokenizer.serialized_model_proto()
    save.save(training.network, tokenizer, tmp_path / "demo.nemo")
    with tarfile.open(tmp_path / "demo.nemo") as tar:
        return {each.name: tar.extractfile(each).read() for each in tar.getmembers()}


@pytest.fixture
def weights(members) -> dict[str, torch.Tensor]:
    return torch.load(io.BytesIO(members["./model_weights.ckpt"]), weights_only=True)


def test_a_nemo_file_holds_config_tokenizer_and_weights(members, training):
    config = yaml.safe_load(members["./model_config.yaml"])
    tokenizer = config["tokenizer"]["model"].removeprefix("nemo:")
    assert sorted(members) == sorted(
        ["./model_config.yaml", f"./{tokenizer}", "./model_weights.ckpt"]
    )
    assert members[f"./{tokenizer}"] == training.encoder.tokenizer.serialized_model_proto()


def test_the_weights_carry_legacy_names_and_shapes(weights, shape):
    prefix = "model.language_model."
    layer = f"{prefix}encoder.layers.1."
    assert {name: tuple(weights[name].shape) for name in weights if "layers.0" not in name} == {
        f"{prefix}embedding.word_embeddings.weight": (shape.vocabulary, 32),
        f"{prefix}rotary_pos_emb.inv_freq": (4,),
        f"{layer}input_layernorm.weight": (32,),
        f"{layer}input_layernorm.bias": (32,),
        f"{layer}self_attention.query_key_value.weight": (96, 32),
        f"{layer}self_attention.dense.weight": (32, 32),
        f"{layer}post_attention_layernorm.weight": (32,),
        f"{layer}post_attention_layernorm.bias": (32,),
        f"{layer}mlp.dense_h_to_4h.weight": (64, 32),
        f"{layer}mlp.dense_4h_to_h.weight": (32, 64),
        f"{prefix}encoder.final_layernorm.weight": (32,),
        f"{prefix}encoder.final_layernorm.bias": (32,),
        f"{prefix}output_layer.weight": (shape.vocabulary, 32),
    }


def test_shared_embedding_rows_are_written_out(weights, training, shape):
    ids = torch.tensor([[training.encoder.tokenizer.piece_to_id("humor:3,"), 5]])
    plain = Network(shape)
    renamed = {
        name.removeprefix("model.language_model.")
        .removeprefix("encoder.")
        .replace("embedding.word_embeddings", "embedding"): value
        for name, value in weights.items()
    }
    plain.load_state_dict(renamed, strict=False)
    assert torch.equal(plain(ids), training.network(ids))


def test_the_shipped_file_is_what_the_exporter_writes(training, tmp_path):
    """All that it says of itself, its formats and its template, but for the network's size."""
    next(training.run())
    tokenizer = training.encoder.tokenizer.serialized_model_proto()
    source, out = tmp_path / "demo-steerlm.nemo", tmp_path / "demo.gguf"
    save.save(training.network, tokenizer, source)
    recipe = (ROOT / "Makefile").read_text().partition("steerlm_studio export ")[2]
    flags = shlex.split(recipe.partition("\\\n")[2].partition("\n")[0])
    assert main(["export", str(source), str(out), *flags]) == 0
    made, shipped = said(out), said(resources.demo_model())
    assert made.keys() == shipped.keys()
    same = ("general.", "steerlm.", "tokenizer.chat", "tokenizer.ggml.add", "nemotron.rope.scaling")
    for key in made:
        if key.startswith(same) and key != "general.size_label":
            assert made[key] == shipped[key], key
    for name in ("bos", "eos", "eot", "padding", "unknown"):
        key = f"tokenizer.ggml.{name}_token_id"
        assert made[key] == shipped[key]


def said(path: Path) -> dict[str, object]:
    return {key: field.contents() for key, field in GGUFReader(path).fields.items()}
