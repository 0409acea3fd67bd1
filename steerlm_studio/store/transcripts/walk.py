"""The way through a conversation that every format for readers takes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from steerlm_studio.store.records import StoredConversation, StoredTurn
from steerlm_studio.store.transcripts.options import Options, Path
from steerlm_studio.store.transcripts.speech import NO_QUESTION


@dataclass(frozen=True)
class Exchange:
    """A question (None: the file had none) and the replies to it, side by side.

    `shown` is the id of the reply that the conversation goes on from, None when there is one only.
    """

    question: str | None
    replies: tuple[StoredTurn, ...]
    shown: int | None = None


@dataclass(frozen=True)
class Branch:
    """Another way begins; `after` is the turn that it leaves the way before at."""

    after: StoredTurn | None

    @property
    def heading(self) -> str:
        if self.after is None:
            return "Another beginning"
        words = " ".join((self.after.reply or self.after.question).split())
        return f"Another way on, after “{words if len(words) <= 60 else words[:59] + '…'}”"


@dataclass(frozen=True)
class Voice:
    """How a format of running text says each of these; `goes_before` parts two conversations."""

    goes_before: str
    title: Callable[[str], str]
    system: Callable[[str], str]
    branch: Callable[[str], str]
    question: Callable[[str], str]
    reply: Callable[[StoredTurn, Options], Iterator[str]]


def told(records: Iterable[StoredConversation], options: Options, voice: Voice) -> Iterator[str]:
    """The conversations one after the other, every reply on its own."""
    for number, record in enumerate(records):
        yield (voice.goes_before if number else "") + voice.title(title_of(record))
        if options.system and record.system:
            yield voice.system(record.system)
        for step in walk(record, options):
            if isinstance(step, Branch):
                yield voice.branch(step.heading)
                continue
            if step.question is not None:
                yield voice.question(step.question)
            for reply in step.replies:
                yield from voice.reply(reply, options)


def title_of(record: StoredConversation) -> str:
    """In one line."""
    return " ".join(record.title.split()) or "Conversation"


def walk(record: StoredConversation, options: Options) -> Iterator[Exchange | Branch]:
    """Every wanted path; of a later one, only what the ones before did not say."""
    said: set[int] = set()
    known = {turn.id: turn for turn in record.turns}
    for path in options.paths(record):
        rest = [turn for turn in path if turn.id not in said]
        if said and rest:
            yield Branch(known.get(rest[0].parent) if rest[0].parent else None)
        for exchange in _exchanges(record, tuple(rest), options):
            said.update(reply.id for reply in exchange.replies)
            yield exchange


def _exchanges(record: StoredConversation, path: Path, options: Options) -> Iterator[Exchange]:
    for turn in path:
        replies: Path = (turn,)
        if options.versions:
            siblings = record.versions(turn.parent)
            replies = tuple(one for one in siblings if one.question == turn.question)
        question = None if turn.extra.get(NO_QUESTION) else turn.question
        yield Exchange(question, replies, turn.id if len(replies) > 1 else None)
