"""`steerlm-studio prompt`, as it is typed."""

import io
import json

import pytest

from steerlm_studio.cli.main import main

TALK = {
    "system": "Be kind.",
    "turns": [
        {"user": "Hi", "reply": "Hello", "control": "humor:1,lang:en"},
        {"user": "Is <extra_id_1> a token?", "control": "humor:4,lang:en"},
    ],
}
TEXT = (
    "<extra_id_0>System\nBe kind.\n\n"
    "<extra_id_1>User\nHi\n<extra_id_1>Assistant\n<extra_id_2>humor:1,lang:en\nHello\n"
    "<extra_id_1>User\nIs <extra_id_1> a token?\n<extra_id_1>Assistant\n"
    "<extra_id_2>humor:4,lang:en\n"
)


@pytest.fixture
def talk(tmp_path):
    file = tmp_path / "talk.json"
    file.write_text(json.dumps(TALK), encoding="utf-8")
    return str(file)


def test_it_prints_exactly_what_is_sent(capsys, talk):
    assert main(["prompt", "--conversation", talk]) == 0
    assert capsys.readouterr().out == TEXT


def test_the_two_newline_variants_are_switches(capsys, talk):
    main(["prompt", "--conversation", talk, "--newlines-after-system", "1"])
    assert capsys.readouterr().out.startswith("<extra_id_0>System\nBe kind.\n<extra_id_1>")
    main(["prompt", "--conversation", talk, "--no-newline-after-control"])
    assert capsys.readouterr().out.endswith("<extra_id_2>humor:4,lang:en")


def test_a_document_may_come_from_stdin(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(TALK)))
    assert main(["prompt", "--conversation", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == TEXT


def test_with_a_model_the_look_alike_in_the_users_text_is_no_control_token(capsys, talk):
    assert main(["prompt", "--conversation", talk, "--model", "demo", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["tokens"]) == len(found["pieces"])
    assert found["pieces"].count("<extra_id_1>") == 4
    assert "".join(found["pieces"]) == TEXT


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--conversation", "/nowhere.json"], "/nowhere.json cannot be read"),
        (["--conversation", "-", "--model", "/nowhere.gguf"], "no model file"),
        (["--conversation", "-", "--template", "chatml"], "no prompt template"),
    ],
)
def test_what_is_missing_is_named(capsys, monkeypatch, arguments, named):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(TALK)))
    assert main(["prompt", *arguments]) == 1
    assert named in capsys.readouterr().err
