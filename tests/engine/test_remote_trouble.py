"""The engine child for servers: peers that do not behave."""

import gzip
import json
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
        (301, b"", "refused", "another address: http://elsewhere/"),
    ],
)
def test_a_refusal_is_said_and_harms_no_other_lane(peer, status, body, finish, why):
    def refusing(handler):
        if "long" in handler.body["prompt"]:
            handler.answer(body, status, Location="http://elsewhere/")
        else:
            tea(handler)

    peer.routes[COMPLETIONS] = refusing
    with engine_for(peer) as engine:
        texts, endings, _ = answers(engine, lanes("long", "Tea?"))
    assert (texts[1], endings[1].finish) == ("Tea is a drink.", "stop")
    assert endings[0].finish == finish
    assert why in endings[0].note
    assert "\0" not in endings[0].note


WHOLE = {"choices": [{"text": "Tee · 茶", "finish_reason": "stop"}]}


def marked(handler):
    handler.stream()
    handler.send(b"\xef\xbb\xbf")
    handler.event(WHOLE)
    handler.end()


def carriage_returns(handler):
    handler.stream()
    handler.send(b": ping\r\n\r\nid: 1\r\nretry: 5\r\n")
    handler.send(b"data:" + json.dumps(WHOLE).encode() + b"\r\n\r\ndata: [DONE]\r\n\r\n")


def over_lines(handler):
    handler.stream()
    data = json.dumps(WHOLE, indent=1, ensure_ascii=False).encode()
    handler.send(b"".join(b"data: " + line + b"\n" for line in data.split(b"\n")) + b"\n")
    handler.end()


def in_splinters(handler):
    handler.stream()
    for byte in b"data: " + json.dumps(WHOLE, ensure_ascii=False).encode() + b"\n\n":
        handler.send(bytes([byte]))


def not_streamed(handler):
    data = json.dumps(WHOLE, indent=1).encode()
    handler.answer(data, Content_Type="application/json")


@pytest.mark.parametrize(
    "behaviour", [marked, carriage_returns, over_lines, in_splinters, not_streamed]
)
def test_an_odd_but_whole_answer_is_read(peer, behaviour):
    peer.routes[COMPLETIONS] = behaviour
    with engine_for(peer) as engine:
        texts, endings, _ = answers(engine, lanes("Tea?"))
    assert (texts, endings[0].finish, endings[0].note) == (["Tee · 茶"], "stop", "")


def test_halves_of_characters_do_not_end_the_engine(peer):
    def halves(handler):
        handler.stream()
        handler.send(b'data: {"choices": [{"text": "a\\ud83d", "finish_reason": null}]}\n\n')
        handler.send(b'data: {"choices": [{"text": 7, "finish_reason": "stop"}, 3]}\n\n')
        handler.end()

    peer.routes[COMPLETIONS] = halves
    with engine_for(peer) as engine:
        texts, endings, _ = answers(engine, lanes("Tea?"))
    assert (texts, endings[0].finish) == (["a\ufffd"], "stop")


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
