import numpy as np
import pytest

from steerlm_studio.cli.prompt import sent
from steerlm_studio.engine import header
from steerlm_studio.engine.llama import Llama
from steerlm_studio.engine.prompt import Tokenizer
from steerlm_studio.errors import StudioError
from steerlm_studio.export import random_model
from steerlm_studio.export.random_model import SIZES, Size, written_model
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.steer.template import render
from tests.engine.talk import prompt


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setitem(SIZES, "small", Size(random_model._network(layers=3, width=256), 5000))


@pytest.mark.parametrize("kind", ["Q4_K_M", "Q8_0", "BF16"])
def test_a_random_model_passes_our_checks_and_gives_finite_numbers_that_differ(
    small, tmp_path, kind
):
    out = tmp_path / "m.gguf"
    last = list(written_model("small", kind, out))[-1]
    assert last.done == last.total
    assert header.read(out).number("block_count") == 3
    llama = Llama(str(out), cells=256, sequences=2)
    try:
        ids = Tokenizer(llama).prompt(prompt()).ids
        assert all(llama.is_control(i) for i in (ids[0], Tokenizer(llama).unit("<extra_id_1>")))
        llama.decode([(t, i, (0,), i == len(ids) - 1) for i, t in enumerate(ids)])
        logits = llama.logits(len(ids) - 1)
        assert np.isfinite(logits).all()
        assert len(np.unique(logits)) > 4900  # few ties, or sampling would be slower than it is
    finally:
        llama.close()


def test_the_sizes_are_those_of_the_real_architecture():
    eight = random_model.random_model("8b", SIZES["8b"])
    total = sum(int(np.prod(tensor.shape)) for tensor in eight.tensors.values())
    assert 8.4e9 < total < 8.7e9
    assert len(eight.metadata["tokenizer.ggml.tokens"]) == 256_000
    assert len(set(eight.metadata["tokenizer.ggml.tokens"])) == 256_000


def test_a_control_string_costs_some_ninety_tokens_as_with_a_trained_tokenizer(small, tmp_path):
    out = tmp_path / "m.gguf"
    list(written_model("small", "Q8_0", out))
    llama = Llama(str(out), cells=256, sequences=2)
    try:
        control = Tokenizer(llama).prompt(sent(render(Conversation(), "Hi", DEFAULT))[-1:]).ids
    finally:
        llama.close()
    assert 80 <= len(control) <= 95


def test_an_unknown_size_is_refused_in_words(tmp_path):
    with pytest.raises(StudioError, match="250m"):
        list(written_model("9b", "Q8_0", tmp_path / "m.gguf"))
    assert not list(tmp_path.iterdir())
