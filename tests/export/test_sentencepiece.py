"""A SentencePiece model becomes a vocabulary with which llama.cpp gives the same ids."""

import io
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
import sentencepiece
from hypothesis import example, given
from hypothesis import strategies as st

from steerlm_studio.errors import StudioError
from steerlm_studio.export import gguf_file
from steerlm_studio.export.tokenizer import BYTE, CONTROL, NORMAL, UNKNOWN, USER_DEFINED, vocabulary
from tests.export import llama, made

SENTENCES = [
    "The old clock on the wall ticks slowly through the night, again and again.",
    "A good loaf of bread needs flour, water, salt, time and a warm kitchen.",
    "quality:4,understanding:4,correctness:4,coherence:4,lang:en is a control string.",
    "def main(args): return [x ** 2 for x in range(10) if x % 2 == 0]</s><s>",
    "Größe, Übermut und Äpfel: die Straße führt über den Fluss nach Süden.",
    "    indented    text   with  spaces and 1234567890 numbers.",
]
EXTRA = [f"<extra_id_{i}>" for i in range(3)]


@cache
def trained(**settings: object) -> bytes:
    """A small SentencePiece model; the settings as the trainer names them, units as a tuple."""
    model = io.BytesIO()
    units = settings.pop("units", ())
    defaults = {
        "model_type": "bpe",
        "vocab_size": 460,
        "normalization_rule_name": "identity",
        "byte_fallback": True,
        "add_dummy_prefix": False,
        "remove_extra_whitespaces": False,
        "pad_id": 0,
        "unk_id": 1,
        "bos_id": 2,
        "eos_id": 3,
        "hard_vocab_limit": False,
        "minloglevel": 2,
        "num_threads": 1,
        "user_defined_symbols": [*EXTRA, *units],
    }
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 4), model_writer=model, **(defaults | settings)
    )
    return model.getvalue()


SETTINGS = {
    "plain": {},
    "dummy-prefix": {"add_dummy_prefix": True},
    "newline-unit": {"units": ("\n",)},
    "nested-units": {"units": ("humor:4", "humor:4,", "lang:en", "lang:en,", "\n", "\n\n")},
    "space-runs": {"units": ("▁▁", "▁▁▁▁", "\t"), "add_dummy_prefix": True},
    "other-ids": {"unk_id": 0, "bos_id": 1, "eos_id": 2, "pad_id": -1},
}
ODD = {
    "spaced-units": {"units": (" ", "  ", "▁▁", "a▁b")},
    "ends-of-tags": {
        "split_by_unicode_script": False,
        "split_by_number": False,
        "split_by_whitespace": False,
        "max_sentencepiece_length": 4,
        "vocab_size": 600,
        "eos_piece": "<|endoftext|>",  # so that the trainer takes “</s>” for text
    },
    "control-of-one-letter": {"control_symbols": "),<mask>"},
}
TEXTS = st.lists(
    st.sampled_from([*EXTRA, "</s>", "<s>", "humor:4,", "lang:en", "\n", "  ", " ", "bread", "ü☃"])
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
    max_size=12,
).map("".join)


@pytest.fixture(scope="module", params=SETTINGS | ODD)
def judged(request, tmp_path_factory):
    """SentencePiece's own processor, and the same vocabulary in llama.cpp."""
    model = trained(**(SETTINGS | ODD)[request.param])
    path = tmp_path_factory.mktemp("words") / "words.gguf"
    write_words(path, model)
    with llama.loaded(path, vocabulary_only=True) as loaded:
        yield sentencepiece.SentencePieceProcessor(model_proto=model), loaded


def write_words(path: Path, model: bytes) -> None:
    words = vocabulary(model)
    metadata = {"nemotron.vocab_size": len(words.pieces), **words.metadata()}
    for _ in gguf_file.write(path, "nemotron", metadata, {}, "F32"):
        pass


@given(TEXTS)
@example("")
@example("<extra_id_1>User\n\n\nhumor:4,lang:en\n  x   </s>")
@example(" leading and trailing ")
@example("def f(x): <s>")
@example("of the cat: a b   c")
@example("▁▁ is how it writes a space ▁, a▁b")
def test_llama_cpp_and_sentencepiece_agree_on_any_text(judged, text):
    processor, loaded = judged
    assert llama.tokenize(loaded, llama.split(text)) == processor.encode(text)


def test_special_pieces_get_the_types_that_llama_cpp_needs():
    words = vocabulary(trained(units=("\n", "humor:4")))
    types = dict(zip(words.pieces, words.types, strict=True))
    assert [types[piece] for piece in ("<s>", "</s>", "<pad>", *EXTRA)] == [CONTROL] * 6
    assert types["<unk>"] == UNKNOWN
    assert types["\n"] == types["humor:4"] == USER_DEFINED
    assert types["<0x0A>"] == BYTE
    assert types["▁the"] == NORMAL
    assert words.pieces[words.turn] == "<extra_id_1>"


def test_a_text_does_not_become_a_control_piece_by_merging():
    """llama.cpp made the begin of a sequence of “<” and “s>”; a web page's text holds both."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=trained(**ODD["ends-of-tags"]))
    words = vocabulary(trained(**ODD["ends-of-tags"]))
    assert "s>" in words.pieces
    assert processor.id_to_piece(words.begin) == "<s>"
    assert words.pieces[words.begin] == "⟦<s>⟧"
    assert words.types[words.begin] == CONTROL
    plain = vocabulary(trained())
    assert plain.pieces[plain.begin] == "<s>"


def test_units_with_spaces_are_written_with_spaces():
    """llama.cpp wrote “▁▁” into a reply where the model indents by such a unit."""
    model = trained(units=("▁▁", "▁the▁"))
    words = vocabulary(model)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    for piece, text in (("▁▁", "  "), ("▁the▁", " the ")):
        assert words.pieces[processor.piece_to_id(piece)] == text
        assert words.types[processor.piece_to_id(piece)] == USER_DEFINED


def test_ids_of_special_pieces_come_from_the_model():
    words = vocabulary(trained(unk_id=0, bos_id=1, eos_id=2, pad_id=-1))
    assert (words.unknown, words.begin, words.end, words.padding) == (0, 1, 2, -1)
    assert "tokenizer.ggml.padding_token_id" not in words.metadata()


def test_a_model_without_turn_tokens_says_no_end_of_turn():
    words = vocabulary(trained(user_defined_symbols=()))
    assert words.turn == -1
    assert "tokenizer.ggml.eot_token_id" not in words.metadata()


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"model_type": "unigram", "vocab_size": 400}, "Unigram"),
        ({"model_type": "char"}, "character"),
        ({"byte_fallback": False, "vocab_size": 200}, "byte pieces"),
        ({"normalization_rule_name": "nmt_nfkc"}, "nmt_nfkc"),
        ({"remove_extra_whitespaces": True}, "repeated spaces"),
        ({"treat_whitespace_as_suffix": True}, "suffix"),
    ],
)
def test_tokenizers_that_would_give_other_ids_are_refused(settings, reason):
    with pytest.raises(StudioError, match=reason):
        vocabulary(trained(**settings))


@given(st.binary(max_size=300))
def test_bytes_that_are_no_model_are_refused(data):
    with pytest.raises(StudioError):
        vocabulary(data)


@given(st.integers(0, 7000), st.integers(0, 255), st.integers(0, 7000))
def test_a_damaged_model_is_refused_or_read_but_never_a_trace(at, byte, end):
    model = bytearray(made.TOKENIZER.read_bytes())
    model[at] = byte
    for data in (bytes(model), bytes(model[:end])):
        with suppress(StudioError):
            vocabulary(data)
