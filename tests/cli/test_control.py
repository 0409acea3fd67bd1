"""`steerlm-studio control`, as it is typed."""

import json

import pytest

from steerlm_studio.cli.main import main

DEFAULT = (
    "quality:4,understanding:4,correctness:4,coherence:4,complexity:4,verbosity:4,toxicity:0,"
    "humor:0,creativity:0,violence:0,helpfulness:4,not_appropriate:0,hate_speech:0,"
    "sexual_content:0,fails_task:0,political_content:0,moral_judgement:0,lang:en"
)


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["control", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_without_options_it_prints_the_default_string(capsys):
    assert _said(capsys) == (0, DEFAULT + "\n", "")


def test_values_are_set_and_left_out(capsys):
    status, out, _ = _said(
        capsys, "--set", "humor=3,verbosity=1,toxicity=-", "--set", "violence=-", "--lang", "de"
    )
    changed = DEFAULT.replace("humor:0", "humor:3").replace("verbosity:4", "verbosity:1")
    changed = changed.replace("toxicity:0,", "").replace("violence:0,", "")
    assert (status, out) == (0, changed.replace("lang:en", "lang:de") + "\n")


def test_another_schema_has_its_own_attributes(capsys):
    _, out, _ = _said(capsys, "--schema", "nemo-aligner")
    assert out.startswith("quality:4,toxicity:0,")
    assert "lang" not in out


def test_a_right_string_comes_back_as_it_was(capsys):
    assert _said(capsys, "--parse", DEFAULT) == (0, DEFAULT + "\n", "")


def test_a_misspelt_key_is_named_with_the_likely_one(capsys):
    status, out, _ = _said(capsys, "--parse", "quality:4,toxcity:0,lang:en")
    assert status == 1
    assert "toxcity" in out
    assert "toxicity" in out


def test_json_holds_values_and_problems(capsys):
    status, out, _ = _said(capsys, "--json", "--parse", "humor:9")
    found = json.loads(out)
    assert status == 1
    assert found["values"]["humor"] == 4
    assert next((p["kind"], p["fix"]) for p in found["problems"]) == ("out of range", "humor:4")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--set", "humor"], "name=value"),
        (["--set", "humor=lots"], "whole number"),
        (["--set", "humour=1"], "no attribute"),
        (["--set", "humor=5"], "from 0 to 4"),
        (["--lang", "xx"], "languages"),
        (["--schema", "zzz"], "schema"),
    ],
)
def test_wrong_options_end_with_a_sentence(capsys, arguments, named):
    status, out, err = _said(capsys, *arguments)
    assert (status, out) == (1, "")
    assert named in err
