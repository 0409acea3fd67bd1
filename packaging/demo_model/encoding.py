"""Dialogues as token ids, with a weight per token: how much the loss counts it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import sentencepiece

from steerlm_studio.steer import conversation, template

SENTENCE_START = 4.0  # the choices sit in a sentence's first tokens, the rest follows from them
START_TOKENS = 5
ENDINGS = (".", "!", "?", "\n")


class Turn(Protocol):
    """A question, its control string ("" = none) and the reply to learn."""

    user: str
    control: str
    reply: str


class Dialogue(Protocol):
    system: str

    @property
    def turns(self) -> Sequence[Turn]: ...


@dataclass(frozen=True)
class Encoded:
    """One dialogue: token ids, and the loss weight of each as a target (0 = not learned)."""

    ids: list[int]
    weights: list[float]


class Encoder:
    """Turns dialogues into ids; control tokens come from the template, never from a text.

    The newline is a piece of its own, so the ids of a text are those of its lines put together.
    """

    def __init__(self, tokenizer: sentencepiece.SentencePieceProcessor) -> None:
        self.tokenizer = tokenizer
        pieces = (tokenizer.id_to_piece(i) for i in range(tokenizer.get_piece_size()))
        self._ends = [piece.endswith(ENDINGS) for piece in pieces]

    @property
    def stop(self) -> int:
        """The token that ends a reply."""
        return int(self.tokenizer.piece_to_id(template.STOP))

    def ids(self, parts: Iterable[template.Part]) -> list[int]:
        ids: list[int] = []
        for part in parts:
            if part.kind == "control":
                ids.append(self.tokenizer.piece_to_id(part.text))
            else:
                ids += self.tokenizer.encode(part.text)
        return ids

    def encode(self, dialogue: Dialogue) -> Encoded:
        """Learned are the replies, and the newline and `<extra_id_1>` that end them."""
        ids: list[int] = []
        weights: list[float] = []
        past = conversation.Conversation(dialogue.system)
        for turn in dialogue.turns:
            asked = self.ids(template.render(past, turn.user, turn.control))
            reply = self.tokenizer.encode(turn.reply + "\n")
            weights += [1.0] if ids else []
            weights += [0.0] * (len(asked) - len(weights)) + list(self._weights(reply))
            ids = asked + reply
            past = past.and_then(conversation.Turn(turn.user, turn.reply, turn.control))
        return Encoded([*ids, self.stop], [*weights, 1.0])

    def _weights(self, ids: list[int]) -> Iterator[float]:
        since = 0
        for i in ids:
            yield SENTENCE_START if since < START_TOKENS else 1.0
            since = 0 if self._ends[i] else since + 1
