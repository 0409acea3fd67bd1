"""A tiny model for the whole session, in a file and loaded."""

import pytest

from steerlm_studio.engine.client import Engine
from steerlm_studio.engine.lanes import Lanes
from steerlm_studio.engine.limits import Limits
from steerlm_studio.engine.llama import Llama
from steerlm_studio.engine.prompt import Tokenizer
from steerlm_studio.engine.threads import Threads
from tests.engine import tiny
from tests.engine.peer import Peer

LANES = 4


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """A random model with the vocabulary of the fixtures and 4096 tokens of context."""
    return tiny.write(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def llama(model):
    loaded = Llama(str(model), cells=8192, sequences=LANES + 10, threads=1)
    yield loaded
    loaded.close()


@pytest.fixture
def tokenizer(llama):
    return Tokenizer(llama)


@pytest.fixture
def lanes_within(llama, tokenizer):
    """Makes an engine that has not evaluated anything yet, within limits."""
    llama.clear()
    llama.abort(False)
    llama.set_threads(1)
    return lambda **limits: Lanes(llama, tokenizer, Limits(**limits), Threads(1))


@pytest.fixture
def lanes(lanes_within):
    return lanes_within(context=4096, cells=8192, lanes=LANES)


@pytest.fixture
def peer():
    """A server that answers as the test tells it to."""
    with Peer().running() as peer:
        yield peer


@pytest.fixture
def engine(model):
    with Engine(model, lanes=2, threads=1) as started:
        yield started
