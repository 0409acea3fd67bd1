"""`steerlm-studio generate`, with the shipped demo model."""

import io
import json
import subprocess
import sys

import pytest

from steerlm_studio import resources
from steerlm_studio.cli.main import main

ASK = ["generate", "What is tea?", "--threads", "1", "--temperature", "0"]


def _replies(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict]:
    assert main([*ASK, "--json", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_reply_says_what_made_it(capsys):
    (reply,) = _replies(capsys, "--set", "humor=2", "--seed", "7")
    assert "tea" in reply["text"].lower()
    assert "humor:2" in reply["control"]
    assert (reply["seed"], reply["finish"]) == (7, "stop")
    assert reply["evaluated"] + reply["reused"] == reply["prompt_tokens"]
    assert 0 < reply["first_token_seconds"] <= reply["seconds"]


def test_verbosity_0_is_shorter_than_verbosity_4(capsys):
    long, short = _replies(capsys, "--vs", "verbosity=0")
    assert len(short["text"].split()) < 0.6 * len(long["text"].split())


def test_lanes_share_what_their_prompts_share(capsys):
    one, other = _replies(capsys, "--vs", "moral_judgement=4")
    assert one["evaluated"] < 1.2 * one["prompt_tokens"]
    assert one["evaluated"] + one["reused"] <= one["prompt_tokens"] + other["prompt_tokens"]


def test_the_same_seed_gives_the_same_text_and_the_cut_is_said(capsys):
    options = ("--temperature", "1", "--seed", "3", "--max-tokens", "8", "--mode", "exact")
    (one,), (other,) = _replies(capsys, *options), _replies(capsys, *options)
    assert one["text"] == other["text"]
    assert (one["tokens"], one["finish"]) == (8, "length")


def test_the_model_is_loaded_as_the_options_say(capsys):
    """As the sentence about short memory advises; shares are taken also where no GPU is."""
    (reply,) = _replies(capsys, "--cache", "q8_0", "--split", "3,1", "--overcommit")
    assert "tea" in reply["text"].lower()
    assert main([*ASK, "--split", "what"]) == 1
    assert "no shares of GPUs" in capsys.readouterr().err


def test_lanes_that_are_compared_have_one_seed_also_where_any_will_do(capsys):
    replies = _replies(capsys, "--seed", "-1", "--vs", "humor=4", "--max-tokens", "3")
    assert len({reply["seed"] for reply in replies}) == 1


def test_without_json_the_text_streams_to_stdout_and_the_counts_to_stderr(capsys):
    assert main([*ASK, "--max-tokens", "5"]) == 0
    captured = capsys.readouterr()
    assert captured.out.strip()
    assert "tokens/s" in captured.err


def test_a_prompt_longer_than_the_context_is_refused_in_words(capsys):
    assert main([ASK[0], "tea " * 5000]) == 1
    assert "Shorten the conversation" in capsys.readouterr().err


def test_a_context_beyond_the_trained_one_is_cut_and_said(capsys):
    assert main([*ASK, "--max-tokens", "1", "--context", "9000"]) == 0
    assert (
        "trained with 4096 tokens, so its context is that and not 9000" in capsys.readouterr().err
    )
    assert main([*ASK, "--max-tokens", "1", "--context", "4096"]) == 0
    assert "trained" not in capsys.readouterr().err


@pytest.mark.parametrize("prompt", ["", " \n"])
def test_an_empty_prompt_is_refused_before_a_model_is_loaded(prompt, capsys):
    assert main(["generate", prompt, "--model", "none.gguf"]) == 1
    assert "The prompt is empty" in capsys.readouterr().err


@pytest.fixture
def half_a_model(tmp_path):
    """Says what it is, but cannot be loaded."""
    path = tmp_path / "half.gguf"
    path.write_bytes(resources.demo_model().read_bytes()[: 2**21])
    return str(path)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--set", "humour=1"), "has no attribute “humour”"),
        (("--vs", "humor=1", "--vs", "humor=9"), "humor cannot be 9"),
        (("--vs", "lang=xx"), "“xx” is not one of the languages"),
        (("--vs", "humor=1,humor=3"), "humor stands twice"),
        (("--temperature", "nan"), "temperature cannot be nan"),
        (("--min-p", "inf"), "min_p cannot be inf"),
        (("--top-p", "7"), "top_p cannot be 7: it goes from 0 to 1"),
        (("--repeat-penalty", "0"), "repeat_penalty cannot be 0"),
        ((), "ends too early"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_the_model_is_loaded(
    options, why, half_a_model, capsys
):
    """Names were once checked after a load of minutes; a NaN was waited on for ever."""
    assert main(["generate", "What is tea?", "--model", half_a_model, *options]) == 1
    assert why in capsys.readouterr().err


def test_a_prompt_in_another_encoding_is_refused_in_words(capsys, monkeypatch):
    for errors in ("strict", "surrogateescape"):
        latin = io.TextIOWrapper(io.BytesIO(b"caf\xe9?"), encoding="utf-8", errors=errors)
        monkeypatch.setattr(sys, "stdin", latin)
        assert main(["generate", "-"]) == 1
        assert "is not UTF-8" in capsys.readouterr().err


def test_a_reader_that_goes_away_ends_it_without_a_trace():
    command = [sys.executable, "-m", "steerlm_studio", *ASK]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe) as process:
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
