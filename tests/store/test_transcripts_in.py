"""Files of ours and of others, as each program writes them."""

import json
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.store import Store
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


def file_of(folder: Path, *lines: str, name: str = "in.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def records_of(store: Store) -> list[StoredConversation]:
    ids = sorted(entry.id for entry in store.shelf.entries())
    return [store.conversation(number) for number in ids]


def _out(store: Store, kind: str) -> str:
    return "".join(FORMATS[kind].write(records_of(store), Options()))


def _said(record: StoredConversation) -> list[tuple[str, str]]:
    return [(turn.question, turn.reply) for turn in record.path()]


def test_training_lines_go_out_as_they_came_in(store, tmp_path):
    path = file_of(tmp_path, *TRAINING)
    report = bring_in(store, [path])
    assert (report.conversations, report.problems) == (4, [])
    assert _out(store, "steerlm") == path.read_text(encoding="utf-8")


def test_training_lines_are_steered_turns(store, tmp_path):
    bring_in(store, [file_of(tmp_path, TRAINING[0])])
    (record,) = records_of(store)
    (turn,) = record.turns
    assert (record.system, record.title) == ("Be brief.", "Name a tree.")
    assert (turn.control, turn.setup.schema) == ("quality:4,humor:0,verbosity:1", "nemo-aligner")
    assert store.search.find("humor<1")[0].turn == turn.id


def test_what_is_changed_or_added_here_goes_out_too(store, tmp_path):
    bring_in(store, [file_of(tmp_path, TRAINING[0])])
    (record,) = records_of(store)
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
    path = file_of(tmp_path, line)
    bring_in(store, [path])
    assert _out(store, "messages") == path.read_text()
    (record,) = records_of(store)
    assert (record.system, _said(record)) == ("Be kind.", [("Hi", "Hello")])


def test_parts_that_are_no_text_are_named_and_left_out(store, tmp_path):
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {}}]
    messages = [{"role": "user", "content": parts}, {"role": "tool", "content": "42"}]
    report = bring_in(store, [file_of(tmp_path, "", json.dumps({"messages": messages}))])
    assert report.conversations == 1
    assert [(p.line, p.is_error) for p in report.problems] == [(2, False), (2, False)]
    assert "image_url" in report.problems[0].message
    assert _said(records_of(store)[0]) == [("What is this?", "")]


def test_sharegpt_comes_in_from_a_list_and_from_lines(store, tmp_path):
    talk = {"id": "a1", "conversations": [
        {"from": "system", "value": "S"}, {"from": "human", "value": "Hi"},
        {"from": "gpt", "value": "Hello"},
    ]}  # fmt: skip
    listed = file_of(tmp_path, json.dumps([talk, talk], indent=2), name="list.json")
    lines = file_of(tmp_path, json.dumps(talk))
    assert bring_in(store, [listed, lines]).conversations == 3
    assert json.loads(_out(store, "sharegpt")) == [talk] * 3


def test_helpsteer_rows_become_labelled_turns(store, tmp_path):
    row = {"prompt": "Why?", "response": "So.", "helpfulness": 3, "correctness": 4, "coherence": 4,
           "complexity": 1, "verbosity": 0, "quality": -3}  # fmt: skip
    report = bring_in(store, [file_of(tmp_path, json.dumps(row))])
    (turn,) = records_of(store)[0].turns
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
    assert bring_in(store, [file_of(tmp_path, line)]).turns == 3
    (record,) = records_of(store)
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
    report = bring_in(store, [file_of(tmp_path, json.dumps(export), name="export.json")])
    (record,) = records_of(store)
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
    path = file_of(tmp_path, json.dumps(talk, indent=2), name="1700.conversation.json")
    report = bring_in(store, [path])
    (record,) = records_of(store)
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
    assert records_of(first) == records_of(second)
    first.close()
    second.close()


def test_our_json_of_a_later_version_is_refused(store, tmp_path):
    text = '{"format": "steerlm-studio-transcripts", "version": 2, "conversations": []}'
    report = bring_in(store, [file_of(tmp_path, text)])
    assert report.refused
    assert "update the program" in report.problems[0].message
