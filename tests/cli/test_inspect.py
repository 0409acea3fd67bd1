"""`steerlm-studio inspect`, as it is typed."""

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio import resources
from steerlm_studio.cli.main import main
from steerlm_studio.export.describe import described
from steerlm_studio.export.run import export
from tests.export import made
from tests.export import test_layouts as layouts

FIXTURES = made.FIXTURES


def inspected(capsys, path, status: int = 0) -> dict[str, object]:
    assert main(["inspect", str(path), "--json"]) == status
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("file", "layout", "kind"),
    [
        ("nemo/legacy_fp32.nemo", "model_weights.ckpt", "F32"),
        ("nemo/mcore_single_bf16.nemo", "model_weights.ckpt", "BF16"),
        ("nemo/mcore_zarr_bf16.nemo", "model_weights/ as zarr", "BF16"),
        ("nemo/mcore_torch_dist_bf16.nemo", "model_weights/ as torch_dist", "BF16"),
        ("hf_mha", "safetensors, 1 file(s)", "F32"),
    ],
)
def test_every_form_of_a_checkpoint_tells_the_same_network(capsys, file, layout, kind):
    found = inspected(capsys, FIXTURES / file)
    assert found["architecture"] == "nemotron"
    assert found["layout"] == layout
    assert list(found["types"]) == [kind]
    assert found["shape"]["layers"] == 3
    assert found["shape"]["context"] == 4096
    assert found["parameters"] == 213_888
    assert found["tokenizer"]["pieces"] == 512
    assert found["tokenizer"]["turn"] == 5
    assert found["schema"] == "nemotron-3-8b"
    assert found["schema_guessed"]
    assert found["problem"] == ""


def test_the_ranks_of_a_parallel_checkpoint_are_counted(capsys, tmp_path):
    shape, members = layouts.SHAPE, layouts.head("model.")
    for (rank, stage), part in made.pieces_of_ranks(shape, "model.", 2, 2).items():
        place = f"tp_rank_{rank:02d}_pp_rank_{stage:03d}"
        members[f"./{place}/model_weights.ckpt"] = layouts.saved(part)
    source = made.tar(tmp_path / "m.nemo", members)
    assert inspected(capsys, source)["layout"] == "2 tensor and 2 pipeline ranks"


def test_the_demo_model_says_what_it_is(capsys):
    found = inspected(capsys, resources.demo_model())
    assert found["format"] == "gguf"
    assert found["architecture"] == "nemotron"
    assert set(found["types"]) == {"F32", "Q8_0"}
    assert found["schema"] == "nemotron-3-8b"
    assert not found["schema_guessed"]
    assert found["licence"]
    assert found["bytes"] > sum(found["types"].values())


def test_the_licence_of_a_folder_is_read_from_its_card(capsys, tmp_path):
    folder = shutil.copytree(FIXTURES / "hf_mha", tmp_path / "model")
    (folder / "README.md").write_text("---\nlicense: other\nlicense_name: some-licence\n---\n# x")
    assert inspected(capsys, folder)["licence"] == "some-licence"
    (folder / "README.md").write_text("---\nlicense: llama2\n---\nlicense_name: not this")
    assert inspected(capsys, folder)["licence"] == "llama2"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("truncated.nemo", "cut off"),
        ("pickle_runs_code.nemo", "refused"),
        ("missing_tensor.nemo", "lacks the tensor"),
    ],
)
def test_what_cannot_be_exported_says_why_and_fails(capsys, file, said):
    found = inspected(capsys, FIXTURES / "hostile" / file, status=1)
    assert said in found["problem"]


def test_a_damaged_gguf_says_why_and_fails(capsys, tmp_path):
    data = resources.demo_model().read_bytes()
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(data[: len(data) // 2])
    assert "ends before its tensors" in inspected(capsys, cut, status=1)["problem"]


def test_what_is_not_there_is_an_error(capsys, tmp_path):
    assert main(["inspect", str(tmp_path / "nothing.nemo")]) == 1
    assert "There is no file" in capsys.readouterr().err


def test_people_get_a_table(capsys):
    assert main(["inspect", str(FIXTURES / "nemo" / "legacy_bf16.nemo")]) == 0
    said = capsys.readouterr().out
    assert "nemotron-3-8b (guessed)" in said
    assert "layers 3" in said
    assert "0.21 M" in said


@pytest.fixture(scope="module")
def small_gguf(tmp_path_factory):
    out = tmp_path_factory.mktemp("small") / "m.gguf"
    for _ in export(FIXTURES / "hf_mha", out, "Q8_0", name="t", control=""):
        pass
    return out


@given(st.data())
def test_a_damaged_header_is_told_and_never_a_trace(small_gguf, data):
    changed = bytearray(small_gguf.read_bytes())
    entries = changed.index(b"blk.0.attn_norm")  # the list of tensors begins near here
    at = data.draw(st.integers(0, 400) | st.integers(entries - 200, entries + 2000))
    changed[at : at + 8] = data.draw(st.binary(min_size=1, max_size=8))
    path = small_gguf.with_name("changed.gguf")
    path.write_bytes(changed)
    assert described(path).format
