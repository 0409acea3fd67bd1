"""Files as other programs really leave them: tools, circles, thumbs, thinking, other encodings."""

import json
from pathlib import Path
from typing import Any

import pytest

from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts.forest import Node, adrift
from steerlm_studio.store.transcripts.intake import Report, bring_in


def brought(store: Store, folder: Path, data: Any) -> tuple[Report, list[StoredConversation]]:
    file = folder / "file.json"
    file.write_text(json.dumps(data))
    report = bring_in(store, [file])
    entries = store.shelf.entries()
    return report, [store.conversation(entry.id) for entry in reversed(entries)]


def said(record: StoredConversation) -> list[tuple[str, str]]:
    return [(turn.question, turn.reply) for turn in record.path()]


def notes(report: Report) -> list[str]:
    return [problem.message for problem in report.problems]


def sharegpt(*said: tuple[str, str], **more: object) -> dict[str, Any]:
    return {"conversations": [{"from": who, "value": text} for who, text in said], **more}


def test_tools_in_sharegpt_are_left_out_and_the_talk_stays(store: Store, tmp_path: Path):
    talk = sharegpt(
        ("system", "You can call tools."),
        ("human", "Weather?"),
        ("function_call", '{"name": "weather"}'),
        ("observation", '{"t": 12}'),
        ("gpt", "12 degrees."),
        id="a",
    )
    report, (record,) = brought(store, tmp_path, [talk])
    assert (record.system, said(record)) == ("You can call tools.", [("Weather?", "12 degrees.")])
    assert notes(report) == [
        "conversations[2] is of “function_call” and was left out",
        "conversations[3] is of “observation” and was left out",
    ]


def test_names_of_training_data_are_not_taken_for_sharegpt(store: Store, tmp_path: Path):
    talk = sharegpt(("human", "Weather?"), ("Bot", "Rain."), mask="human")
    _, (record,) = brought(store, tmp_path, [talk])
    assert said(record) == [("Weather?", "Rain.")]


def test_a_speaker_that_is_no_text_is_named(store: Store, tmp_path: Path):
    report, records = brought(store, tmp_path, [{"conversations": [{"from": {}, "value": "x"}]}])
    assert (report.refused, records) == (True, [])
    assert "“from” of conversations[0] is no text" in notes(report)


def open_webui(*messages: dict[str, Any], current: str) -> dict[str, Any]:
    found = {message["id"]: message for message in messages}
    return {"chat": {"title": "Hi", "history": {"messages": found, "currentId": current}}}


def message(key: str, parent: str | None, role: str, content: str, **more: object):
    return {"id": key, "parentId": parent, "role": role, "content": content, **more}


def test_open_webuis_thumbs_comments_and_thinking(store: Store, tmp_path: Path):
    thought = '<details type="reasoning" done="true">\n<summary>Hm</summary>\n> hm\n</details>\n'
    chat = open_webui(
        message("u", None, "user", "Hi"),
        message("a", "u", "assistant", thought + "Hello.", annotation={"rating": 1}),
        message("b", "u", "assistant", "Ho.", annotation={"rating": -1, "comment": "rude"}),
        current="a",
    )
    report, (record,) = brought(store, tmp_path, [chat])
    assert said(record) == [("Hi", "Hello.")]
    assert [(turn.vote, turn.note) for turn in record.turns] == [(1, ""), (-1, "rude")]
    assert notes(report) == ["the thinking or tool calls of message a were left out"]
    assert len(store.search.find("has:vote")) == 1


def test_messages_in_a_circle_are_named(store: Store, tmp_path: Path):
    chat = open_webui(
        message("u", None, "user", "Hi"),
        message("a", "b", "user", "x"),
        message("b", "a", "assistant", "y"),
        current="b",
    )
    report, (record,) = brought(store, tmp_path, [chat])
    assert said(record) == [("Hi", "")]
    assert notes(report) == [
        "message a follows itself and was left out",
        "message b follows itself and was left out",
    ]


def test_what_is_adrift_is_found_on_every_way_up():
    parents = {"a": None, "b": "a", "c": "gone", "d": "e", "e": "d", "f": "e"}
    nodes = [Node(key, parent, "user", "") for key, parent in parents.items()]
    assert adrift(nodes) == ["d", "e", "f"]


def test_a_conversation_without_a_word_is_named(store: Store, tmp_path: Path):
    report, records = brought(store, tmp_path, [open_webui(current="")])
    assert len(records) == 1
    assert notes(report) == ["nothing is said in this conversation"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("[" * 100_000 + "]" * 100_000, "not JSON"),
        ('{"format": "steerlm-studio-transcripts", "version": 1, "conversations": [{"id', "JSON"),
        ("<!DOCTYPE html><html>Sign in</html>", "not JSON"),
        ('{"messages": [{"role": "user", "content": "Gr\xfc\xdfe"}]}'.encode("cp1252"), "UTF-8"),
        ('{"messages": [{"role": "user", "content": "Hi"}]}'.encode("utf-16"), "UTF-8"),
        (b"\0\1\2" * 999, "not JSON"),
    ],
)
def test_what_is_no_file_of_conversations_is_refused_by_line(
    store: Store, tmp_path: Path, data: str | bytes, words: str
):
    file = tmp_path / "odd.json"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    report = bring_in(store, [file])
    assert report.refused
    assert store.shelf.entries() == []
    assert report.problems[0].line == 1
    assert words in report.problems[0].message
