"""Checkpoints that must not be converted are refused by name, and nothing in them is run."""

import io
import os
import pickle
import random
import re
import subprocess
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
import torch
import yaml

from steerlm_studio.errors import StudioError
from steerlm_studio.export.run import export
from tests.export import made

FIXTURES = made.FIXTURES


def refusal(checkpoint: Path, folder: Path) -> str:
    """The sentence that export ends with; nothing may have appeared in `folder`."""
    before = sorted(folder.rglob("*"))
    with pytest.raises(StudioError) as raised:
        for _ in export(checkpoint, folder / "out.gguf", "F32", name="t", control=""):
            pass
    assert sorted(folder.rglob("*")) == before
    return str(raised.value)


@pytest.mark.parametrize(
    ("file", "reasons"),
    [
        ("pickle_runs_code.nemo", ("exec", "nothing of it was run")),
        ("tar_paths.nemo", ("../ESCAPED_PARENT.txt", "leaves its own folder")),
        ("truncated.nemo", ("cut off",)),
        ("gated_mlp.nemo", ("gated MLP", "activation")),
        ("missing_tensor.nemo", ("layers.1.mlp.dense_4h_to_h.weight", "lacks")),
        ("wrong_norm_rmsnorm.nemo", ("rmsnorm", "normalization")),
    ],
)
def test_each_hostile_file_gets_its_named_refusal(file, reasons, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = refusal(FIXTURES / "hostile" / file, tmp_path)
    for reason in reasons:
        assert reason in said
    assert not list(tmp_path.parent.glob("*ESCAPED*"))


class Runs:
    """What a pickle can do: call anything when it is loaded."""

    def __init__(self, call, *arguments):
        self.reduced = (call, arguments)

    def __reduce__(self):
        return self.reduced


@pytest.mark.parametrize("call", [os.system, subprocess.check_output, eval])
def test_whatever_a_pickle_calls_it_is_not_called(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shape = made.Shape()
    evil = Runs(call, "open('PWNED', 'w')" if call is eval else "touch PWNED")
    tensors = {"evil": evil, **made.weights(shape)}
    source = made.nemo(tmp_path / "m.nemo", tensors, made.config(shape))
    assert call.__name__ in refusal(source, tmp_path)


def test_a_refusal_does_not_repeat_how_to_switch_the_check_off(tmp_path):
    shape = made.Shape()
    tensors = {"evil": Runs(os.system, "true"), **made.weights(shape)}
    source = made.nemo(tmp_path / "m.nemo", tensors, made.config(shape))
    with pytest.raises(StudioError) as refused:
        list(export(source, tmp_path / "m.gguf", "Q8_0", name="x", control=""))
    assert "weights_only" not in f"{refused.value} {refused.value.detail}"


def test_a_bare_pickle_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    members = {
        "model_config.yaml": yaml.safe_dump(made.config(made.Shape())).encode(),
        "abc_tiny.model": made.TOKENIZER.read_bytes(),
        "model_weights.ckpt": pickle.dumps(Runs(os.system, "touch PWNED")),
    }
    assert "zip form" in refusal(made.tar(tmp_path / "m.nemo", members), tmp_path)


def distributed(path: Path, metadata: bytes) -> Path:
    members = {
        "model_config.yaml": yaml.safe_dump(made.config(made.Shape())).encode(),
        "abc_tiny.model": made.TOKENIZER.read_bytes(),
        "model_weights/.metadata": metadata,
    }
    return made.tar(path, members)


@pytest.mark.parametrize("bomb", [b"\x80\x02}r\xff\xff\xff\x7f.", b"\x80\x05\x96" + b"\xff" * 8])
def test_the_metadata_of_a_distributed_checkpoint_cannot_ask_for_memory(bomb, tmp_path):
    """A place in the unpickler's memo is a number; the largest would be a list of 16 GB."""
    assert "model_weights/.metadata" in refusal(distributed(tmp_path / "m.nemo", bomb), tmp_path)


@pytest.mark.parametrize("protocol", [2, 4])
def test_the_metadata_of_a_distributed_checkpoint_calls_nothing(protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evil = pickle.dumps(Runs(os.system, "touch PWNED"), protocol)
    assert "posix.system" in refusal(distributed(tmp_path / "m.nemo", evil), tmp_path)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(kind, tmp_path):
    source = tmp_path / "m.nemo"
    with tarfile.open(source, "w") as file:
        info = tarfile.TarInfo("model_config.yaml")
        info.type, info.linkname = kind, "/etc/hostname"
        file.addfile(info)
    assert "link or device" in refusal(source, tmp_path)


def test_a_member_that_comes_twice_is_refused(tmp_path):
    source = tmp_path / "m.nemo"
    with tarfile.open(source, "w") as file:
        for name in ("./model_config.yaml", "model_config.yaml"):
            file.addfile(tarfile.TarInfo(name), io.BytesIO())
    assert "twice" in refusal(source, tmp_path)


@pytest.mark.parametrize("absolute", ["/etc/passwd", "a/../../b", ".."])
def test_paths_that_leave_the_archive_are_refused(absolute, tmp_path):
    source = made.tar(tmp_path / "m.nemo", {absolute: b"x"})
    assert "leaves its own folder" in refusal(source, tmp_path)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_a_file_that_ends_early_is_said_to_be_cut_off(mode, share, tmp_path):
    shape = made.Shape()
    source = made.nemo(tmp_path / "m.nemo", made.weights(shape), made.config(shape), mode=mode)
    data = source.read_bytes()
    source.write_bytes(data[: int(len(data) * share)])
    said = refusal(source, tmp_path)
    assert "cut off" in said or "no tar archive" in said


def test_files_that_are_no_checkpoint_are_refused(tmp_path):
    text = tmp_path / "notes.nemo"
    text.write_text("hello" * 1000)
    assert "no tar archive" in refusal(text, tmp_path)
    assert "no model_config.yaml" in refusal(made.tar(tmp_path / "m.nemo", {"a": b""}), tmp_path)
    assert "cannot be opened" in refusal(tmp_path / "absent.nemo", tmp_path)


@pytest.mark.parametrize("text", [b"[1, 2", b"- a", b"\xff\xfe", b"!!python/object:os.system {}"])
def test_settings_that_are_no_settings_are_refused(text, tmp_path):
    source = made.tar(tmp_path / "m.nemo", {"model_config.yaml": text})
    assert "model_config.yaml" in refusal(source, tmp_path)


def test_settings_nested_without_end_are_refused(tmp_path):
    source = made.tar(tmp_path / "m.nemo", {"model_config.yaml": b"[" * 100_000})
    assert "not valid YAML" in refusal(source, tmp_path)


def test_values_that_are_no_numbers_are_refused(tmp_path):
    shape = made.Shape()
    tensors = made.weights(shape)
    tensors["model.language_model.output_layer.weight"][3, 3] = float("nan")
    source = made.nemo(tmp_path / "m.nemo", tensors, made.config(shape))
    assert "output.weight" in refusal(source, tmp_path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tensor: tensor.to(torch.int8), "int8"),
        (lambda tensor: tensor.t().contiguous().t(), "row by row"),
        (lambda tensor: tensor[:-1].clone(), "do not belong together"),
    ],
)
def test_a_tensor_of_another_form_is_named(change, reason, tmp_path):
    shape = made.Shape()
    tensors = made.weights(shape)
    name = "model.language_model.encoder.layers.1.mlp.dense_4h_to_h.weight"
    tensors[name] = change(tensors[name])
    said = refusal(made.nemo(tmp_path / "m.nemo", tensors, made.config(shape)), tmp_path)
    assert name in said
    assert reason in said


LAYOUTS = sorted((FIXTURES / "nemo").iterdir())
MUTATED = {path.name: path.read_bytes() for path in LAYOUTS}


@pytest.mark.parametrize("name", MUTATED)
def test_a_damaged_checkpoint_is_exported_or_refused_but_never_a_trace(name, tmp_path):
    """Bytes among the headers, settings, pickles and indexes, where damage does most."""
    dice, source, out = random.Random(name), tmp_path / "m.nemo", tmp_path / "m.gguf"
    marks = (b"ustar", b"PK", b"hidden_size", b"chunks", b"offsets")
    places = [place for mark in marks for place in _all(MUTATED[name], mark)]
    for _ in range(25):
        content = bytearray(MUTATED[name])
        for _ in range(dice.randint(1, 4)):
            at = dice.choice(places) + dice.randint(-300, 300)
            content[at % len(content)] = dice.randrange(256)
        source.write_bytes(content)
        with suppress(StudioError):
            for _ in export(source, out, "F32", name="t", control=""):
                pass
        assert {path.name for path in tmp_path.iterdir()} <= {"m.nemo", "m.gguf"}


def _all(content: bytes, mark: bytes) -> list[int]:
    return [match.start() for match in re.finditer(mark, content)]
