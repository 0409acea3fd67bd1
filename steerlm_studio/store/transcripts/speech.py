"""Turns as single messages, as other programs keep them, and back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from steerlm_studio.steer.lint import matching_schema
from steerlm_studio.store.records import (
    DAMAGED,
    FAILED,
    IMPORTED,
    INTERRUPTED,
    UNANSWERED,
    Setup,
    StoredTurn,
)
from steerlm_studio.store.transcripts.options import Path

NO_QUESTION = "no_question"  # in a turn's extra: the file had a reply without a question
_SILENT = (None, UNANSWERED, FAILED, INTERRUPTED, DAMAGED)


@dataclass(frozen=True)
class Message:
    """One thing said; `turn` is the turn that it belongs to."""

    role: str  # "user" or "assistant"
    text: str
    control: str = ""
    turn: StoredTurn | None = None


def messages_of(path: Path) -> Iterator[Message]:
    """What was said, in order; a reply that never came is left out."""
    for turn in path:
        if not turn.extra.get(NO_QUESTION):
            yield Message("user", turn.question, "", turn)
        if has_reply(turn):
            yield Message("assistant", spoken(turn), turn.told, turn)


def has_reply(turn: StoredTurn) -> bool:
    """Whether there is anything to show as the reply; a model may say nothing, too."""
    return bool(turn.reply) or turn.finish not in _SILENT


def spoken(turn: StoredTurn) -> str:
    """The reply without the blanks that a model puts around it; as it came, from a file."""
    return turn.reply if turn.finish == IMPORTED else turn.reply.strip()


def came_in(messages: list[Message]) -> list[Message]:
    """The messages at the beginning that came from a file."""
    for count, message in enumerate(messages):
        if message.turn is None or message.turn.finish not in (IMPORTED, UNANSWERED):
            return messages[:count]
    return messages


def turns_of(messages: Iterable[Message], created: float = 0.0) -> tuple[StoredTurn, ...]:
    """The messages as one path of turns. Questions and replies need not take turns."""
    turns: list[StoredTurn] = []
    for message in messages:
        asks = message.role == "user"
        if not asks and turns and turns[-1].finish == UNANSWERED:
            turns[-1] = _answered(turns[-1], message)
            continue
        number = len(turns) + 1
        turn = StoredTurn(
            number, number - 1 or None, "", finish=UNANSWERED, created=created, finished=created
        )
        if asks:
            turns.append(replace(turn, question=message.text))
        else:
            turns.append(_answered(replace(turn, extra={NO_QUESTION: True}), message))
    return tuple(
        replace(turn, shown=turn.id + 1 if turn.id < len(turns) else None) for turn in turns
    )


def _answered(turn: StoredTurn, message: Message) -> StoredTurn:
    return replace(
        turn,
        reply=message.text,
        control=message.control,
        setup=Setup(schema=schema_of(message.control)),
        finish=IMPORTED,
    )


@lru_cache(maxsize=4096)
def schema_of(control: str) -> str:
    """The id of the schema whose control string this is; "" when none fits."""
    schema = matching_schema(control) if control else None
    return schema.id if schema else ""
