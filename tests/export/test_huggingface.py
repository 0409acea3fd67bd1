"""A Hugging Face folder of the family is read like NeMo's checkpoints."""

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader

from steerlm_studio.errors import StudioError
from steerlm_studio.export.run import export
from tests.export import made
from tests.export.test_export import differences

SOURCE = made.FIXTURES / "hf_mha"


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(SOURCE, tmp_path / "model"))


def exported(source: Path, out: Path) -> Path:
    for _ in export(source, out, "F32", name="t", control="", origin="one"):
        pass
    return out


def test_it_computes_the_reference_logits(folder, tmp_path):
    worst, same = differences(exported(folder, tmp_path / "m.gguf"), "logits_mha.npz")
    assert worst < 1e-4
    assert same == 1


@pytest.mark.parametrize("spelling", sorted((SOURCE / "older-config-spellings").iterdir()))
def test_older_spellings_of_the_settings_mean_the_same(spelling, folder, tmp_path):
    newer = exported(folder, tmp_path / "newer.gguf")
    shutil.copy(spelling, folder / "config.json")
    assert exported(folder, tmp_path / "older.gguf").read_bytes() == newer.read_bytes()


def change(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model_type", "mixtral"),
        ("hidden_act", "silu"),
        ("attention_bias", True),
        ("head_dim", 32),
        ("num_key_value_heads", 3),
        ("architectures", ["NemotronForSequenceClassification"]),
    ],
)
def test_settings_of_another_model_are_named(key, value, folder, tmp_path):
    change(folder, **{key: value})
    with pytest.raises(StudioError, match=key):
        exported(folder, tmp_path / "m.gguf")


def test_stretched_positions_are_refused(folder, tmp_path):
    change(folder, rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4})
    with pytest.raises(StudioError, match="rope_type is “linear”"):
        exported(folder, tmp_path / "m.gguf")


def safetensors(path: Path, tensors: dict[str, np.ndarray]) -> None:
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, value in tensors.items():
        about = {"dtype": "F32", "shape": value.shape, "data_offsets": [at, at + value.nbytes]}
        header[name], at = about, at + value.nbytes
    head = json.dumps(header).encode()
    data = b"".join(value.tobytes() for value in tensors.values())
    path.write_bytes(len(head).to_bytes(8, "little") + head + data)


def load(path: Path) -> dict[str, np.ndarray]:
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    return {
        name: np.frombuffer(
            data, "<f4", math.prod(entry["shape"]), start + entry["data_offsets"][0]
        ).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def test_weights_in_several_files_are_found_through_their_index(folder, tmp_path):
    whole = exported(folder, tmp_path / "whole.gguf")
    tensors, places = load(folder / "model.safetensors"), {}
    for number in range(3):
        file = f"model-0000{number + 1}-of-00003.safetensors"
        part = {name: tensors[name] for name in sorted(tensors)[number::3]}
        safetensors(folder / file, part)
        places |= dict.fromkeys(part, file)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))
    parts = exported(folder, tmp_path / "parts.gguf")
    one, other = ({t.name: t.data for t in GGUFReader(p).tensors} for p in (whole, parts))
    assert one.keys() == other.keys()
    assert all((one[name] == other[name]).all() for name in one)
    (folder / "model-00002-of-00003.safetensors").unlink()
    with pytest.raises(StudioError, match="lacks model-00002"):
        exported(folder, tmp_path / "m.gguf")


def test_an_index_cannot_lead_out_of_the_folder(folder, tmp_path):
    places = {"lm_head.weight": "../outside.safetensors"}
    shutil.move(folder / "model.safetensors", tmp_path / "outside.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))
    with pytest.raises(StudioError, match=r"lacks \.\./outside"):
        exported(folder, tmp_path / "m.gguf")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data[:-1], "cut off"),
        (lambda data: data[:100], "cut off"),
        (lambda data: b"\xff" * 8 + data[8:], "cut off"),
        (lambda data: data[:8] + b"[" + data[9:], "damaged"),
        (lambda data: data.replace(b'"F32"', b'"I32"', 1), "I32"),
    ],
)
def test_damaged_weights_are_refused(damage, said, folder, tmp_path):
    path = folder / "model.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(StudioError, match=said):
        exported(folder, tmp_path / "m.gguf")


def test_a_folder_without_a_tokenizer_says_what_to_add(folder, tmp_path):
    (folder / "tokenizer.model").unlink()
    with pytest.raises(StudioError, match=r"no tokenizer\.model"):
        exported(folder, tmp_path / "m.gguf")
