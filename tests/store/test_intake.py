"""All of a file comes in, or nothing, with the line that is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.store.arrivals import Arrivals
from steerlm_studio.store.health import open_store
from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.store import default_path
from steerlm_studio.store.transcripts import json_lines
from steerlm_studio.store.transcripts.intake import bring_in
from tests.store.test_transcripts_in import TRAINING, file_of, records_of


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
    path = file_of(tmp_path, TRAINING[0], line, TRAINING[1])
    report = bring_in(store, [path])
    assert (report.refused, report.errors, report.conversations) == (True, 1, 0)
    assert (report.problems[0].line, report.problems[0].file) == (2, path)
    assert named in report.problems[0].message
    assert records_of(store) == []
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
    path = file_of(tmp_path, "[", good + ",", good[:-5], name="cut.json")
    report = bring_in(store, [path])
    assert report.refused
    assert report.problems[0].line >= 3
    assert records_of(store) == []


def test_a_missing_file_is_a_sentence(store, tmp_path):
    with pytest.raises(StudioError, match="cannot be read"):
        bring_in(store, [tmp_path / "none.json"])


def test_an_empty_file_is_said_to_be_empty(store, tmp_path):
    assert "empty" in bring_in(store, [file_of(tmp_path)]).problems[0].message


def test_long_values_are_read_in_pieces_with_the_right_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(json_lines, "CHUNK", 7)
    items = [{"n": number, "text": "é\\" * number, "at": 12.5} for number in range(40)]
    text = "[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]\n"
    path = file_of(tmp_path, text, name="list.json")
    found = list(json_lines.values(path))
    assert [value.value for value in found] == items
    assert [value.line for value in found] == list(range(2, 42))


def test_progress_is_told_in_bytes(store, tmp_path):
    path, told = file_of(tmp_path, *TRAINING), []
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
    command = [sys.executable, "-c", code, str(default_path()), str(file_of(tmp_path, *lines))]
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
