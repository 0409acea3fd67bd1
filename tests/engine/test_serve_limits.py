"""What the engine child refuses to load, and where memory, context and lanes end."""

import sys
import time

import psutil
import pytest

from steerlm_studio.engine.client import Engine
from steerlm_studio.errors import MemoryShort, StudioError
from steerlm_studio.protocol import Part
from tests.engine import tiny
from tests.engine.talk import hear, lane

BAD = {
    "no GGUF file": lambda whole: b"An oak." * 99,
    "ends too early": lambda whole: whole[: len(whole) // 2],
    "it is empty": lambda whole: b"",
}


@pytest.mark.parametrize("words", BAD)
def test_a_file_that_is_no_whole_model_is_refused_in_a_sentence(tmp_path, model, words):
    path = tmp_path / "bad.gguf"
    path.write_bytes(BAD[words](model.read_bytes()))
    with pytest.raises(StudioError, match=words), Engine(path):
        pass


def test_an_unknown_architecture_is_refused_by_its_name(tmp_path):
    path = tiny.write(tmp_path / "m.gguf", architecture="parrot")
    with pytest.raises(StudioError, match="'parrot'"), Engine(path):
        pass


def test_a_file_whose_tensors_are_another_familys_is_refused_by_llama_cpp(tmp_path):
    path = tiny.write(tmp_path / "m.gguf", architecture="falcon")
    with pytest.raises(StudioError, match=r"llama\.cpp could not load") as caught, Engine(path):
        pass
    assert "error loading model" in caught.value.detail


def test_a_context_that_cannot_fit_in_memory_is_refused_before_it_hangs(tmp_path):
    path = tiny.write(tmp_path / "m.gguf", shape=tiny.Shape(context=2**30))
    began = time.monotonic()
    with pytest.raises(StudioError, match="smaller context"), Engine(path, context=2**30):
        pass
    assert time.monotonic() - began < 20


@pytest.mark.skipif(sys.platform != "linux", reason="no such limit elsewhere")
def test_memory_that_runs_out_during_a_run_is_told_in_bytes_and_the_next_run_works(engine):
    """There is place enough to read a question of 24 MB, and none for its tokens, 96 MB more."""
    child = psutil.Process(engine.pid)
    most = child.memory_info().vms + 80 * 2**20
    child.rlimit(psutil.RLIMIT_AS, (most, psutil.RLIM_INFINITY))
    with pytest.raises(MemoryShort, match="memory ran out") as short:
        list(engine.generate([lane((Part("text", "tea " * 6_000_000),))]))
    assert short.value.needed > 0
    child.rlimit(psutil.RLIMIT_AS, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
    assert hear(engine.generate([lane()])).done is not None


def test_a_smaller_context_than_asked_for_is_told(model):
    with Engine(model, context=1_000_000, threads=1) as engine:
        assert engine.ready.context == 4096
    with Engine(model, context=300, threads=1) as engine:
        assert engine.ready.context == 300


def test_too_many_lanes_are_refused(model):
    with pytest.raises(StudioError, match="between 1 and 64"), Engine(model, lanes=65):
        pass


def test_the_most_lanes_work(model):
    with Engine(model, lanes=64, threads=1) as engine:
        heard = hear(engine.generate([lane(seed=n, max_tokens=3) for n in range(64)]))
        again = hear(engine.generate([lane(seed=n, max_tokens=3) for n in range(64)]))
    assert heard.texts == again.texts
    assert len(heard.ends) == 64
