"""`generate` and `batch` with a model on a server."""

import json
import os
import pty
import subprocess
import sys

import pytest

from steerlm_studio.cli.main import main
from steerlm_studio.server_key import VARIABLE
from tests.engine.asking import COMPLETIONS, tea
from tests.engine.peer import Peer


@pytest.fixture
def peer():
    with Peer().running() as peer:
        peer.routes[COMPLETIONS] = tea
        yield peer


@pytest.fixture
def batch(tmp_path, peer, capfd):
    """Runs a batch of so many prompts under two settings; gives status, rows, what was said."""

    def run(count, *options):
        prompts, settings = tmp_path / "prompts.txt", tmp_path / "settings.json"
        prompts.write_text("".join(f"Question {n}\n" for n in range(1, count + 1)))
        settings.write_text('{"base": "", "funny": "humor=4"}')
        out = tmp_path / "out.jsonl"
        arguments = ["batch", str(prompts), "--settings", str(settings), "--out", str(out)]
        status = main([*arguments, "--server", peer.url, *options])
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        return status, rows, capfd.readouterr().err

    return run


def refusing(*numbers):
    def route(handler):
        prompt = handler.body["prompt"]
        if any(f"Question {number}\n" in prompt for number in numbers):
            handler.answer({"error": {"message": "too long"}}, 400)
        else:
            tea(handler)

    return route


def test_generate_asks_the_server(peer, capsys, monkeypatch):
    monkeypatch.setenv(VARIABLE, "word")
    assert main(["generate", "Tea?", "--server", peer.url, "--vs", "humor=4", "--json"]) == 0
    replies = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [reply["text"] for reply in replies] == ["Tea is a drink."] * 2
    assert {reply["server"] for reply in replies} == {peer.url}
    assert {headers["Authorization"] for _, _, headers, _ in peer.seen} == {"Bearer word"}


def test_generate_says_what_was_lost_and_keeps_the_text(peer, capsys):
    def cut(handler):
        handler.stream()
        handler.piece("Tea is")

    peer.routes[COMPLETIONS] = cut
    assert main(["generate", "Tea?", "--server", peer.url]) == 1
    said = capsys.readouterr()
    assert said.out == "Tea is\n"
    assert "cut before its end" in said.err


def test_a_batch_has_many_prompts_under_way_at_a_time(batch, peer):
    def waiting(handler):
        peer.wait_for(6)
        tea(handler)

    peer.routes[COMPLETIONS] = waiting
    status, rows, _ = batch(10, "--concurrency", "6")
    assert status == 0
    assert sorted((row["number"], row["setting"]) for row in rows) == [
        (number, name) for number in range(1, 11) for name in ("base", "funny")
    ]
    assert peer.most_at_a_time == 6


def test_exact_is_refused_before_anything_is_asked(batch, peer, tmp_path):
    (tmp_path / "out.jsonl").touch()
    status, rows, said = batch(3, "--mode", "exact")
    assert (status, rows) == (1, [])
    assert "no text can be promised again" in said
    assert peer.bodies(COMPLETIONS) == []


def test_a_row_says_what_a_server_was_sent_otherwise(batch, peer, tmp_path):
    batch(1)
    (tmp_path / "out.jsonl").unlink()
    tokens = "Say </s> and <|end|>."
    (tmp_path / "settings.json").write_text('{"base": ""}')
    (tmp_path / "prompts.txt").write_text(tokens)
    files = [str(tmp_path / name) for name in ("prompts.txt", "settings.json", "out.jsonl")]
    arguments = ["batch", files[0], "--settings", files[1], "--out", files[2]]
    assert main([*arguments, "--server", peer.url]) == 0
    (row,) = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert "with a space in it" in row["note"]
    assert row["prompt"] == tokens


def test_a_refused_prompt_is_told_and_tried_again_later(batch, peer):
    peer.routes[COMPLETIONS] = refusing(2, 5)
    status, rows, said = batch(6)
    assert status == 1
    assert {row["number"] for row in rows} == {1, 3, 4, 6}
    assert "Prompt 5 under “funny” is not answered. The server refused this prompt" in said
    peer.routes[COMPLETIONS] = tea
    peer.seen.clear()
    status, rows, _ = batch(6)
    assert (status, len(rows), len(peer.bodies(COMPLETIONS))) == (0, 12, 4)


def test_a_server_that_goes_away_ends_the_batch_which_then_goes_on(batch, peer):
    def until_ten(handler):
        if len(peer.bodies(COMPLETIONS)) > 10:
            handler.answer(b"", 500)
        else:
            tea(handler)

    peer.routes[COMPLETIONS] = until_ten
    status, rows, said = batch(200, "--concurrency", "1")
    assert (status, len(rows)) == (1, 10)
    assert "The server failed (500)" in said
    assert "start it again to go on" in said
    assert len(peer.bodies(COMPLETIONS)) < 30
    peer.routes[COMPLETIONS] = tea
    assert batch(200)[0] == 0


def test_a_table_made_by_a_server_is_not_gone_on_with_by_a_file(batch, tmp_path, capfd):
    batch(1)
    files = [str(tmp_path / name) for name in ("prompts.txt", "settings.json", "out.jsonl")]
    assert main(["batch", files[0], "--settings", files[1], "--out", files[2]]) == 1
    assert "another model" in capfd.readouterr().err


def test_a_reply_steers_a_file_and_no_terminal(peer):
    """What goes to a file or a pipe is the reply as it is."""

    def steering(handler):
        handler.stream()
        handler.piece("Tea\n\tis\x1b]0;mine\x07 · 茶", "stop")
        handler.end()

    peer.routes[COMPLETIONS] = steering
    command = [sys.executable, "-m", "steerlm_studio", "generate", "Tea?", "--server", peer.url]
    piped = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    assert piped == "Tea\n\tis\x1b]0;mine\x07 · 茶\n"
    ours, theirs = pty.openpty()
    subprocess.run(command, stdout=theirs, stderr=subprocess.DEVNULL, check=True)
    assert os.read(ours, 999).decode() == "Tea\r\n\tis\ufffd]0;mine\ufffd · 茶\r\n"
    os.close(ours)
    os.close(theirs)
