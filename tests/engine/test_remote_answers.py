"""The engine child for servers: answers in forms that are odd, and whole."""

import json

import pytest

from tests.engine.asking import COMPLETIONS, answers, engine_for, lanes, refused

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


def called_json(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    handler.event(WHOLE)
    handler.end()


def in_halves(handler):
    """As a server does that cuts its text between the two halves of UTF-16."""
    handler.stream()
    handler.piece("Tee · ")
    for half in ("\ud83c", "\udf75"):
        handler.piece(half)
    handler.piece("", "stop")
    handler.end()


def in_chunks_with_a_trailer(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    data = b"data: " + json.dumps(WHOLE, ensure_ascii=False).encode() + b"\n\ndata: [DONE]\n\n"
    at = data.index("茶".encode()) + 1  # in the midst of a character
    for part in (data[:at], data[at:]):
        handler.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    handler.send(b"0\r\nX-Checked: yes\r\n\r\n")


def of_http_1_0(handler):
    handler.send(b"HTTP/1.0 200 OK\r\n\r\n")
    handler.event(WHOLE)
    handler.end()
    handler.close_connection = True


@pytest.mark.parametrize(
    "behaviour",
    [
        *(marked, carriage_returns, over_lines, in_splinters, not_streamed),
        *(called_json, in_halves, in_chunks_with_a_trailer, of_http_1_0),
    ],
)
def test_an_odd_but_whole_answer_is_read(peer, behaviour):
    peer.routes[COMPLETIONS] = behaviour
    with engine_for(peer) as engine:
        texts, endings, _ = answers(engine, lanes("Tea?"))
    assert texts in (["Tee · 茶"], ["Tee · 🍵"])
    assert (endings[0].finish, endings[0].note) == ("stop", "")


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


def test_bytes_that_are_no_utf_8_are_shown_as_that_and_end_nothing(peer):
    def broken(handler):
        handler.stream()
        handler.send(
            b'data: {"choices": [{"text": "caf\xe9 au lait", "finish_reason": "stop"}]}\n\n'
        )
        handler.end()

    peer.routes[COMPLETIONS] = broken
    with engine_for(peer) as engine:
        texts, endings, _ = answers(engine, lanes("Tea?"))
    assert (texts, endings[0].finish) == (["caf\ufffd au lait"], "stop")


def test_a_chunk_of_less_than_nothing_is_said_to_be_no_http(peer):
    def negative(handler):
        handler.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc")
        handler.close_connection = True

    peer.routes["/v1/models"] = negative
    assert "is no HTTP" in refused(peer)


def test_names_of_models_steer_no_terminal(peer):
    name = "a\x1b[31m\u202e\ud800"
    peer.routes["/v1/models"] = lambda handler: handler.answer({"data": [{"id": name}]})
    with engine_for(peer) as engine:
        assert engine.ready.name == "a [31m \ufffd"
    peer.routes["/v1/models"] = lambda handler: handler.answer(
        {"data": [{"id": name}, {"id": "b"}]}
    )
    assert "Name one of them: a [31m, b" in refused(peer)
