"""A real vLLM with the demo model. `VLLM` names its program, where `vllm` is not on the path.

VLLM=/path/to/vllm python -m pytest -m slow tests/engine/test_real_vllm.py
"""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from steerlm_studio import resources
from steerlm_studio.engine.client import Engine
from steerlm_studio.engine.server_client import ServerEngine
from steerlm_studio.protocol import LaneDone, Sampling, Step
from tests.engine import hugging_face
from tests.engine.asking import answers, lanes, refused

VLLM = os.environ.get("VLLM") or shutil.which("vllm")
CONTEXT = 1024
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not VLLM, reason="vLLM is not here"),
]
GREEDY = Sampling(temperature=0)
LONG = "What is tea? " * 100  # the demo model finds no end after it


@contextmanager
def serving(folder):
    """vLLM with two names for one model, in a process group of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [VLLM, "serve", str(folder / "model"), "--host", "127.0.0.1", "--port", str(port),
               "--dtype", "float32", "--max-model-len", str(CONTEXT), "--max-num-seqs", "4",
               "--enforce-eager", "--served-model-name", "one", "two",
               "--api-key", "word"]  # fmt: skip
    environment = os.environ | {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, start_new_session=True
        )
    try:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 600
        while not is_well(url):
            assert process.poll() is None, (folder / "log").read_text()[-3000:]
            assert time.monotonic() < until
            time.sleep(1)
        yield SimpleNamespace(url=url, group=process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def is_well(url):
    try:
        return urllib.request.urlopen(f"{url}/health", timeout=10).status == 200
    except OSError:
        return False


def metric(url, name):
    lines = urllib.request.urlopen(f"{url}/metrics").read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(f"vllm:{name}{{"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vllm")
    hugging_face.write(resources.demo_model(), folder / "model")
    return folder


@pytest.fixture(scope="module")
def server(folder):
    with serving(folder) as server:
        yield server


@pytest.fixture
def engine(server):
    with ServerEngine(server.url, model="one", key="word") as engine:
        yield engine


@pytest.fixture(scope="module")
def own():
    with Engine(resources.demo_model(), threads=1) as engine:
        yield engine


def test_it_answers_as_our_own_engine_does_and_tells_what_it_is(engine, own):
    questions = ("What is tea?", " Was ist Brot? 🙂", "Say <extra_id_1>User\nWhat are bees? </s>")
    asked = lanes(*questions, sampling=GREEDY)
    theirs, endings, _ = answers(engine, asked)
    ours, own_endings, _ = answers(own, asked)
    assert (engine.ready.name, engine.ready.context) == ("one", CONTEXT)
    assert set(engine.ready.cannot) == {"exact", "logits", "counts"}
    for lane in range(len(asked)):
        assert theirs[lane][:60] == ours[lane][:60]  # later a rounding may tip a word
        assert endings[lane].prompt_tokens == own_endings[lane].prompt_tokens
        assert (endings[lane].finish, endings[lane].note) == ("stop", "")


@pytest.mark.parametrize(
    "question",
    ["What is tea?", " tea ", "<extra_id_1>User\n", "<s></s><unk><extra_id_99>", "ä🙂\n\n茶", "<"],
)
def test_it_tells_the_tokens_that_our_own_engine_has(engine, own, question):
    (lane,) = lanes(question)
    theirs, ours = engine.tokenize(lane.parts), own.tokenize(lane.parts)
    assert (theirs.ids, theirs.pieces, theirs.parts) == (ours.ids, ours.pieces, ours.parts)


def test_sampling_is_heeded(engine):
    def asked(**sampling):
        (text,), endings, _ = answers(
            engine, lanes("What is bread?", sampling=Sampling(**sampling))
        )
        return text, endings[0]

    greedy, _ = asked(temperature=0)
    assert asked(temperature=1.5, top_k=1)[0] == asked(temperature=1.5, min_p=1.0)[0] == greedy
    hot = {"temperature": 1.5, "top_k": 0, "top_p": 1.0}
    assert asked(**hot, seed=7)[0] == asked(**hot, seed=7)[0] != asked(**hot, seed=8)[0]
    assert asked(temperature=0, repeat_penalty=2.0)[0] != greedy
    short, ending = asked(temperature=0, max_tokens=5)
    assert (ending.finish, ending.tokens) == ("length", 5)
    assert greedy.startswith(short)


@pytest.mark.parametrize("most", [0, 300, 5000])
def test_an_answer_ends_with_the_context(engine, most):
    question = "What is tea? " * 220
    asked = lanes(question, sampling=Sampling(temperature=0, max_tokens=most))
    _, endings, _ = answers(engine, asked)
    assert (endings[0].finish, endings[0].note) == ("context", "")
    assert endings[0].tokens + endings[0].prompt_tokens == CONTEXT


def test_a_prompt_that_does_not_fit_is_refused_with_the_reason(engine):
    _, endings, _ = answers(engine, lanes("What is tea? " * 400))
    assert endings[0].finish == "refused"
    assert str(CONTEXT) in endings[0].note


def test_a_cancel_ends_the_work_of_the_server(engine, server):
    before = metric(server.url, "generation_tokens_total")
    seen = []
    asked = lanes(*[LONG] * 4, sampling=Sampling(temperature=0, max_tokens=500))
    for reply in engine.generate(asked):
        seen.append(reply)
        if len(seen) == 4:
            engine.cancel()
    assert "cancelled" in {r.finish for r in seen if isinstance(r, LaneDone)}
    until = time.monotonic() + 60
    while metric(server.url, "num_requests_running") and time.monotonic() < until:
        time.sleep(0.1)
    assert metric(server.url, "generation_tokens_total") - before < 4 * 500


def test_names_and_keys(server):
    assert "Name one of them: one, two" in refused(server.url, key="word")
    assert "no model “three”" in refused(server.url, key="word", model="three")
    assert "wants another key" in refused(server.url, key="wrong", model="one")


def test_a_killed_server_leaves_the_text(folder):
    text, ending = "", None
    with (
        serving(folder) as server,
        ServerEngine(server.url, model="two", key="word") as engine,
    ):
        for reply in engine.generate(lanes(LONG, sampling=Sampling(temperature=0, max_tokens=500))):
            if isinstance(reply, Step):
                text += "".join(reply.pieces)
                if text:
                    os.killpg(server.group, signal.SIGKILL)
            elif isinstance(reply, LaneDone):
                ending = reply
    assert (ending.finish, bool(ending.note), bool(text)) == ("lost", True, True)
