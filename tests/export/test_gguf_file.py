"""What is written: types per tensor, slabs, sizes, room."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, quants

from steerlm_studio.errors import StudioError
from steerlm_studio.export import gguf_file
from steerlm_studio.export.file_types import PLAIN, data_bytes, plain_kinds
from steerlm_studio.export.tensors import Dtype, Stored

RANDOM = np.random.default_rng(3).standard_normal((70, 64)).astype("f4")


def tensor(values: np.ndarray, dtype: Dtype = "F32") -> Stored:
    data = values.tobytes()
    return Stored(values.shape, dtype, lambda offset, size: data[offset : offset + size])


def written(path: Path, tensors: dict[str, Stored], type: str) -> dict[str, tuple[str, np.ndarray]]:
    for _ in gguf_file.write(path, "nemotron", {"a.text": "x", "a.list": [1, 2]}, tensors, type):
        pass
    return {t.name: (t.tensor_type.name, np.array(t.data)) for t in GGUFReader(path).tensors}


@pytest.mark.parametrize("type", PLAIN)
@pytest.mark.parametrize("slab", [64, 1000, 1 << 20])
def test_slabs_of_any_size_make_the_same_file(type, slab, tmp_path, monkeypatch):
    monkeypatch.setattr(gguf_file, "SLAB", slab)
    [(kind, data)] = written(tmp_path / "m.gguf", {"w": tensor(RANDOM)}, type).values()
    assert kind == type
    whole = quants.quantize(RANDOM, GGMLQuantizationType[type])
    assert data.tobytes() == whole.tobytes()


def test_vectors_stay_f32_and_odd_rows_become_bf16(tmp_path):
    tensors = {"v": tensor(RANDOM[0]), "odd": tensor(RANDOM[:, :33].copy())}
    kinds = written(tmp_path / "m.gguf", tensors, "Q8_0")
    assert kinds["v"][0] == "F32"
    assert kinds["odd"][0] == "BF16"


def test_bf16_bits_pass_through_unchanged(tmp_path):
    bits = np.arange(0, 0x7F80, 17, dtype="<u2")[:1024].reshape(16, 64)
    [(kind, data)] = written(tmp_path / "m.gguf", {"w": tensor(bits, "BF16")}, "BF16").values()
    assert kind == "BF16"
    assert data.tobytes() == bits.tobytes()


def test_half_precision_sources_are_widened(tmp_path):
    half = RANDOM.astype("<f2")
    [(_, data)] = written(tmp_path / "m.gguf", {"w": tensor(half, "F16")}, "F32").values()
    assert (data == half.astype("f4")).all()


@pytest.mark.parametrize("type", PLAIN)
def test_the_size_is_known_before_anything_is_written(type, tmp_path):
    tensors = {"w": tensor(RANDOM), "v": tensor(RANDOM[0, :5].copy()), "x": tensor(RANDOM)}
    out = tmp_path / "m.gguf"
    written(out, tensors, type)
    first = min(t.data_offset for t in GGUFReader(out).tensors)
    assert out.stat().st_size - first == data_bytes(tensors, plain_kinds(tensors, type))


def test_too_little_room_is_said_before_anything_is_written(tmp_path):
    huge = Stored((1 << 24, 1 << 24), "F32", lambda offset, size: b"")
    with pytest.raises(StudioError, match="GB free"):
        written(tmp_path / "m.gguf", {"w": huge}, "F32")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_finite_numbers_leave_no_file(bad, tmp_path):
    values = RANDOM.copy()
    values[50, 3] = bad
    with pytest.raises(StudioError, match="the bad one"):
        written(tmp_path / "m.gguf", {"w": tensor(RANDOM), "the bad one": tensor(values)}, "Q8_0")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_export_left_vanishes_and_what_another_writes_stays(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, others = (tmp_path / f".m.gguf.{pid}.partial" for pid in (ended.pid, os.getppid()))
    for path in (left, others, tmp_path / ".m.gguf.x.partial"):
        path.write_bytes(b"half")
    written(tmp_path / "m.gguf", {"w": tensor(RANDOM)}, "BF16")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted([others.name, ".m.gguf.x.partial", "m.gguf"])
