"""An importance matrix is computed from the checkpoint and a text."""

import numpy as np
import pytest

from steerlm_studio.cli.calibration import BUILT_IN, calibration_text
from steerlm_studio.cli.main import main
from steerlm_studio.errors import StudioError
from steerlm_studio.export import run
from steerlm_studio.export.calibrate import Calibration
from steerlm_studio.export.network import Network
from steerlm_studio.export.probes import STRINGS
from steerlm_studio.steer.schema import NEMOTRON, SCHEMAS
from tests.export import made, made_llama
from tests.export.test_quantize import WIDE, tensors

TEXT = "\n".join(STRINGS)


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "prompts.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def expected(network: Network) -> dict[str, int]:
    """All matrices but the embedding and the output, with their columns."""
    shapes = {name: shape for name, shape in network.shapes().items() if len(shape) == 2}
    return {name: shape[1] for name, shape in shapes.items() if name.startswith("blk.")}


@pytest.mark.parametrize("family", ["nemotron", "fused", "beside", "folder"])
def test_every_matrix_of_a_layer_gets_weights(family, tmp_path):
    shape = made_llama.Shape()
    if family == "folder":
        path = made_llama.folder(tmp_path / "m", shape)
    elif family == "nemotron":
        path = made.nemo(tmp_path / "m.nemo", made.weights(WIDE), made.config(WIDE))
    else:
        layout = "model." if family == "fused" else family
        settings = made_llama.config(shape)
        path = made.nemo(tmp_path / "m.nemo", made_llama.in_nemo(shape, layout), settings)
    with run.opened(path) as source:
        calibration = Calibration(source, TEXT, "prompts.txt")
        steps = list(calibration)
        assert steps[-1] == calibration.total
        assert len(steps) > 1
        sizes = {name: len(weights) for name, weights in calibration.weights.items()}
        assert sizes == expected(source.network)
        assert calibration.unweighed().keys() == calibration.weights.keys()
    assert all((weights > 0).all() for weights in calibration.weights.values())


def test_weights_are_the_mean_squares_of_what_a_matrix_meets(tmp_path):
    """What meets the first matrices is the normalized embedding, known without the network."""
    folder = made_llama.folder(tmp_path / "m", made_llama.Shape())
    with run.opened(folder) as source:
        calibration = Calibration(source, TEXT, "prompts.txt")
        list(calibration)
        ids = [token for chunk in calibration._chunks for token in chunk]
    w = {
        name: value.double().numpy()
        for name, value in made_llama.weights(made_llama.Shape()).items()
    }
    x = w["model.embed_tokens.weight"][ids]
    x = x / np.sqrt((x**2).mean(1, keepdims=True) + 1e-5)
    x = x * w["model.layers.0.input_layernorm.weight"]
    wanted = (x**2).mean(0)
    for name in "qkv":
        assert np.allclose(calibration.weights[f"blk.0.attn_{name}.weight"], wanted, rtol=1e-4)


def test_the_command_line_weighs_what_it_quantizes(text, tmp_path):
    source = made.nemo(tmp_path / "m.nemo", made.weights(WIDE), made.config(WIDE))
    out = [tmp_path / "plain.gguf", tmp_path / "weighed.gguf"]
    arguments = ["--type", "Q4_K_M", "--accept-licence"]
    assert main(["export", str(source), str(out[0]), *arguments]) == 0
    assert main(["export", str(source), str(out[1]), *arguments, "--calibrate", str(text)]) == 0
    plain, weighed = map(tensors, out)
    different = {name for name in plain if plain[name] != weighed[name]}
    assert "blk.0.attn_q.weight" in different
    assert "output.weight" not in different


def test_a_matrix_from_a_file_and_one_from_a_text_exclude_each_other(text, tmp_path, capsys):
    source = made.FIXTURES / "hf_mha"
    arguments = ["--imatrix", str(text), "--calibrate", str(text), "--accept-licence"]
    assert main(["export", str(source), str(tmp_path / "m.gguf"), *arguments]) == 1
    assert "not both" in capsys.readouterr().err


def test_a_text_that_says_too_little_is_refused():
    with (
        run.opened(made.FIXTURES / "hf_mha") as source,
        pytest.raises(StudioError, match="at least 64"),
    ):
        Calibration(source, "Hi", "short.txt")


def test_a_text_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe")
    for name in ("none.txt", "binary.txt"):
        with pytest.raises(StudioError, match=f"{name} cannot be read"):
            calibration_text(str(tmp_path / name), NEMOTRON)


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=lambda schema: schema.id)
def test_the_built_in_text_is_steered_and_laid_out_as_the_family_knows_it(schema):
    text = calibration_text(BUILT_IN, schema)
    assert text.startswith(f"<extra_id_0>System\n{schema.system}\n")
    controls = [line for line in text.splitlines() if line.startswith("<extra_id_2>")]
    assert len(set(controls)) > 10
    for line in controls:
        assert line.removeprefix("<extra_id_2>").startswith(schema.names[0])
    assert text.count("<extra_id_1>User\n") == len(controls)


def test_the_built_in_text_needs_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = made.FIXTURES / "hf_mha"
    arguments = ["--type", "Q4_K_M", "--accept-licence", "--calibrate", BUILT_IN]
    assert main(["export", str(source), "m.gguf", *arguments]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["m.gguf"]
