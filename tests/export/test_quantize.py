"""The small types: what the program streams is what llama.cpp's own quantization makes."""

import ctypes
import os
from pathlib import Path

import llama_cpp.llama_cpp as C
import numpy as np
import pytest
from gguf import GGUFReader, GGUFWriter

from steerlm_studio.errors import StudioError
from steerlm_studio.export import run
from steerlm_studio.export.file_types import FILE_TYPES, PLAIN
from steerlm_studio.export.importance import importance
from steerlm_studio.export.plan import file_bytes
from tests.export import llama, made

SMALL = [each for each in FILE_TYPES if each not in PLAIN]
WIDE = made.Shape(layers=4, width=256, heads=4, groups=4, head=64, ffn=512)
ODD = made.Shape(layers=2, width=96, heads=3, groups=3, head=32, ffn=160)


def about(**more: object) -> run.About:
    return run.About(name="tiny", control="quality:4", origin="one", **more)


def exported(source: Path, types: dict[Path, str], weighed=None, ffn_down: str = "") -> None:
    with run.opened(source) as opened:
        model = run.prepared(opened, about(), source.name, weighed)
        files = run.targets(model, types, ffn_down)
        sizes = [file_bytes(model, target) for target in files]
        for _ in run.written(model, files):
            pass
    assert [path.stat().st_size for path in types] == sizes


def by_llama_cpp(source: Path, out: Path, type: str, weighed=None) -> None:
    """What `llama-quantize` does."""
    params = C.llama_model_quantize_default_params()
    params.ftype, params.nthread = FILE_TYPES[type], 1
    if weighed:
        entries = [
            C.llama_model_imatrix_data(
                name.encode(), v.ctypes.data_as(ctypes.POINTER(ctypes.c_float)), len(v)
            )
            for name, v in weighed.items()
        ]
        params.imatrix = (C.llama_model_imatrix_data * (len(entries) + 1))(*entries)
    names = os.fsencode(source), os.fsencode(out)
    assert C.llama_model_quantize(*names, ctypes.byref(params)) == 0


def tensors(path: Path) -> dict[str, tuple[str, bytes]]:
    return {t.name: (t.tensor_type.name, t.data.tobytes()) for t in GGUFReader(path).tensors}


