"""A .nemo becomes a GGUF in which llama.cpp computes and tokenizes what NeMo does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader

from steerlm_studio.errors import StudioError
from steerlm_studio.export.run import Licence, export
from tests.export import llama, made

FIXTURES = made.FIXTURES
CONTROL = "quality:4,humor:0,lang:en"


def exported(checkpoint: Path, out: Path, type: str = "F32", **more: object) -> Path:
    for _ in export(checkpoint, out, type, name="tiny", control=CONTROL, **more):
        pass
    return out


def fields(path: Path) -> dict[str, object]:
    reader = GGUFReader(path)
    return {name: field.contents() for name, field in reader.fields.items()}


def differences(path: Path, reference: str) -> tuple[float, float]:
    """The largest difference of any logit, and the share of positions with the same best token."""
    known = np.load(FIXTURES / reference)
    worst, same = 0.0, []
    for name in sorted({key.rsplit(".", 1)[0] for key in known.files}):
        got = llama.logits(path, known[f"{name}.ids"].tolist())[known[f"{name}.positions"]]
        wanted = known[f"{name}.logits"]
        worst = max(worst, float(np.abs(got - wanted).max()))
        same += (got.argmax(1) == wanted.argmax(1)).tolist()
    return worst, float(np.mean(same))


@pytest.mark.parametrize(
    ("checkpoint", "reference"),
    [
        ("legacy_fp32.nemo", "logits_mha.npz"),
        ("legacy_bf16.nemo", "logits_mha_bf16_weights.npz"),
        ("mcore_single_bf16.nemo", "logits_mha_bf16_weights.npz"),
        ("mcore_zarr_bf16.nemo", "logits_mha_bf16_weights.npz"),
        ("mcore_torch_dist_bf16.nemo", "logits_mha_bf16_weights.npz"),
    ],
)
def test_an_f32_file_computes_the_reference_logits(checkpoint, reference, tmp_path):
    out = exported(FIXTURES / "nemo" / checkpoint, tmp_path / "model.gguf")
    worst, same = differences(out, reference)
    assert worst < 1e-4
    assert same == 1


# Measured 0.082 and 0.295 on logits between -9 and 9; every step left out moves them by 4 or more.
@pytest.mark.parametrize(("type", "tolerance"), [("BF16", 0.15), ("Q8_0", 0.5)])
def test_smaller_types_stay_close_to_the_reference(type, tolerance, tmp_path):
    out = exported(FIXTURES / "nemo" / "legacy_fp32.nemo", tmp_path / "model.gguf", type)
    worst, same = differences(out, "logits_mha.npz")
    assert worst < tolerance
    assert same > 0.9


@pytest.mark.parametrize("prefix", made.PREFIXES)
@pytest.mark.parametrize(
    "shape",
    [
        made.Shape(),
        made.Shape(heads=6, groups=2, head=16, width=96, ffn=160, rotary=1.0),
        made.Shape(heads=2, groups=1, head=32, layers=3, rotary=0.25, base=500.0),
        made.Shape(rows=640, plus_one=False),
    ],
    ids=["heads", "groups", "one-group", "padded-plain-norm"],
)
def test_other_shapes_compute_what_the_network_computes(shape, prefix, tmp_path):
    tensors = made.weights(shape, prefix)
    source = made.nemo(tmp_path / "model.nemo", tensors, made.config(shape))
    ids = [4, 300, 17, 511, 300, 5, 99, 258]
    wanted = made.logits(shape, tensors, prefix, ids)[:, : made.PIECES].numpy()
    got = llama.logits(exported(source, tmp_path / "model.gguf"), ids)
    assert got.shape == wanted.shape
    assert np.abs(got - wanted).max() < 1e-4


def test_a_packed_archive_with_other_member_names_gives_the_same_file(tmp_path):
    shape = made.Shape()
    settings = made.config(shape)
    files = [
        exported(
            made.nemo(tmp_path / name, made.weights(shape), settings, root=root, mode=mode),
            tmp_path / f"{name}.gguf",
            origin="the same",
        )
        for name, root, mode in (("a.nemo", "./", "w"), ("b.nemo", "", "w:gz"))
    ]
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("tokenizer", ["bpe_noprefix", "bpe_prefix"])
def test_llama_cpp_gives_the_ids_of_sentencepiece(tokenizer, tmp_path):
    model = (FIXTURES / "tokenizer" / f"{tokenizer}.model").read_bytes()
    known = json.loads((FIXTURES / "tokenizer" / f"{tokenizer}.expected_ids.json").read_text())
    shape = made.Shape(layers=1)
    source = made.nemo(
        tmp_path / "m.nemo", made.weights(shape), made.config(shape), tokenizer=model
    )
    out = exported(source, tmp_path / "m.gguf")
    with llama.loaded(out, vocabulary_only=True) as loaded:
        for entry in known["strings"]:
            assert llama.tokenize(loaded, llama.split(entry["text"])) == entry["ids"], entry["name"]
        for entry in known["literal_controls_in_user_text"]:
            ids = llama.tokenize(loaded, entry["segments"])
            assert [i for i, token in enumerate(ids) if 4 <= token < 14] == entry[
                "control_positions"
            ], entry["name"]


def test_the_file_says_what_it_is(tmp_path):
    out = exported(
        FIXTURES / "nemo" / "mcore_single_bf16.nemo",
        tmp_path / "model.gguf",
        "Q8_0",
        licence=Licence("apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
        sampling="demo",
        base_model="someone/base",
    )
    said = fields(out)
    assert said["general.architecture"] == "nemotron"
    assert said["general.name"] == "tiny"
    assert said["general.license"] == "apache-2.0"
    assert said["general.license.link"] == "https://www.apache.org/licenses/LICENSE-2.0"
    assert said["general.file_type"] == 7
    assert said["general.size_label"] == "214K"
    assert said["general.base_model.0.name"] == "base"
    assert said["general.base_model.0.repo_url"] == "https://huggingface.co/someone/base"
    assert said["steerlm.schema"] == "nemotron-3-8b"
    assert said["steerlm.template"] == "nemotron"
    assert said["steerlm.sampling"] == "demo"
    assert said["steerlm.origin"] == "mcore_single_bf16.nemo (NeMo 1.21.0)"
    assert said["steerlm.dummy_prefix"] is False
    assert said["tokenizer.ggml.eot_token_id"] == 5
    assert said["nemotron.attention.layer_norm_epsilon"] == pytest.approx(1e-5)
    assert said["nemotron.rope.dimension_count"] == 8
    assert said["nemotron.vocab_size"] == 512


def test_progress_ends_with_all_bytes(tmp_path):
    source = FIXTURES / "nemo" / "legacy_bf16.nemo"
    steps = list(export(source, tmp_path / "m.gguf", "q8_0", name="tiny", control=CONTROL))
    done = [step.done for step in steps]
    assert steps[0].step == "reading"
    assert steps[-1].step == "done"
    assert done == sorted(done)
    assert steps[-1].done == steps[-1].total


def test_the_source_is_left_as_it_was(tmp_path):
    source = tmp_path / "model.nemo"
    source.write_bytes((FIXTURES / "nemo" / "legacy_bf16.nemo").read_bytes())
    source.chmod(0o444)
    before = source.stat()
    exported(source, tmp_path / "model.gguf")
    assert source.stat().st_mtime_ns == before.st_mtime_ns
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.gguf", "model.nemo"]


def test_the_checkpoint_is_never_the_output(tmp_path):
    source = made.nemo(tmp_path / "m.nemo", {}, {})
    with pytest.raises(StudioError, match="would be overwritten"):
        exported(source, tmp_path / "." / "m.nemo")


def test_an_unknown_type_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(StudioError, match="F32, F16, BF16, Q8_0"):
        exported(FIXTURES / "nemo" / "legacy_bf16.nemo", tmp_path / "m.gguf", "Q9")


def test_stopping_half_way_leaves_nothing_and_an_older_file_as_it_was(tmp_path):
    out = tmp_path / "model.gguf"
    out.write_text("older")
    steps = export(FIXTURES / "nemo" / "legacy_fp32.nemo", out, "F32", name="tiny", control=CONTROL)
    while next(steps).done == 0:
        pass
    steps.close()
    assert [path.name for path in tmp_path.iterdir()] == ["model.gguf"]
    assert out.read_text() == "older"


def test_a_write_error_leaves_no_half_file_and_says_why(tmp_path):
    """A limit on the size of files stands in for a disk that becomes full while writing."""
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from steerlm_studio.export.run import export\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "for _ in export(Path(sys.argv[1]), Path(sys.argv[2]), 'F32', name='t', control=''): pass\n"
    )
    source, out = FIXTURES / "nemo" / "legacy_fp32.nemo", tmp_path / "model.gguf"
    done = subprocess.run(
        [sys.executable, "-c", script, source, out],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert "StudioError" in done.stderr
    assert "disk is full or a size limit was reached" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StudioError, match="nowhere"):
        exported(FIXTURES / "nemo" / "legacy_bf16.nemo", tmp_path / "nowhere" / "model.gguf")
