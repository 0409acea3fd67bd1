"""Settings with any value in any place are read or refused in words, never with a trace."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steerlm_studio.errors import StudioError
from steerlm_studio.export import run
from tests.export import made

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["0", "1e99", "rmsnorm", "swiglu", "squared-relu", "${x}", "../x", "\x00"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def is_exported_or_refused(source: Path, out: Path) -> bool:
    out.unlink(missing_ok=True)
    try:
        for _ in run.export(source, out, "BF16", name="t", control="", origin="o"):
            pass
    except StudioError as error:
        return len(str(error)) > 20 and not out.exists()
    return out.exists()


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("settings")


@pytest.fixture(scope="module")
def folder(place: Path) -> Path:
    source = made.FIXTURES / "hf_mha"
    for name in ("tokenizer.model", "model.safetensors"):
        (place / name).write_bytes((source / name).read_bytes())
    return place


@given(st.data())
@MANY
def test_settings_of_gpt_next(place: Path, data: st.DataObject) -> None:
    shape = made.Shape(layers=1)
    config = made.config(shape)
    for key in data.draw(st.lists(st.sampled_from(sorted(config)), min_size=1, max_size=3)):
        config[key] = data.draw(ODD)
    source = made.nemo(place / "m.nemo", made.weights(shape), config)
    assert is_exported_or_refused(source, place / "m.gguf")


@given(st.data())
@MANY
def test_settings_of_hugging_face(folder: Path, data: st.DataObject) -> None:
    config = json.loads((made.FIXTURES / "hf_mha" / "config.json").read_text())
    for key in data.draw(st.lists(st.sampled_from(sorted(config)), min_size=1, max_size=3)):
        config[key] = data.draw(ODD)
    (folder / "config.json").write_text(json.dumps(config))
    assert is_exported_or_refused(folder, folder / "f.gguf")
