"""A sweep of a conversation as the window has it, and as the store does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import repeat

from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.sweep import Axis, Sweep
from steerlm_studio.store.records import Setup, StoredCell, StoredSweep
from steerlm_studio.ui.chat import Answer, Chat, Fork
from steerlm_studio.ui.chat_read import answer_of_cell, steering_of

WHOLE = ("stop", "length", "context")  # endings that a second try would give again
_Kept = tuple[int, str | None]  # how long a cell is, and how it ended


@dataclass(eq=False)
class Swept:
    """A question and an answer per cell, in no fork; it follows the answer `before`, if any.

    `id` and `kept` are what the store has of it, None before it has anything.
    """

    question: str
    sweep: Sweep
    answers: tuple[Answer, ...]
    before: Answer | None = None
    id: int | None = None
    kept: tuple[_Kept, ...] = ()

    def place_in(self, chat: Chat) -> Fork:
        """Where its answers would be versions."""
        return chat.start if self.before is None else self.before.then

    def now(self) -> tuple[_Kept, ...]:
        """What `kept` is once all of it is kept."""
        return tuple((len(answer.text), answer.finish) for answer in self.answers)

    def changed(self) -> dict[int, StoredCell]:
        """The cells of which the store has less, by their places."""
        pairs = enumerate(zip(self.now(), self.kept, strict=True))
        return {n: _cell(self.answers[n]) for n, (now, kept) in pairs if now != kept}

    @property
    def is_news(self) -> bool:
        """Whether a cell ended that the store has no end of, or it has none of this at all."""
        ends = [end for _, end in self.kept]
        return self.id is None or [answer.finish for answer in self.answers] != ends

    def replace(self, answers: Mapping[int, Answer]) -> None:
        """Other answers at these places."""
        self.answers = tuple(answers.get(n, one) for n, one in enumerate(self.answers))

    def unfinished(self, sweep: Sweep, sampling: Sampling, made_by: Setup) -> tuple[int, ...]:
        """The places of cells that were cut off, where the others are as they would be made now."""
        cut = tuple(n for n, answer in enumerate(self.answers) if answer.finish not in WHOLE)
        whole = (answer for n, answer in enumerate(self.answers) if n not in cut)
        fits = sweep == self.sweep and all(
            answer.sampling == sampling and replace(answer.setup, sampling=None, mode="") == made_by
            for answer in whole
        )
        return cut if fits and len(cut) < len(self.answers) else ()

    def record(self, parent: int | None) -> StoredSweep:
        """For the store; `parent` is its number for `before`."""
        first = self.answers[0]
        axes = [self.sweep.across, *([self.sweep.down] if self.sweep.down else [])]
        return StoredSweep(
            0,
            parent,
            self.question,
            str(self.sweep.base),
            tuple((axis.key, axis.values) for axis in axes),
            replace(first.setup, sampling=first.sampling, mode=first.mode),
            tuple(map(_cell, self.answers)),
        )


def swept_of(record: StoredSweep, chat: Chat) -> Swept | None:
    """None where it has lost its place, or says what this version cannot read.

    A cell that was opened as a column is the version that it became.
    """
    before = _numbered(record.parent, chat)
    if not record.axes or (record.parent is not None and before is None):
        return None
    base = steering_of(record.control, record.setup.schema)
    sweep = Sweep(base, *(Axis(key, values) for key, values in record.axes[:2]))
    try:
        told = [cell.steering for cell in sweep.cells()]
    except StudioError:
        return None
    if not told or len(told) != len(record.cells):
        return None
    swept = Swept(record.question, sweep, (), before, record.id)
    versions = swept.place_in(chat).answers
    made = map(answer_of_cell, repeat(record), record.cells, told)
    swept.answers = tuple(_same(answer, versions) for answer in made)
    swept.kept = tuple((len(cell.reply), cell.finish) for cell in record.cells)
    return swept


def _numbered(number: int | None, chat: Chat) -> Answer | None:
    there = (answer for _, fork in chat.places() for answer in fork.answers)
    return next((one for one in there if one.id == number), None) if number else None


def _cell(answer: Answer) -> StoredCell:
    return StoredCell(answer.text, answer.finish, answer.sampling.seed, answer.counts)


def _same(cell: Answer, versions: list[Answer]) -> Answer:
    """The version that this cell became, if any."""
    alike = (one for one in versions if one.text and _identity(one) == _identity(cell))
    return next(alike, cell)


def _identity(answer: Answer) -> tuple[object, ...]:
    return answer.question, str(answer.steering), answer.sampling, answer.finish, answer.text
