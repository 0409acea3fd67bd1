"""`steerlm-studio generate`, with the shipped demo model."""

import json

import pytest

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


def test_without_json_the_text_streams_to_stdout_and_the_counts_to_stderr(capsys):
    assert main([*ASK, "--max-tokens", "5"]) == 0
    captured = capsys.readouterr()
    assert captured.out.strip()
    assert "tokens/s" in captured.err


def test_a_prompt_longer_than_the_context_is_refused_in_words(capsys):
    assert main([ASK[0], "tea " * 5000]) == 1
    assert "Shorten the conversation" in capsys.readouterr().err


@pytest.mark.parametrize("prompt", ["", " \n"])
def test_an_empty_prompt_is_refused_before_a_model_is_loaded(prompt, capsys):
    assert main(["generate", prompt, "--model", "none.gguf"]) == 1
    assert "The prompt is empty" in capsys.readouterr().err
