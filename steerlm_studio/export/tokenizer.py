"""A SentencePiece model becomes a GGUF vocabulary that llama.cpp tokenizes with just so.

Format: sentencepiece_model.proto of google/sentencepiece. llama.cpp's `llama` vocabulary is
SentencePiece BPE with byte fallback and no normalization; anything else is refused by name.
"""

import re
from dataclasses import dataclass
from typing import Any

from steerlm_studio.errors import StudioError
from steerlm_studio.export import protobuf
from steerlm_studio.export.protobuf import Message

# Types of a piece; SentencePiece and GGUF number them alike.
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
# llama.cpp parses USER_DEFINED pieces even in a user's text: these must be CONTROL, or anybody
# could open a turn by typing one.
_CONTROL = re.compile(r"<extra_id_\d+>|</?s>|<pad>|<bos>|<eos>")
CONTROL_SPELLING = re.compile(r"(<extra_id_\d+>)")  # those that open a turn or its parts
_KINDS = {1: "Unigram", 2: "BPE", 3: "word", 4: "character"}


@dataclass(frozen=True)
class Vocabulary:
    """Pieces with scores and types, by id, and the ids of special ones (-1: none)."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    types: tuple[int, ...]
    unknown: int
    begin: int
    end: int
    padding: int
    turn: int  # <extra_id_1>, where every reply stops
    dummy_prefix: bool  # SentencePiece puts one space before the whole string

    def metadata(self) -> dict[str, Any]:
        """The tokenizer's keys of a GGUF; `steerlm.dummy_prefix` is for our own tokenizing."""
        ids = {
            "unknown": self.unknown,
            "bos": self.begin,
            "eos": self.end,
            "padding": self.padding,
            "eot": self.turn,
        }
        return {
            "tokenizer.ggml.model": "llama",
            "tokenizer.ggml.pre": "default",
            "tokenizer.ggml.tokens": list(self.pieces),
            "tokenizer.ggml.scores": list(self.scores),
            "tokenizer.ggml.token_type": list(self.types),
            **{f"tokenizer.ggml.{name}_token_id": id for name, id in ids.items() if id >= 0},
            "tokenizer.ggml.add_bos_token": False,
            "tokenizer.ggml.add_eos_token": False,
            # True would put a space after every special token, not only at the very start.
            "tokenizer.ggml.add_space_prefix": False,
            "steerlm.dummy_prefix": self.dummy_prefix,
        }


def vocabulary(model: bytes) -> Vocabulary:
    """The vocabulary of a serialized SentencePiece model. Raises StudioError."""
    try:
        whole = protobuf.parse(model)
        trainer, normalizer = whole.message(2), whole.message(3)
        entries = [_piece(message) for message in whole.messages(1)]
    except (ValueError, UnicodeDecodeError) as error:
        raise StudioError(
            "The tokenizer file is no SentencePiece model or is damaged. Download it again.",
            str(error),
        ) from error
    _refuse_other_kinds(trainer, normalizer)
    pieces, scores, kinds = zip(*entries, strict=True) if entries else ((), (), ())
    types = tuple(map(_type, pieces, kinds))
    _check_pieces(pieces, types)
    return Vocabulary(
        pieces=_names(pieces, kinds),
        scores=scores,
        types=types,
        unknown=_id(trainer, 40, 0, len(pieces)),
        begin=_id(trainer, 41, 1, len(pieces)),
        end=_id(trainer, 42, 2, len(pieces)),
        padding=_id(trainer, 43, -1, len(pieces)),
        turn=pieces.index("<extra_id_1>") if "<extra_id_1>" in pieces else -1,
        dummy_prefix=bool(normalizer.integer(3, 1)),
    )


def _piece(message: Message) -> tuple[str, float, int]:
    return message.data(1).decode("utf-8"), message.float(2), message.integer(3, NORMAL)


def _type(piece: str, kind: int) -> int:
    if kind == USER_DEFINED and _CONTROL.fullmatch(piece):
        return CONTROL
    if kind == USER_DEFINED and " " in piece:
        return UNUSED  # no text has it, since spaces become ▁ first; llama.cpp would look before
    return kind


def hidden(piece: str) -> str:
    """The name of a control piece that must not come out of a text; no pieces make it up."""
    return f"⟦{piece}⟧"


def _names(pieces: tuple[str, ...], kinds: tuple[int, ...]) -> tuple[str, ...]:
    """The pieces as llama.cpp must know them.

    It looks for user-defined pieces in the text as it is, and writes them as they are spelled, so
    their ▁ are spaces. And it merges neighbours into whatever has their spelling, SentencePiece
    only into pieces for text: with the piece “s>” in the vocabulary, a text's “<s>” would become
    the begin of a sequence. Such pieces are hidden.
    """
    known = set(pieces)

    def comes_up(piece: str) -> bool:
        halves = ((piece[:at], piece[at:]) for at in range(1, len(piece)))
        single = len(piece) == 1
        return single or any(all(len(h) == 1 or h in known for h in pair) for pair in halves)

    def name(piece: str, kind: int) -> str:
        if kind == USER_DEFINED:
            return hidden(piece) if " " in piece else piece.replace("▁", " ")
        is_inner = kind in (UNKNOWN, CONTROL) and not CONTROL_SPELLING.fullmatch(piece)
        return hidden(piece) if is_inner and comes_up(piece) else piece

    return tuple(map(name, pieces, kinds))


def _refuse_other_kinds(trainer: Message, normalizer: Message) -> None:
    kind = trainer.integer(3, 1)
    if kind != 2:
        raise StudioError(
            f"The tokenizer is a SentencePiece {_KINDS.get(kind, 'model of unknown kind')} model "
            "(model_type); only BPE can be exported so that it gives the same tokens."
        )
    if trainer.integer(24, 0):
        raise _differs("treats white space as a suffix (treat_whitespace_as_suffix)")
    if not normalizer.integer(5, 1):
        raise _differs("does not escape white space (escape_whitespaces)")
    if normalizer.data(2):
        name = normalizer.data(1).decode("utf-8", "replace")
        raise _differs(f"rewrites characters before it splits the text (normalizer “{name}”)")
    if normalizer.integer(4, 1):
        raise _differs("drops repeated spaces (remove_extra_whitespaces)")


def _differs(what: str) -> StudioError:
    return StudioError(
        f"The tokenizer {what}. llama.cpp cannot do that, so texts would become other tokens "
        "than the model was trained on."
    )


def _check_pieces(pieces: tuple[str, ...], types: tuple[int, ...]) -> None:
    missing = {f"<0x{byte:02X}>" for byte in range(256)} - {
        piece for piece, kind in zip(pieces, types, strict=True) if kind == BYTE
    }
    if missing:
        raise StudioError(
            f"The tokenizer lacks byte pieces ({min(missing)} and {len(missing) - 1} more). "
            "llama.cpp would end on the first unknown character, so it is not exported."
        )
    if len(set(pieces)) != len(pieces):
        twice = next(piece for piece in pieces if pieces.count(piece) > 1)
        raise StudioError(f"The tokenizer has the piece “{twice}” twice; the file is damaged.")
    if "" in pieces or not set(types) <= set(range(NORMAL, BYTE + 1)):
        raise StudioError("The tokenizer has empty pieces or unknown types; the file is damaged.")


def _id(trainer: Message, field: int, default: int, pieces: int) -> int:
    """A special piece's id; -1 when there is none."""
    value = trainer.integer(field, default)
    value -= 1 << 64 if value >= 1 << 63 else 0
    return value if 0 <= value < pieces else -1
