"""`steerlm-studio tokenize`, as it is typed."""

import json
import re

import pytest

from steerlm_studio.cli.main import main
from steerlm_studio.export.run import export
from tests.export import made


@pytest.fixture(scope="module", params=["bpe_noprefix", "bpe_prefix"])
def known(request, tmp_path_factory):
    """A model with one of the reference tokenizers, and what SentencePiece gives."""
    folder = tmp_path_factory.mktemp("words")
    tokenizer = made.FIXTURES / "tokenizer" / f"{request.param}.model"
    shape = made.Shape(layers=1)
    source = made.nemo(
        folder / "m.nemo",
        made.weights(shape),
        made.config(shape),
        tokenizer=tokenizer.read_bytes(),
    )
    out = folder / "m.gguf"
    for _ in export(source, out, "Q8_0", name="tiny", control=""):
        pass
    return out, json.loads(tokenizer.with_suffix(".expected_ids.json").read_text("utf-8"))


def ids(capsys, model, items, tmp_path) -> list[list[int]]:
    file = tmp_path / "strings.json"
    file.write_text(json.dumps(items), encoding="utf-8")
    assert main(["tokenize", "--model", str(model), "--file", str(file), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_file_of_strings_gives_the_ids_of_sentencepiece(capsys, known, tmp_path):
    model, expected = known
    strings = expected["strings"]
    assert ids(capsys, model, [entry["text"] for entry in strings], tmp_path) == [
        entry["ids"] for entry in strings
    ]


def test_in_parts_only_control_ones_are_control_tokens(capsys, known, tmp_path):
    model, expected = known
    entries = expected["literal_controls_in_user_text"]
    found = ids(capsys, model, [entry["segments"] for entry in entries], tmp_path)
    for entry, tokens in zip(entries, found, strict=True):
        positions = [i for i, token in enumerate(tokens) if 4 <= token < 14]
        assert positions == entry["control_positions"], entry["name"]


def test_texts_on_the_command_line_are_shown_with_their_pieces(capsys):
    assert main(["tokenize", "--model", "demo", "<extra_id_1>User\nHi", "Hi"]) == 0
    first, second = capsys.readouterr().out.split("\n\n")
    pieces = [json.loads(line.split(None, 1)[1]) for line in first.splitlines()]
    assert pieces[0] == "<extra_id_1>"
    assert "".join(pieces) == "<extra_id_1>User\nHi"
    assert re.fullmatch(r"( +\d+  \".+\"\n)+", second)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "not valid JSON"),
        ("{}", "must hold a list"),
        ('["a", 3]', "Item 2"),
        ('[[{"user": "a"}]]', "Item 1"),
        ('[[{"text": 3}]]', "Item 1"),
        ('["\\ud800"]', "surrogate"),
    ],
)
def test_a_file_that_is_no_list_of_strings_is_refused_by_item(capsys, document, said, tmp_path):
    file = tmp_path / "strings.json"
    file.write_text(document)
    assert main(["tokenize", "--model", "demo", "--file", str(file)]) == 1
    assert said in capsys.readouterr().err


def test_texts_and_a_file_exclude_each_other(capsys):
    assert main(["tokenize", "--model", "demo", "a", "--file", "b.json"]) == 1
    assert main(["tokenize", "--model", "demo"]) == 1
    assert capsys.readouterr().err.count("not both") == 2
