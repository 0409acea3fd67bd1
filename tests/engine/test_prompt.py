import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steerlm_studio.engine.llama import Llama
from steerlm_studio.engine.prompt import Tokenizer
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Part
from tests.engine import tiny
from tests.engine.talk import prompt

SPELLINGS = ["<s>", "</s>", "<unk>", *(f"<extra_id_{i}>" for i in range(10))]
CONTROL = re.compile(r"(<extra_id_\d>)")
texts = st.lists(st.one_of(st.sampled_from(SPELLINGS), st.text(max_size=9)), max_size=9).map(
    "".join
)


def vocabulary_alone(path, vocabulary):
    shape = tiny.Shape(layers=1, width=32, heads=1, ffn=32)
    file = tiny.write(path, vocabulary=vocabulary, shape=shape)
    return Llama(str(file), cells=256, sequences=3)


@pytest.fixture(scope="module", params=["bpe_noprefix", "bpe_prefix"])
def expected(request, tmp_path_factory):
    """A tokenizer and what SentencePiece gives for the same vocabulary."""
    folder = tmp_path_factory.mktemp("tokenizer")
    vocabulary = tiny.from_sentencepiece(request.param)
    llama = vocabulary_alone(folder / "model.gguf", vocabulary)
    data = (tiny.TOKENIZERS / f"{request.param}.expected_ids.json").read_text()
    yield Tokenizer(llama, vocabulary.dummy_prefix), json.loads(data)
    llama.close()


@pytest.fixture(scope="module")
def careless(tmp_path_factory):
    """A vocabulary whose `<extra_id_*>` are user-defined, as some converters leave them."""
    right = tiny.from_sentencepiece()
    types = [
        tiny.USER_DEFINED if piece.startswith(b"<extra_id_") else kind
        for piece, kind in zip(right.pieces, right.types, strict=True)
    ]
    vocabulary = tiny.Vocabulary(right.pieces, right.scores, types)
    llama = vocabulary_alone(tmp_path_factory.mktemp("careless") / "model.gguf", vocabulary)
    yield Tokenizer(llama)
    llama.close()


def parts_of(text):
    return [
        Part("control" if CONTROL.fullmatch(piece) else "text", piece)
        for piece in CONTROL.split(text)
        if piece
    ]


def test_the_ids_are_those_of_sentencepiece(expected):
    tokenizer, data = expected
    assert len(data["strings"]) == 40
    wrong = [
        case["name"]
        for case in data["strings"]
        if list(tokenizer.prompt(parts_of(case["text"])).ids) != case["ids"]
    ]
    assert wrong == []


def test_control_tokens_that_a_user_types_stay_text(expected):
    tokenizer, data = expected
    for case in data["literal_controls_in_user_text"]:
        parts = [Part(kind, text) for segment in case["segments"] for kind, text in segment.items()]
        ids = tokenizer.prompt(parts).ids
        units = {tokenizer.unit(spelling) for spelling in SPELLINGS} - {None}
        assert [i for i, token in enumerate(ids) if token in units] == case["control_positions"]


@settings(max_examples=200, deadline=None)
@given(texts)
def test_no_text_gives_a_control_token_and_none_is_lost(llama, text):
    tokenizer = Tokenizer(llama)
    ids = tokenizer.text(text)
    assert not any(llama.is_control(token) for token in ids)
    assert b"".join(llama.piece(token, True) for token in ids).decode(errors="replace") == text


@settings(max_examples=200, deadline=None)
@given(texts)
def test_no_text_gives_a_unit_that_a_careless_file_made_of_its_control_tokens(careless, text):
    units = {careless.unit(f"<extra_id_{i}>") for i in range(10)}
    assert not units & set(careless.text(text))


@pytest.mark.parametrize("spelling", [s for s in SPELLINGS if s != "<unk>"])
def test_every_control_spelling_is_one_token_as_control_and_none_as_text(llama, spelling):
    tokenizer = Tokenizer(llama)
    (control,) = tokenizer.prompt([Part("control", spelling)]).ids
    assert llama.is_control(control)
    assert control not in tokenizer.prompt([Part("text", spelling)]).ids


def test_a_control_token_that_the_vocabulary_lacks_is_text(llama):
    tokenizer = Tokenizer(llama)
    assert tokenizer.unit("<|assistant|>") is None
    ids = tokenizer.prompt([Part("control", "<|assistant|>")]).ids
    assert ids == tokenizer.prompt([Part("text", "<|assistant|>")]).ids


def test_neighbouring_texts_are_tokenized_as_one(llama):
    tokenizer = Tokenizer(llama)
    whole = tokenizer.prompt([Part("text", "assistant of the island")])
    cut = tokenizer.prompt([Part("text", "assist"), Part("text", "ant of the island")])
    assert cut.ids == whole.ids
    assert cut.parts[0] == 0
    assert set(cut.parts) == {0, 1}


def test_the_prefix_ends_before_the_last_control_token(llama):
    tokenizer = Tokenizer(llama)
    found = tokenizer.prompt(prompt())
    assert found.ids[found.prefix] == tokenizer.unit("<extra_id_2>")
    assert tokenizer.prompt([Part("text", "An oak")]).prefix == 0


def test_each_token_knows_its_part(llama):
    tokenizer, parts = Tokenizer(llama), prompt()
    found = tokenizer.prompt(parts)
    joined = [""] * len(parts)
    for token, part in zip(found.ids, found.parts, strict=True):
        joined[part] += llama.piece(token, True).decode()
    assert joined == [part.text for part in parts]


def test_lone_surrogates_do_not_break_the_tokenizer(llama):
    assert Tokenizer(llama).text("oak \ud800 tree")


def test_a_control_token_in_text_is_refused_should_it_ever_appear(llama, monkeypatch):
    monkeypatch.setattr(llama, "tokenize", lambda text, special=False: [4])
    with pytest.raises(StudioError, match=r"'<extra_id_0>', which this model's tokenizer reads"):
        Tokenizer(llama).text("oak")


def test_a_conversation_is_read_once_for_all_lanes_and_slider_moves(llama, monkeypatch):
    tokenizer, read = Tokenizer(llama), []
    tokenize = llama.tokenize

    def noted(text, special=False):
        read.append(text)
        return tokenize(text, special)

    monkeypatch.setattr(llama, "tokenize", noted)
    first = tokenizer.prompt(prompt(control="humor:0"))
    read.clear()
    moved = tokenizer.prompt(prompt(control="humor:4"))
    assert len(read) == 1
    assert b"humor:4" in read[0]
    assert moved == Tokenizer(llama).prompt(prompt(control="humor:4"))
    assert first == tokenizer.prompt(prompt(control="humor:0"))
