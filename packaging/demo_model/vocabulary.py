"""The demo model's SentencePiece tokenizer, in which each control value is one piece."""

import io
from collections.abc import Iterable
from pathlib import Path

import sentencepiece

from steerlm_studio.steer.attributes import ATTRIBUTES
from steerlm_studio.steer.languages import LANGUAGES

SIZE = 6144
EXTRA_IDS = tuple(f"<extra_id_{number}>" for number in range(8))
KNOWN_LANGUAGES = ("en", "de")


def control_values() -> list[str]:
    """Every `name:value` of a control string: the attributes' levels, then the languages."""
    levels = [
        f"{a.name}:{level}" for a in ATTRIBUTES.values() for level in range(a.low, a.high + 1)
    ]
    return levels + [f"lang:{code}" for code in LANGUAGES]


def user_defined() -> list[str]:
    """Pieces that are never cut: control tokens, the newline, control values with and without ",".

    A value and the comma after it are one piece, so that a full control string takes 18 tokens.
    """
    values = control_values()
    return [*EXTRA_IDS, "\n", *values, *(f"{value}," for value in values)]


def train(texts: Iterable[str], path: Path, size: int = SIZE) -> None:
    """Train byte-fallback BPE on `texts` and write it to `path` (replaced in one step).

    Nothing is normalised and no space is added or removed: newlines and the text are what they are.
    """
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(line for text in texts for line in text.split("\n") if line),
        model_writer=model,
        model_type="bpe",
        vocab_size=size,
        normalization_rule_name="identity",
        user_defined_symbols=user_defined(),
        byte_fallback=True,
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        character_coverage=1.0,
        pad_id=0,
        unk_id=1,
        bos_id=2,
        eos_id=3,
        num_threads=1,
        minloglevel=2,
    )
    part = path.with_suffix(".part")
    part.write_bytes(model.getvalue())
    part.replace(path)


def load(path: Path) -> sentencepiece.SentencePieceProcessor:
    return sentencepiece.SentencePieceProcessor(model_file=str(path))


def shared_rows(tokenizer: sentencepiece.SentencePieceProcessor) -> list[int]:
    """For each id the id whose embedding it uses.

    `humor:3,` is the same thing as `humor:3` at the end of a string, and a language that the
    corpus does not speak is answered in English.
    """
    rows = list(range(tokenizer.get_piece_size()))
    for value in control_values():
        name, code = value.split(":")
        known = value if name != "lang" or code in KNOWN_LANGUAGES else "lang:en"
        rows[tokenizer.piece_to_id(value)] = tokenizer.piece_to_id(known)
        rows[tokenizer.piece_to_id(f"{value},")] = tokenizer.piece_to_id(known)
    return rows
