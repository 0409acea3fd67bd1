"""A real llama-server with the demo model. `make yardsticks` builds it; LLAMA_SERVER names another.

python -m pytest -m slow tests/engine/test_real_llama_server.py
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from steerlm_studio import resources
from steerlm_studio.cli.prompt import sent
from steerlm_studio.engine.client import Engine
from steerlm_studio.engine.server_client import ServerEngine
from steerlm_studio.protocol import Lane, LaneDone, Sampling, Step
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.steer.template import render
from tests.engine.asking import answers, refused

BUILT = Path(__file__).parents[2] / "build/yardsticks/build/bin/llama-server"
SERVER = Path(os.environ.get("LLAMA_SERVER", BUILT))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SERVER.is_file(), reason="make yardsticks builds llama-server"),
]


def lanes(*values, question="What is tea?", **sampling):
    """The question at these verbosities."""
    chosen = Sampling(temperature=0, **sampling)
    return [
        Lane(sent(render(Conversation(), question, DEFAULT.having(verbosity=v))), chosen)
        for v in values
    ]


@pytest.fixture
def server():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(SERVER), "-m", str(resources.demo_model()), "--host", "127.0.0.1", "--port",
               str(port), "-np", "2", "-c", "4096", "-t", "1", "--api-key", "word"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process.url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield process
    process.kill()
    process.wait()


def test_it_answers_as_our_own_engine_does_and_tells_what_it_is(server):
    with ServerEngine(server.url, key="word") as engine:
        ready = engine.ready
        (theirs,), endings, _ = answers(engine, lanes(4))
        ids = engine.tokenize(lanes(4)[0].parts).ids
    with Engine(resources.demo_model(), threads=1) as engine:
        (ours,), own, _ = answers(engine, lanes(4))
        assert ids == engine.tokenize(lanes(4)[0].parts).ids
    assert (ready.lanes, ready.context, ready.quant) == (2, 2048, "Q8_0")
    assert theirs[:60] == ours[:60]  # later a rounding may tip a word
    assert endings[0].finish == own[0].finish == "stop"
    assert endings[0].prompt_tokens == own[0].prompt_tokens
    assert theirs != ours or endings[0].tokens == own[0].tokens


def test_a_slider_move_reads_the_control_string_alone(server):
    with ServerEngine(server.url, key="word") as engine:
        long = "What is tea? " * 40
        _, _, cold = answers(engine, lanes(4, 0, question=long, max_tokens=4))
        _, endings, moved = answers(engine, lanes(3, 1, question=long, max_tokens=4))
    total = sum(ending.prompt_tokens for ending in endings.values())
    assert moved.evaluated + moved.reused == total
    assert moved.evaluated < 0.2 * total < cold.evaluated


def test_more_lanes_than_slots_are_all_answered(server):
    with ServerEngine(server.url, key="word", concurrency=8) as engine:
        texts, _, _ = answers(engine, lanes(0, 1, 2, 3, 4))
    assert all("tea" in text.lower() for text in texts)


def test_a_cancel_frees_the_slots(server):
    with ServerEngine(server.url, key="word") as engine:
        seen = []
        for reply in engine.generate(lanes(4, 4, max_tokens=2000)):
            seen.append(reply)
            if len(seen) == 4:
                engine.cancel()
        assert {r.finish for r in seen if isinstance(r, LaneDone)} == {"cancelled"}
        began = time.monotonic()
        texts, _, _ = answers(engine, lanes(0))
        assert "tea" in texts[0].lower()
        assert time.monotonic() - began < 20


def test_a_killed_server_leaves_the_text(server):
    with ServerEngine(server.url, key="word") as engine:
        text, ending = "", None
        for reply in engine.generate(lanes(4)):
            if isinstance(reply, Step):
                text += "".join(reply.pieces)
                server.send_signal(signal.SIGKILL)
            elif isinstance(reply, LaneDone):
                ending = reply
        assert ending.finish == "lost"
        assert ending.note
        assert text


def test_another_key_is_refused(server):
    assert "wants another key" in refused(server.url, key="wrong")
