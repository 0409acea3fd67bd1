"""Files of ours and of others: all of it comes in, or nothing, with the line that is wrong."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.errors import StudioError
from steerlm_studio.store.arrivals import Arrivals
from steerlm_studio.store.health import open_store
from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.store import Store, default_path
from steerlm_studio.store.transcripts import json_lines
from steerlm_studio.store.transcripts.intake import bring_in
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS
from tests.store.made import answered

TRAINING = [
    '{"system": "Be brief.\\n\\n", "mask": "User", "type": "VALUE_TO_TEXT", "source": {"a": [1]}, '
    '"conversations": [{"from": "User", "value": "Name a tree.", "label": null}, '
    '{"from": "Assistant", "value": "An oak.\\n", "label": "quality:4,humor:0,verbosity:1"}]}',
    '{"conversations":[{"value":"Grüße","from":"User","label":null},{"value":"Hä","from":'
    '"Assistant","label":"helpfulness:3,correctness:4"},{"value":"x","from":"User"}],"mask":"User"}',
    '{ "conversations" : [ {"from": "Assistant", "value": "I begin.", "label": ""} ], '
    '"system": "", "mask": "User" }',
    '{"system": "caf\\u00e9", "mask": "Prompter", "conversations": [{"from": "Prompter", '
    '"value": "a"}, {"from": "Prompter", "value": "b"}, {"from": "Assistant", "value": "c"}]}',
]


def _file(folder: Path, *lines: str, name: str = "in.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def _records(store: Store) -> list[StoredConversation]:
    ids = sorted(entry.id for entry in store.shelf.entries())
    return [store.conversation(number) for number in ids]


def _out(store: Store, kind: str) -> str:
    return "".join(FORMATS[kind].write(_records(store), Options()))


def _said(record: StoredConversation) -> list[tuple[str, str]]:
    return [(turn.question, turn.reply) for turn in record.path()]


def test_training_lines_go_out_as_they_came_in(store, tmp_path):
    path = _file(tmp_path, *TRAINING)
    report = bring_in(store, [path])
    assert (report.conversations, report.problems) == (4, [])
    assert _out(store, "steerlm") == path.read_text(encoding="utf-8")


def test_training_lines_are_steered_turns(store, tmp_path):
    bring_in(store, [_file(tmp_path, TRAINING[0])])
    (record,) = _records(store)
    (turn,) = record.turns
    assert (record.system, record.title) == ("Be brief.", "Name a tree.")
    assert (turn.control, turn.setup.schema) == ("quality:4,humor:0,verbosity:1", "nemo-aligner")
    assert store.search.find("humor<1")[0].turn == turn.id


def test_what_is_changed_or_added_here_goes_out_too(store, tmp_path):
    bring_in(store, [_file(tmp_path, TRAINING[0])])
    (record,) = _records(store)
    store.label(record.turns[0].id, "humor:1")
    answered(store, record.id, record.turns[0].id, "Another?", "A beech.", humor=2)
    found = json.loads(_out(store, "steerlm"))
    assert found["source"] == {"a": [1]}
    assert [turn["value"] for turn in found["conversations"]][2:] == ["Another?", "A beech."]
    assert found["conversations"][1]["label"] == "humor:1"


def test_messages_go_out_as_they_came_in(store, tmp_path):
    line = json.dumps({"messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi", "name": "Ann"},
        {"role": "assistant", "content": "Hello", "weight": 0},
    ], "parallel_tool_calls": False})  # fmt: skip
    path = _file(tmp_path, line)
    bring_in(store, [path])
    assert _out(store, "messages") == path.read_text()
    (record,) = _records(store)
    assert (record.system, _said(record)) == ("Be kind.", [("Hi", "Hello")])


def test_parts_that_are_no_text_are_named_and_left_out(store, tmp_path):
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {}}]
    messages = [{"role": "user", "content": parts}, {"role": "tool", "content": "42"}]
    report = bring_in(store, [_file(tmp_path, "", json.dumps({"messages": messages}))])
    assert report.conversations == 1
    assert [(p.line, p.is_error) for p in report.problems] == [(2, False), (2, False)]
    assert "image_url" in report.problems[0].message
    assert _said(_records(store)[0]) == [("What is this?", "")]


def test_sharegpt_comes_in_from_a_list_and_from_lines(store, tmp_path):
    talk = {"id": "a1", "conversations": [
        {"from": "system", "value": "S"}, {"from": "human", "value": "Hi"},
        {"from": "gpt", "value": "Hello"},
    ]}  # fmt: skip
    listed = _file(tmp_path, json.dumps([talk, talk], indent=2), name="list.json")
    lines = _file(tmp_path, json.dumps(talk))
    assert bring_in(store, [listed, lines]).conversations == 3
    assert json.loads(_out(store, "sharegpt")) == [talk] * 3


def test_helpsteer_rows_become_labelled_turns(store, tmp_path):
    row = {"prompt": "Why?", "response": "So.", "helpfulness": 3, "correctness": 4, "coherence": 4,
           "complexity": 1, "verbosity": 0, "quality": -3}  # fmt: skip
    report = bring_in(store, [_file(tmp_path, json.dumps(row))])
    (turn,) = _records(store)[0].turns
    assert turn.control == "helpfulness:3,correctness:4,coherence:4,complexity:1,verbosity:0"
    assert "quality" in report.problems[0].message


def test_open_assistant_trees_become_versions(store, tmp_path):
    def said(role, text, *replies, **labels):
        values = {name: {"value": value, "count": 3} for name, value in labels.items()}
        return {"role": role, "text": text, "lang": "en", "labels": values, "replies": replies}

    tree = said(
        "prompter", "Why?",
        said("assistant", "So.", said("prompter", "Really?"), quality=0.5, humor=1.0),
        said("assistant", "Because.", quality=0.9),
    )  # fmt: skip
    line = json.dumps({"message_tree_id": "t", "prompt": tree})
    assert bring_in(store, [_file(tmp_path, line)]).turns == 3
    (record,) = _records(store)
    assert [turn.reply for turn in record.versions(None)] == ["So.", "Because."]
    assert record.turns[0].control == "quality:2,humor:4,lang:en"
    assert _said(record) == [("Why?", "So."), ("Really?", "")]


def test_open_webui_chats_keep_their_tree_and_open_path(store, tmp_path):
    def message(key, parent, role, content, **more):
        return {key: {"id": key, "parentId": parent, "childrenIds": [], "role": role,
                      "content": content, "timestamp": 1700000000, **more}}  # fmt: skip

    messages = {
        **message("u1", None, "user", "Why?"),
        **message("a1", "u1", "assistant", "So.", model="one"),
        **message("a2", "u1", "assistant", "Because.", model="two"),
        **message("u2", "a1", "user", "Really?"),
        **message("a3", "u2", "assistant", "Yes."),
        **message("u3", None, "user", "An edited why?"),
        **message("a4", "u3", "assistant", "Edited so."),
    }
    chat = {"title": "Whys", "history": {"messages": messages, "currentId": "a3"}}
    export = [{"id": "x", "title": "Whys", "chat": chat, "created_at": 1700000000, "pinned": True,
               "meta": {"tags": ["q"]}}]  # fmt: skip
    report = bring_in(store, [_file(tmp_path, json.dumps(export), name="export.json")])
    (record,) = _records(store)
    assert (report.turns, record.title, record.tags, record.pinned) == (4, "Whys", ("q",), True)
    assert _said(record) == [("Why?", "So."), ("Really?", "Yes.")]
    assert {t.setup.model for t in record.versions(None)} == {"one", "two", ""}
    assert record.created == 1700000000


def test_lm_studio_conversations_keep_their_versions(store, tmp_path):
    def user(text):
        return {"type": "singleStep", "role": "user", "content": [{"type": "text", "text": text}]}

    def reply(text):
        return {"type": "multiStep", "role": "assistant", "steps": [
            {"type": "contentBlock", "style": {"type": "thinking"},
             "content": [{"type": "text", "text": "hm"}]},
            {"type": "contentBlock", "content": [{"type": "text", "text": text}],
             "genInfo": {"identifier": "some-model"}},
            {"type": "debugInfoBlock"},
        ]}  # fmt: skip

    talk = {"name": "Trees", "createdAt": 1700000000000, "systemPrompt": "Be kind.", "messages": [
        {"versions": [user("A tree?")], "currentlySelected": 0},
        {"versions": [reply("An oak."), reply("A lime.")], "currentlySelected": 1},
        {"versions": [user("Another?")], "currentlySelected": 0},
        {"versions": [reply("A beech.")], "currentlySelected": 0},
    ]}  # fmt: skip
    path = _file(tmp_path, json.dumps(talk, indent=2), name="1700.conversation.json")
    report = bring_in(store, [path])
    (record,) = _records(store)
    assert _said(record) == [("A tree?", "A lime."), ("Another?", "A beech.")]
    assert (record.system, record.created, len(record.turns)) == ("Be kind.", 1700000000.0, 3)
    assert record.turns[0].setup.model == "some-model"
    assert "thinking" in report.problems[0].message


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_TURN = st.builds(
    StoredTurn,
    id=st.just(0),
    parent=st.none(),
    question=_TEXT,
    reply=_TEXT,
    control=_TEXT,
    seed=st.none() | st.integers(0, 2**32),
    finish=st.sampled_from(["stop", "length", "imported", "interrupted"]),
    vote=st.integers(-1, 1),
    kept=st.booleans(),
    note=_TEXT,
    label=_TEXT,
    created=st.floats(0, 1e10),
    finished=st.none() | st.floats(0, 1e10),
    extra=st.dictionaries(_TEXT, st.none() | st.integers() | _TEXT, max_size=2),
)


@given(turns=st.lists(st.tuples(_TURN, st.integers(0, 9)), max_size=6), draft=_TEXT, title=_TEXT)
def test_our_json_comes_back_without_any_loss(tmp_path_factory, turns, draft, title):
    placed = tuple(
        replace(turn, id=number, parent=(place % number) or None)
        for number, (turn, place) in enumerate(turns, 1)
    )
    record = StoredConversation(
        0, title=title, turns=placed, shown=1 if placed else None, draft=draft, folder="F",
        tags=("a", "b"), pinned=True, created=5.0, changed=6.0, view={"x": [1]}, extra={"y": None},
    )  # fmt: skip
    first, second = Store.in_memory(), Store.in_memory()
    first.add(record)
    path = tmp_path_factory.mktemp("json") / "out.json"
    path.write_text(_out(first, "json"), encoding="utf-8")
    report = bring_in(second, [path])
    assert report.problems == []
    assert _records(first) == _records(second)
    first.close()
    second.close()


def test_our_json_of_a_later_version_is_refused(store, tmp_path):
    text = '{"format": "steerlm-studio-transcripts", "version": 2, "conversations": []}'
    report = bring_in(store, [_file(tmp_path, text)])
    assert report.refused
    assert "update the program" in report.problems[0].message


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{broken", "not JSON"),
        ("[1, 2]", "no object"),
        ('{"a": 1}', "these fields: a"),
        ('{"conversations": [{"from": "User"}], "mask": "User"}', "“value” of conversations[0]"),
        ('{"conversations": [{"from": "User", "value": 3}], "mask": "User"}', "is no text"),
        ('{"messages": [{"role": "user", "content": "\\ud800"}]}', "half a character"),
        ('{"message_id": "1", "role": "prompter", "text": "x"}', "file of trees"),
        ('{"text": "x", "label": [1]}', "regression row"),
        ('{"chat": {"title": "x"}}', "history"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_comes_in(store, tmp_path, line, named):
    path = _file(tmp_path, TRAINING[0], line, TRAINING[1])
    report = bring_in(store, [path])
    assert (report.refused, report.errors, report.conversations) == (True, 1, 0)
    assert (report.problems[0].line, report.problems[0].file) == (2, path)
    assert named in report.problems[0].message
    assert _records(store) == []
    assert store.database.number("SELECT count(*) FROM conversation") == 0
    skipped = bring_in(store, [path], skip_errors=True)
    assert (skipped.refused, skipped.conversations) == (False, 2)


def test_bytes_that_are_no_text_are_named_by_their_line(store, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(TRAINING[0].encode() + b'\n{"a": "\xff"}\n')
    report = bring_in(store, [path])
    assert (report.problems[0].line, report.refused) == (2, True)
    assert "UTF-8" in report.problems[0].message


def test_a_list_that_breaks_off_brings_nothing(store, tmp_path):
    good = json.dumps({"messages": [{"role": "user", "content": "Hi"}]})
    path = _file(tmp_path, "[", good + ",", good[:-5], name="cut.json")
    report = bring_in(store, [path])
    assert report.refused
    assert report.problems[0].line >= 3
    assert _records(store) == []


def test_a_missing_file_is_a_sentence(store, tmp_path):
    with pytest.raises(StudioError, match="cannot be read"):
        bring_in(store, [tmp_path / "none.json"])


def test_an_empty_file_is_said_to_be_empty(store, tmp_path):
    assert "empty" in bring_in(store, [_file(tmp_path)]).problems[0].message


def test_long_values_are_read_in_pieces_with_the_right_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(json_lines, "CHUNK", 7)
    items = [{"n": number, "text": "é\\" * number, "at": 12.5} for number in range(40)]
    text = "[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]\n"
    path = _file(tmp_path, text, name="list.json")
    found = list(json_lines.values(path))
    assert [value.value for value in found] == items
    assert [value.line for value in found] == list(range(2, 42))


def test_progress_is_told_in_bytes(store, tmp_path):
    path, told = _file(tmp_path, *TRAINING), []
    bring_in(store, [path], progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_an_import_that_is_killed_leaves_nothing(tmp_path):
    open_store(default_path()).close()
    code = (
        "import os, sys; from pathlib import Path\n"
        "from steerlm_studio.store.health import open_beside\n"
        "from steerlm_studio.store.transcripts.intake import bring_in\n"
        "store = open_beside(Path(sys.argv[1])).store\n"
        "def kill(done, total):\n"
        "    if done > total * 0.8: os.kill(os.getpid(), 9)\n"
        "bring_in(store, [Path(sys.argv[2])], progress=kill)\n"
    )
    lines = [json.dumps({"prompt": "x" * 9000, "response": str(n)}) for n in range(400)]
    command = [sys.executable, "-c", code, str(default_path()), str(_file(tmp_path, *lines))]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], env=os.environ)
    assert done.returncode == -9
    opened = open_store(default_path())
    assert opened.store.shelf.entries() == []
    assert opened.store.database.number("SELECT count(*) FROM body") == 0
    opened.close()


def test_nothing_is_seen_of_an_import_before_it_is_complete(store):
    with Arrivals(store.database) as arrivals:
        for _ in range(300):
            arrivals.add(StoredConversation(0, turns=(StoredTurn(1, None, "x" * 9000),)))
        assert store.shelf.entries() == []
        assert store.search.find("x") == []
        arrivals.show()
    assert len(store.shelf.entries()) == 300