@pytest.fixture(scope="module")
def wide(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wide")
    source = made.nemo(folder / "m.nemo", made.weights(WIDE), made.config(WIDE))
    exported(source, {folder / "f32.gguf": "F32"})
    return folder


def weights_of_columns(shape: made.Shape) -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    return {
        f"blk.{layer}.{name}.weight": random.random(width, np.float32) + 0.01
        for layer in range(shape.layers)
        for name, width in (
            ("attn_q", shape.width),
            ("ffn_up", shape.width),
            ("ffn_down", shape.ffn),
        )
    }


def test_all_types_from_one_reading_are_those_of_llama_cpp(wide, tmp_path):
    types = {tmp_path / f"{each}.gguf": each for each in SMALL}
    exported(wide / "m.nemo", types)
    for path, kind in types.items():
        by_llama_cpp(wide / "f32.gguf", tmp_path / "theirs.gguf", kind)
        assert tensors(path) == tensors(tmp_path / "theirs.gguf"), kind


@pytest.mark.parametrize("type", ["Q4_K_M", "IQ4_XS", "Q2_K", "Q4_0"])
def test_an_importance_matrix_weighs_the_columns_as_in_llama_cpp(type, wide, tmp_path):
    weighed = weights_of_columns(WIDE)
    exported(wide / "m.nemo", {tmp_path / "ours.gguf": type}, weighed)
    by_llama_cpp(wide / "f32.gguf", tmp_path / "theirs.gguf", type, weighed)
    assert tensors(tmp_path / "ours.gguf") == tensors(tmp_path / "theirs.gguf")
    exported(wide / "m.nemo", {tmp_path / "plain.gguf": type})
    assert tensors(tmp_path / "plain.gguf") != tensors(tmp_path / "ours.gguf")


def test_rows_that_fill_no_blocks_fall_back_as_in_llama_cpp(tmp_path):
    source = made.nemo(tmp_path / "m.nemo", made.weights(ODD), made.config(ODD))
    exported(source, {tmp_path / "f32.gguf": "F32", tmp_path / "q4.gguf": "Q4_K_M"})
    by_llama_cpp(tmp_path / "f32.gguf", tmp_path / "theirs.gguf", "Q4_K_M")
    assert tensors(tmp_path / "q4.gguf") == tensors(tmp_path / "theirs.gguf")


def test_a_quantized_network_still_computes_nearly_the_same(wide, tmp_path):
    exported(wide / "m.nemo", {tmp_path / "q6.gguf": "Q6_K"})
    ids = [4, 300, 17, 511, 300, 5, 99, 258]
    exact, close = (llama.logits(p, ids) for p in (wide / "f32.gguf", tmp_path / "q6.gguf"))
    assert np.corrcoef(exact.ravel(), close.ravel())[0, 1] > 0.995


def test_ffn_down_can_be_kept_large(wide, tmp_path):
    exported(wide / "m.nemo", {tmp_path / "m.gguf": "Q4_K_M"}, ffn_down="q8_0")
    kinds = {name: kind for name, (kind, _) in tensors(tmp_path / "m.gguf").items()}
    assert kinds["blk.3.ffn_down.weight"] == "Q8_0"
    assert kinds["blk.3.ffn_up.weight"] == "Q4_K"
    with pytest.raises(StudioError, match="no format for ffn_down"):
        exported(wide / "m.nemo", {tmp_path / "m.gguf": "Q4_K_M"}, ffn_down="Q9")


def test_ffn_down_must_fill_its_blocks(tmp_path):
    source = made.nemo(tmp_path / "m.nemo", made.weights(ODD), made.config(ODD))
    with pytest.raises(StudioError, match="160 values and Q6_K needs blocks of 256"):
        exported(source, {tmp_path / "m.gguf": "Q8_0"}, ffn_down="Q6_K")


def test_f16_refuses_values_beyond_its_range(tmp_path):
    weights = made.weights(made.Shape())
    weights["model.language_model.output_layer.weight"][3, 3] = 70000
    source = made.nemo(tmp_path / "m.nemo", weights, made.config(made.Shape()))
    with pytest.raises(StudioError, match=r"output\.weight holds 70000, and F16 ends at 65504"):
        exported(source, {tmp_path / "m.gguf": "F16"})
    assert [path.name for path in tmp_path.iterdir()] == ["m.nemo"]


def matrix_gguf(path: Path, weighed: dict[str, np.ndarray], kind: str = "imatrix") -> None:
    writer = GGUFWriter(path, "none")
    writer.add_type(kind)
    for name, values in weighed.items():
        writer.add_tensor(f"{name}.in_sum2", values * 8)
        writer.add_tensor(f"{name}.counts", np.array([8], np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def matrix_dat(path: Path, weighed: dict[str, np.ndarray]) -> None:
    data = len(weighed).to_bytes(4, "little")
    for name, values in weighed.items():
        for number in (len(name), name.encode(), 4, len(values)):
            data += number if isinstance(number, bytes) else number.to_bytes(4, "little")
        data += (values * 4).astype("<f4").tobytes()
    path.write_bytes(data + (1).to_bytes(4, "little"))


@pytest.mark.parametrize("write", [matrix_gguf, matrix_dat])
def test_both_forms_of_an_importance_matrix_are_read(write, tmp_path):
    weighed = weights_of_columns(WIDE)
    write(tmp_path / "m", weighed)
    found = importance(tmp_path / "m")
    assert found.keys() == weighed.keys()
    assert all(np.allclose(found[name], weighed[name]) for name in weighed)


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "no importance matrix"), (b"\1\0\0\0\4\0\0\0name\1\0\0\0\xff\xff\xff\xff", "no import")],
)
def test_what_is_no_importance_matrix_is_refused(data, said, tmp_path):
    (tmp_path / "m.dat").write_bytes(data)
    with pytest.raises(StudioError, match=said):
        importance(tmp_path / "m.dat")
    matrix_gguf(tmp_path / "m.gguf", weights_of_columns(ODD), kind="model")
    with pytest.raises(StudioError, match="says otherwise"):
        importance(tmp_path / "m.gguf")


def test_an_importance_matrix_of_another_model_is_refused(wide, tmp_path):
    out = {tmp_path / "m.gguf": "Q4_K_M"}
    with pytest.raises(StudioError, match="made for another model"):
        exported(wide / "m.nemo", out, weights_of_columns(ODD))
    with pytest.raises(StudioError, match="names no tensor"):
        exported(wide / "m.nemo", out, {"strange": np.ones(4, np.float32)})
