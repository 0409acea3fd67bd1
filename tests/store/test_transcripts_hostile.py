"""Files that are not what they seem, or in no form at all: each is said."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.store.arrivals import Arrivals
from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.store import Store
from steerlm_studio.store.transcripts.intake import bring_in
from steerlm_studio.store.transcripts.options import Options
from steerlm_studio.store.transcripts.out import FORMATS, write_file
from tests.store.test_transcripts_odd import brought, notes, said, sharegpt

OURS = {"id": 1, "parent": None, "question": "Name a tree.", "reply": "An oak."}


def ours(turn: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    """Our own JSON of one turn."""
    talk = {"title": "Trees", "turns": [OURS | (turn or {})], **more}
    return {"format": "steerlm-studio-transcripts", "version": 1, "conversations": [talk]}


@pytest.mark.parametrize("number", ["1e999", "NaN", "1" + "0" * 30, "1" + "0" * 400])
@pytest.mark.parametrize("key", ["created", "seed"])
def test_numbers_that_no_table_holds_are_named(store: Store, tmp_path: Path, key: str, number: str):
    data = ours({"seed": 999}) if key == "seed" else ours(created=999)
    file = tmp_path / "file.json"
    file.write_text(json.dumps(data).replace("999", number))
    report = bring_in(store, [file])
    assert report.refused
    assert f"“{key}” of" in notes(report)[0]
    assert "is no number that can be kept" in notes(report)[0]


def test_settings_and_counts_that_no_table_holds_are_left_out(store: Store, tmp_path: Path):
    sampling = {"seed": 10**30, "temperature": 0.5}
    turn = {"setup": {"sampling": sampling}, "counts": {"tokens": float("inf"), "reused": 3}}
    _, (record,) = brought(store, tmp_path, ours(turn))
    (found,) = record.turns
    assert found.setup.sampling is not None
    assert found.setup.sampling.temperature == 0.5
    assert (found.counts.tokens, found.counts.reused) == (0, 3)


@pytest.mark.parametrize("rest", ["garbage", json.dumps(ours())])
def test_what_follows_the_end_of_a_file_is_said(store: Store, tmp_path: Path, rest: str):
    """Before, a second list behind the first was passed over in silence."""
    for data in (ours(), [sharegpt(("human", "A tree?"))]):
        file = tmp_path / "file.json"
        file.write_text(json.dumps(data) + rest)
        report = bring_in(store, [file])
        assert report.refused
        assert "something follows the end of the list" in notes(report)[0]


def test_a_list_without_an_end_is_said(store: Store, tmp_path: Path):
    file = tmp_path / "file.json"
    file.write_text(json.dumps([sharegpt(("human", "A tree?"))])[:-1])
    report = bring_in(store, [file])
    assert report.refused
    assert store.shelf.entries() == []


def test_fields_behind_the_conversations_are_those_of_a_later_version(store: Store, tmp_path: Path):
    _, (record,) = brought(store, tmp_path, ours() | {"later": [1]})
    assert said(record) == [("Name a tree.", "An oak.")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (gzip.compress(b"{}", mtime=0), "compressed: unpack it first"),
        (json.dumps(ours()).encode("utf-16"), "UTF-16: save it as UTF-8 first"),
    ],
)
def test_files_in_another_form_are_named(store: Store, tmp_path: Path, data: bytes, why: str):
    file = tmp_path / "file.json"
    file.write_bytes(data)
    assert why in notes(bring_in(store, [file]))[0]


def test_a_pipe_is_refused_which_could_be_read_but_once(store: Store, tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(StudioError, match="is no file"):
        bring_in(store, [pipe])


@pytest.mark.parametrize(
    "data",
    [
        {"prompt": {"role": "prompter", "text": "A tree?", "replies": 5}},
        {"prompt": {"role": "prompter", "text": "A tree?", "replies": ["x"]}},
    ],
)
def test_replies_that_are_none_are_named(store: Store, tmp_path: Path, data: dict[str, Any]):
    report, records = brought(store, tmp_path, data)
    assert (report.refused, records) == (True, [])


@pytest.mark.parametrize("odd", [[1], "x", 5, None])
def test_odd_fields_of_open_webui_are_passed_over(store: Store, tmp_path: Path, odd: object):
    messages = {"a": {"role": "user", "content": "A tree?", "parentId": None}}
    chat = {"history": {"messages": messages, "currentId": odd}, "params": odd}
    _, (record,) = brought(store, tmp_path, [{"chat": chat, "meta": odd}])
    assert said(record) == [("A tree?", "")]


def test_odd_letters_and_numbers_beside_the_texts_hide_no_other(store: Store, tmp_path: Path):
    """Before, one such conversation kept all of them from leaving as JSON."""
    brought(store, tmp_path, ours(extra={"half": "\ud800", "none": float("nan")}))
    file = tmp_path / "all.json"
    records = [store.conversation(entry.id) for entry in store.shelf.entries()]
    kind = FORMATS["json"]
    write_file(file, kind, kind.write(records, Options()))
    (found,) = json.loads(file.read_text(), parse_constant=pytest.fail)["conversations"]
    assert found["extra"] == {"half": "\ud800", "none": None}


def test_an_import_that_was_killed_is_not_seen_with_a_later_one_of_its_number(
    store: Store, tmp_path: Path
):
    """In a container each first program has the same number."""
    killed = Arrivals(store.database)
    killed.__enter__()
    killed.add(StoredConversation(0, title="half"))
    killed._flush()
    brought(store, tmp_path, ours())
    assert [entry.title for entry in store.shelf.entries()] == ["Trees"]
    assert store.database.number("SELECT count(*) FROM conversation") == 1
