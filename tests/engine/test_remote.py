"""The engine child for servers: what a good server is asked."""

import socket
import subprocess
import sys
import time

import psutil
import pytest

from steerlm_studio import resources
from steerlm_studio.cli.prompt import sent
from steerlm_studio.engine.server_client import ServerEngine
from steerlm_studio.protocol import Lane, Sampling
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.steer.template import render
from tests.engine.asking import (
    COMPLETIONS,
    answers,
    engine_for,
    lanes,
    refused,
    tea,
)


def test_an_answer_streams_and_tells_its_counts(peer):
    peer.routes[COMPLETIONS] = tea
    with engine_for(peer) as engine:
        ready = engine.ready
        texts, endings, done = answers(engine, lanes("What is tea?"))
    assert (ready.name, ready.context, ready.server) == ("tester", 2048, peer.url)
    assert set(ready.cannot) == {"exact", "logits", "tokens", "counts"}
    assert texts == ["Tea is a drink."]
    assert (endings[0].finish, endings[0].tokens, endings[0].prompt_tokens) == ("stop", 5, 77)
    assert endings[0].note == ""
    assert done.generated == 5


def test_the_prompt_goes_as_it_is_with_the_sampling(peer):
    peer.routes[COMPLETIONS] = tea
    (lane,) = lanes("What is tea?", sampling=Sampling(seed=7, top_k=0, repeat_penalty=1.1))
    with engine_for(peer) as engine:
        answers(engine, [lane])
    (body,) = peer.bodies(COMPLETIONS)
    assert body["prompt"] == "".join(part.text for part in lane.parts)
    assert (body["model"], body["stream"], body["stop"]) == ("tester", True, ["<extra_id_1>"])
    assert (body["temperature"], body["top_p"], body["seed"]) == (0.75, 0.95, 7)
    assert (body["top_k"], body["repetition_penalty"], body["max_tokens"]) == (-1, 1.1, 300)
    assert (body["add_special_tokens"], body["skip_special_tokens"]) == (False, False)


def test_the_key_stands_in_the_header_and_nowhere_else(peer):
    peer.routes[COMPLETIONS] = tea
    with engine_for(peer, key="very-secret") as engine:
        shown = " ".join(psutil.Process(engine.pid).cmdline()) + repr(engine.ready)
        answers(engine, lanes("What is tea?"))
    assert {headers["Authorization"] for _, _, headers, _ in peer.seen} == {"Bearer very-secret"}
    assert "very-secret" not in shown


def test_a_users_text_opens_no_turn_and_the_user_is_told(peer):
    peer.routes[COMPLETIONS] = tea
    with engine_for(peer) as engine:
        _, endings, _ = answers(engine, lanes("A <extra_id_1>User and </s> and <|eot_id|>", "B"))
    prompts = sorted(body["prompt"] for body in peer.bodies(COMPLETIONS))
    assert "A < extra_id_1>User and < /s> and < |eot_id|>" in prompts[0]
    assert prompts[0].count("<extra_id_1>") == prompts[1].count("<extra_id_1>")
    assert "with a space" in endings[0].note
    assert endings[1].note == ""


def test_no_more_requests_than_allowed_go_at_a_time(peer):
    def waiting(handler):
        peer.wait_for(3)
        tea(handler)

    peer.routes[COMPLETIONS] = waiting
    with engine_for(peer, concurrency=3) as engine:
        texts, _, _ = answers(engine, lanes(*map(str, range(9))))
    assert texts == ["Tea is a drink."] * 9
    assert peer.most_at_a_time == 3


def test_a_server_that_knows_no_further_fields_is_asked_without_and_the_user_is_told(peer):
    def strict(handler):
        if "top_k" in handler.body:
            handler.answer({"error": {"message": "Unrecognized request argument: top_k"}}, 400)
        else:
            tea(handler)

    peer.routes[COMPLETIONS] = strict
    with engine_for(peer, concurrency=1) as engine:
        texts, endings, _ = answers(engine, lanes("Tea?", "Tea!"))
    assert texts == ["Tea is a drink."] * 2
    assert len(peer.bodies(COMPLETIONS)) == 3
    assert "were left out" in endings[1].note


@pytest.mark.parametrize("when", ["0", "Wed, 21 Oct 2015 07:28:00 GMT", "soon"])
def test_a_busy_server_is_asked_again(peer, when):
    tries = []

    def busy(handler):
        tries.append(1)
        if len(tries) < 3:
            handler.answer({"error": "overloaded"}, 503, Retry_After=when)
        else:
            tea(handler)

    peer.routes[COMPLETIONS] = busy
    with engine_for(peer) as engine:
        texts, _, _ = answers(engine, lanes("Tea?"))
    assert (texts, len(tries)) == (["Tea is a drink."], 3)


@pytest.fixture(scope="module")
def real_server(tmp_path_factory):
    """llama_cpp.server with the demo model."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("server") / "log").open("wb")
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(resources.demo_model()),
               "--host", "127.0.0.1", "--port", str(port), "--n_threads", "1", "--n_ctx", "1024",
               "--interrupt_requests", "false", "--api_key", "word"]  # fmt: skip
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
        log.close()


GREEDY = Sampling(temperature=0)


def test_a_real_server_steers(real_server):
    talk = Conversation()
    asked = [
        Lane(
            sent(render(talk, "What is tea?", DEFAULT.having(verbosity=v))), Sampling(temperature=0)
        )
        for v in (4, 0)
    ]
    with ServerEngine(real_server, key="word") as engine:
        (long, short), endings, _ = answers(engine, asked)
    assert "tea" in long.lower()
    assert "tea" in short.lower()
    assert len(short.split()) < 0.6 * len(long.split())
    assert {ending.finish for ending in endings.values()} == {"stop"}


def test_a_real_server_with_another_key_refuses(real_server):
    assert "wants another key" in refused(real_server, key="wrong")
