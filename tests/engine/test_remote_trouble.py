"""The engine child for servers: peers that do not behave."""

import gzip
import time

import pytest

from steerlm_studio.protocol import LaneDone
from tests.engine.asking import COMPLETIONS, answers, engine_for, impatient, lanes, tea


def cut(handler):
    handler.stream()
    handler.piece("Tea is")


def cut_in_a_chunk(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    data = b'data: {"choices": [{"text": "Tea is"}]}\n\n'
    handler.send(f"{len(data):x}\r\n".encode() + data + b"\r\n40\r\ndata: ")
    handler.close_connection = True


def stall(handler):
    cut(handler)
    handler.owner.ended.wait(20)


def broken(handler):
    cut(handler)
    handler.send(b'data: {"choices": [\n\n')


def failing(handler):
    cut(handler)
    handler.event({"error": {"message": "CUDA out of memory"}})


def flood(handler):
    handler.stream()
    handler.piece("Tea is")
    while True:
        handler.piece("x")


def endless_line(handler):
    cut(handler)
    while True:
        handler.send(b"data: " + b"x" * 65536)


def long_pieces(handler):
    handler.stream()
    handler.piece("Tea is")
    while True:
        handler.piece("x" * 100_000)


def interrupted(handler):
    cut(handler)
    handler.end()


def many_lines(handler):
    cut(handler)
    while True:
        handler.send(b"data: {\n" * 4096)


def named_failure(handler):
    cut(handler)
    handler.send(b'event: error\ndata: {"message": "out of slots"}\n\n')


def zipped(handler):
    data = gzip.compress(b'data: {"choices": [{"text": "Tea is"}]}\n\n')
    handler.answer(data, Content_Encoding="gzip", Content_Type="text/event-stream")


def page(handler):
    handler.answer(b"<html>Log in</html>", Content_Type="text/html; charset=utf-8")


def json_failure(handler):
    handler.answer({"error": {"message": "no more money"}}, Content_Type="application/json")


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (page, "a web page"),
        (zipped, "compressed"),
        (json_failure, "no more money"),
    ],
)
def test_an_answer_that_is_no_stream_is_said_to_be_none(peer, behaviour, why):
    peer.routes[COMPLETIONS] = behaviour
    with engine_for(peer) as engine:
        texts, endings, _ = answers(engine, lanes("Tea?"))
    assert (texts, endings[0].finish) == ([""], "lost")
    assert why in endings[0].note


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (many_lines, "no event"),
        (named_failure, "out of slots"),
        (cut, "cut before its end"),
        (cut_in_a_chunk, "was cut"),
        (stall, "said nothing for 1 s"),
        (broken, "no event"),
        (failing, "CUDA out of memory"),
        (flood, "more than was asked for"),
        (endless_line, "a line without end"),
        (long_pieces, "more than was asked for"),
        (interrupted, "ask fewer at a time"),
    ],
)
def test_what_came_before_the_trouble_is_kept_and_the_trouble_said(peer, behaviour, why):
    peer.routes[COMPLETIONS] = behaviour
    with impatient(peer) as engine:
        (text,), endings, done = answers(engine, lanes("Tea?"))
        assert text.startswith("Tea is")
        assert len(text) < 500_000
        assert endings[0].finish == "lost"
        assert why in endings[0].note
        assert done is not None
        peer.routes[COMPLETIONS] = tea
        assert answers(engine, lanes("Tea?"))[0] == ["Tea is a drink."]


@pytest.mark.parametrize(
    ("status", "body", "finish", "why"),
    [
        (400, {"error": {"message": "maximum context length is 2048"}}, "refused", "2048"),
        (422, {"detail": [{"loc": ["prompt"]}]}, "refused", "422"),
        (401, {"error": "no"}, "refused", "wants another key (401: no)"),
        (500, b"<html>\x00oops", "lost", "The server failed (500)"),
        (301, b"", "refused", "another address: http://else [31mwhere/"),
    ],
)
def test_a_refusal_is_said_and_harms_no_other_lane(peer, status, body, finish, why):
    def refusing(handler):
        if "long" in handler.body["prompt"]:
            handler.answer(body, status, Location="http://else\x1b[31mwhere/")
        else:
            tea(handler)

    peer.routes[COMPLETIONS] = refusing
    with engine_for(peer) as engine:
        texts, endings, _ = answers(engine, lanes("long", "Tea?"))
    assert (texts[1], endings[1].finish) == ("Tea is a drink.", "stop")
    assert endings[0].finish == finish
    assert why in endings[0].note
    assert "\0" not in endings[0].note


def test_cancel_ends_the_requests_at_once_and_keeps_the_text(peer):
    def dripping(handler):
        handler.stream()
        while not handler.owner.ended.wait(0.02):
            handler.piece("x")

    peer.routes[COMPLETIONS] = dripping
    with engine_for(peer) as engine:
        replies = engine.generate(lanes("Tea?", "Tea!"))
        seen = []
        for reply in replies:
            seen.append(reply)
            if len(seen) == 5:
                began = time.monotonic()
                engine.cancel()
        assert time.monotonic() - began < 2
        assert {r.finish for r in seen if isinstance(r, LaneDone)} == {"cancelled"}
        assert peer.closed.wait(3)
        peer.routes[COMPLETIONS] = tea
        assert answers(engine, lanes("Tea?"))[0] == ["Tea is a drink."]


def test_a_stream_with_nothing_in_it_is_said_to_be_that(peer):
    """llama_cpp.server answers so where a prompt is longer than its context."""
    peer.routes[COMPLETIONS] = lambda handler: handler.stream()
    with engine_for(peer) as engine:
        texts, endings, _ = answers(engine, lanes("Tea?"))
    assert (texts, endings[0].finish) == ([""], "lost")
    assert "may be longer than its context" in endings[0].note
