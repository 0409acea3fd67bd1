"""Formats for trainers and tables, read back by somebody else's reader."""

import csv
import io
import json

from steerlm_studio.store.records import Asked
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS
from tests.store.made import SETUP, asked, written


def test_messages_are_read_by_json(record):
    (line,) = written("messages", record).splitlines()
    assert json.loads(line) == {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Name a tree."},
            {"role": "assistant", "content": "A lime, said the lemon."},
            {"role": "user", "content": "Another?"},
            {"role": "assistant", "content": "A beech."},
        ]
    }


def test_steerlm_data_follows_the_trainers_rules(record):
    (line,) = written("steerlm", record).splitlines()
    found = json.loads(line)
    assert (found["system"], found["mask"], found["type"]) == ("Be kind.", "User", "VALUE_TO_TEXT")
    assert [turn["from"] for turn in found["conversations"]] == ["User", "Assistant"] * 2
    labels = [turn["label"] for turn in found["conversations"]]
    assert labels[0] is labels[2] is None
    assert "humor:4" in labels[1]
    assert "humor:1" in labels[3]


def test_the_older_newline_after_the_system_text_is_a_choice(record):
    found = json.loads(written("steerlm", record, blank_line_after_system=True))
    assert found["system"] == "Be kind.\n\n"


def test_a_corrected_label_goes_out_instead_of_the_control_string(store, record):
    store.label(record.path()[0].id, "humor:1")
    corrected = store.conversation(record.id)
    assert json.loads(written("steerlm", corrected))["conversations"][1]["label"] == "humor:1"
    row = json.loads(written("regression", corrected).splitlines()[0])
    assert row["label"] == [-100, -100, 1, -100, -100, -100, -100, -100, -100]


def test_a_reply_without_a_control_string_has_no_label(store):
    talk = store.create()
    (turn,) = store.ask(talk, None, Asked("Name a tree."))
    store.finish(turn, "stop", reply="An oak.")
    record = store.conversation(talk)
    assert json.loads(written("steerlm", record))["conversations"][1]["label"] is None
    assert written("regression", record) == ""


def test_regression_rows_hold_the_text_up_to_the_reply_and_nine_numbers(record):
    rows = [json.loads(line) for line in written("regression", record).splitlines()]
    assert rows[0] == {
        "text": "<extra_id_0>System\nBe kind.\n<extra_id_1>User\nName a tree.\n"
        "<extra_id_1>Assistant\nA lime, said the lemon.\n<extra_id_2>",
        "label": [4, 0, 4, 0, 4, 4, 4, 4, 4],
    }
    assert len(rows) == 2
    assert all(isinstance(value, float) for value in rows[1]["label"])


def test_sharegpt_is_one_list(record):
    (found,) = json.loads(written("sharegpt", record))
    assert [each["from"] for each in found["conversations"]] == ["system", *["human", "gpt"] * 2]
    assert json.loads("".join(FORMATS["sharegpt"].write([], Options()))) == []


def test_a_table_has_a_line_per_version_with_the_attributes_apart(record):
    rows = list(csv.DictReader(io.StringIO(written("csv", record), newline="")))
    assert [row["humor"] for row in rows] == ["0", "4", "1"]
    assert [row["on_open_path"] for row in rows] == ["0", "1", "1"]
    assert (rows[1]["kept"], rows[2]["vote"], rows[0]["seed"]) == ("1", "1", "7")
    assert rows[0]["model"] == SETUP.model


def test_only_kept_or_voted_replies_go_out_when_asked_for(record):
    kept = json.loads(written("steerlm", record, only=frozenset({"kept"})))
    assert len(kept["conversations"]) == 2
    voted = json.loads(written("steerlm", record, only=frozenset({"voted"})))
    assert len(voted["conversations"]) == 4
    rows = written("regression", record, only=frozenset({"voted"})).splitlines()
    assert len(rows) == 1
    assert "beech" in rows[0]
    table = written("csv", record, only=frozenset({"kept"}))
    assert ("lemon" in table, "An oak." in table) == (True, False)


def test_a_chosen_version_beside_the_open_path_goes_out_on_its_own_path(record):
    chosen = frozenset({record.turns[0].id})
    found = json.loads(written("messages", record, turns=chosen))
    assert [message["content"] for message in found["messages"]][1:] == ["Name a tree.", "An oak."]


def test_each_branch_is_a_training_example_when_asked_for(branched):
    lines = written("messages", branched, branches=True).splitlines()
    ends = [json.loads(line)["messages"][-1]["content"] for line in lines]
    assert ends == ["Reply A", "An oak.", "More of B"]
    assert len(written("messages", branched).splitlines()) == 1


def test_an_unanswered_question_leaves_no_empty_reply(store):
    talk = store.create()
    (turn,) = store.ask(talk, None, asked())
    store.interrupted()
    record = store.conversation(talk)
    assert record.turns[0].id == turn
    assert json.loads(written("messages", record))["messages"][-1]["role"] == "user"
    assert written("steerlm", record) == ""


def test_an_empty_conversation_is_in_no_training_data_but_in_the_json(store):
    record = store.conversation(store.create())
    assert written("messages", record) == ""
    assert written("steerlm", record) == ""
    assert len(json.loads(written("json", record))["conversations"]) == 1
