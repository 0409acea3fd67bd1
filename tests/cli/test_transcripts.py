"""`steerlm-studio transcripts`, as it is typed."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from steerlm_studio.child import child_command
from steerlm_studio.cli.main import main
from steerlm_studio.store import backup
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from tests.store.made import answered


@pytest.fixture
def _two_talks():
    opened = open_store(default_path())
    store = opened.store
    first = store.create("Be kind.")
    turn = answered(store, first, None, "Name a tree.", "An oak.", humor=3)
    store.keep(turn)
    answered(store, first, turn, "Another?", "A beech.")
    answered(store, store.create(), None, "Why is the sky blue?", "Light scatters.")
    opened.close()


def _said(capsys, *arguments) -> tuple[int, str, str]:
    status = main(["transcripts", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.usefixtures("_two_talks")
def test_list_shows_number_turns_and_title(capsys):
    status, out, err = _said(capsys, "list")
    assert (status, err) == (0, "")
    assert [line.split("  ")[-1] for line in out.splitlines()] == [
        "Why is the sky blue?",
        "Name a tree.",
    ]
    found = [json.loads(line) for line in _said(capsys, "list", "--json")[1].splitlines()]
    assert [(each["id"], each["turns"]) for each in found] == [(2, 1), (1, 2)]


@pytest.mark.usefixtures("_two_talks")
def test_list_searches(capsys):
    assert "Name a tree." in _said(capsys, "list", "--search", "oak humor>=3")[1]
    assert _said(capsys, "list", "--search", "humor>3") == (0, "", "")


@pytest.mark.usefixtures("_two_talks")
def test_show_prints_a_conversation(capsys):
    _, out, _ = _said(capsys, "show", 1)
    assert "User: Name a tree." in out
    assert json.loads(_said(capsys, "show", 1, "--json")[1])["turns"][1]["reply"] == "A beech."
    assert "An oak." in _said(capsys, "show", 1, "--snippet", "curl", "--turn", 2)[1]


@pytest.mark.usefixtures("_two_talks")
def test_export_writes_all_or_some_or_only_the_kept(capsys, tmp_path):
    out = tmp_path / "out.jsonl"
    status, said, _ = _said(capsys, "export", "--all", "--format", "steerlm", "--out", out)
    assert (status, "2 conversations" in said) == (0, True)
    assert [len(json.loads(line)["conversations"]) for line in out.read_text().splitlines()] == [
        4,
        2,
    ]
    _said(capsys, "export", "--all", "--only", "kept", "--format", "steerlm", "--out", out)
    assert [len(json.loads(line)["conversations"]) for line in out.read_text().splitlines()] == [2]
    _, said, _ = _said(capsys, "export", 2, "--format", "text", "--out", "-")
    assert "scatters" in said
    assert "oak" not in said


@pytest.mark.usefixtures("_two_talks")
def test_what_is_exported_comes_in_again(capsys, tmp_path):
    out = tmp_path / "out.json"
    _said(capsys, "export", "--all", "--format", "json", "--out", out, "--json")
    status, said, _ = _said(capsys, "import", out)
    assert (status, said) == (0, "2 conversations with 3 turns were imported.\n")
    first, again = (json.loads(_said(capsys, "show", n, "--json")[1])["turns"] for n in (1, 3))
    assert [turn["reply"] for turn in first] == [turn["reply"] for turn in again]


def test_a_file_that_is_not_understood_is_refused_with_its_line(capsys, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text('{"prompt": "Why?", "response": "So."}\n{"a": 1}\n')
    status, out, err = _said(capsys, "import", path)
    assert (status, out) == (1, "")
    assert f"error: {path}, line 2:" in err
    assert "Nothing was imported" in err
    assert _said(capsys, "list")[1] == ""
    status, out, _ = _said(capsys, "import", "--skip-errors", "--json", path)
    report = json.loads(out.splitlines()[-1])
    assert (status, report["conversations"], report["errors"]) == (0, 1, 1)
    assert report["problems"][0]["line"] == 2


def test_a_backup_is_made_once_a_day(capsys):
    open_store(default_path()).close()
    assert str(backup.today(default_path())) in _said(capsys, "backup")[1]
    assert "already" in _said(capsys, "backup")[1]


@pytest.mark.usefixtures("_two_talks")
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["show", 9], "no conversation 9"),
        (["show", 1, "--snippet", "curl", "--turn", 9], "2 turns"),
        (["export", "--format", "text", "--out", "-"], "--all"),
        (["export", 1, "--all", "--format", "text", "--out", "-"], "--all"),
        (["export", "--all", "--format", "docx", "--out", "-"], "no format"),
        (["export", "--all", "--format", "pdf", "--out", "-"], "name a file"),
        (["export", "--all", "--format", "text", "--out", "-", "--only", "best"], "--only"),
        (["export", "--all", "--format", "text", "--out", "-", "--include", "all"], "--include"),
        (["import", "nowhere.json"], "cannot be read"),
    ],
)
def test_wrong_calls_end_with_a_sentence(capsys, arguments, named):
    status, _, err = _said(capsys, *arguments)
    assert status == 1
    assert named in err


@pytest.mark.usefixtures("_two_talks")
def test_single_replies_go_out_by_their_ids(capsys, tmp_path):
    out = tmp_path / "out.jsonl"
    _said(capsys, "export", 1, "--turns", "1", "--format", "messages", "--out", out)
    (line,) = out.read_text().splitlines()
    assert json.loads(line)["messages"][-1]["content"] == "An oak."


@pytest.mark.usefixtures("_two_talks")
def test_an_export_tells_how_far_it_is(capsys, tmp_path):
    out = tmp_path / "out.txt"
    said = _said(capsys, "export", "--all", "--format", "text", "--out", out, "--json")[1]
    *told, last = map(json.loads, said.splitlines())
    assert told == [{"done": 0, "total": 2}, {"done": 1, "total": 2}]
    assert last == {"path": str(out), "conversations": 2, "bytes": out.stat().st_size}


@pytest.mark.usefixtures("_two_talks")
def test_another_file_of_conversations_can_be_read(capsys, tmp_path):
    _said(capsys, "backup")
    kept = backup.today(default_path())
    default_path().unlink()
    assert _said(capsys, "list") == (0, "", "")
    assert "Name a tree." in _said(capsys, "--file", kept, "list")[1]
    status, _, err = _said(capsys, "--file", tmp_path / "none.db", "list")
    assert (status, "is not there" in err) == (1, True)


def test_an_import_that_is_asked_to_end_takes_back_what_it_did(tmp_path):
    opened = open_store(default_path())  # the window goes on beside it
    path = tmp_path / "in.jsonl"
    row = json.dumps({"prompt": "x" * 9000, "response": "y"}) + "\n"
    path.write_text(row * 2000)
    command = child_command("steerlm_studio", "transcripts", "import", "--json", str(path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        while json.loads(child.stdout.readline())["read"] < path.stat().st_size * 0.3:
            pass
        assert opened.store.database.number("SELECT count(*) FROM conversation") > 0
        child.send_signal(signal.SIGTERM)
    assert child.returncode == 143
    assert opened.store.database.number("SELECT count(*) FROM conversation") == 0
    opened.close()


@pytest.mark.usefixtures("_two_talks")
def test_only_what_is_wanted_is_written_and_none_is_said(capsys, tmp_path):
    """Before, the others stood there as empty titles; with none wanted, an empty file did."""
    file = tmp_path / "out.md"
    asked = ("export", "--all", "--format", "markdown", "--out", file)
    assert _said(capsys, *asked, "--only", "kept")[1].startswith(f"{file}: 1 conversation,")
    assert "sky" not in file.read_text()
    status, _, err = _said(capsys, *asked, "--only", "voted")
    assert (status, "nothing was written" in err) == (1, True)
    assert "An oak." in file.read_text()  # as it was


@pytest.mark.usefixtures("_two_talks")
@pytest.mark.parametrize("number", [99, 10**30])
def test_a_number_that_there_is_not_is_said(capsys, number):
    status, _, err = _said(capsys, "show", number)
    assert (status, f"There is no conversation {number}" in err) == (1, True)


@pytest.mark.usefixtures("_two_talks")
def test_a_place_that_is_no_file_is_left_as_it_is(capsys, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe", "/dev/null"):
        status, _, err = _said(capsys, "export", "--all", "--format", "json", "--out", place)
        assert (status, "is no file" in err) == (1, True)
    assert Path("/dev/null").is_char_device()
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.usefixtures("_two_talks")
def test_a_link_still_leads_to_the_file_that_is_written(capsys, tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    _said(capsys, "export", "--all", "--format", "text", "--out", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert "An oak." in (tmp_path / "real").read_text()
