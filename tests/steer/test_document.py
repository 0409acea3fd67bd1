"""Conversation documents for the terminal."""

import json

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.conversation import Turn
from steerlm_studio.steer.document import read_request


def _document(*turns: object, **fields: object) -> str:
    return json.dumps({"system": "S", "turns": list(turns), **fields})


def test_the_last_turn_is_the_question():
    request = read_request(
        _document({"user": "a", "reply": "b", "control": "humor:1"}, {"user": "c", "control": "x"})
    )
    assert request.conversation.turns == (Turn("a", "b", "humor:1"),)
    assert (request.conversation.system, request.question, request.control) == ("S", "c", "x")


def test_a_missing_control_string_means_no_control_line():
    assert read_request(_document({"user": "c"})).control == ""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "not a JSON document"),
        ("[" * 100_000, "not a JSON document"),
        ("[]", "must be an object"),
        (_document(), "at least one turn"),
        (_document("hi"), "Turn 1 must be an object"),
        (_document({"user": "\ud800"}), "half a character"),
        (_document({"user": 3}), "“user” of turn 1"),
        (_document({"user": "a"}, {"user": "b"}), "“reply” of turn 1"),
        (_document({"user": "a", "reply": "b"}), "already has a reply"),
        (_document({"user": "a"}, system=[]), "“system” of the document"),
    ],
)
def test_a_wrong_document_is_refused_with_its_place(text, named):
    with pytest.raises(StudioError, match=named):
        read_request(text)
