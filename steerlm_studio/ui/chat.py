"""A conversation as the window has it: a tree of answers, one of which is shown at each place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from steerlm_studio.protocol import Finish, Mode, Sampling
from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.schema import DEFAULT_SYSTEM
from steerlm_studio.steer.steering import Steering
from steerlm_studio.steer.template import Part, Template, render
from steerlm_studio.store.records import Counts, Setup
from steerlm_studio.store.writing import titled

if TYPE_CHECKING:
    from steerlm_studio.ui.sweep.swept import Swept

# Besides the engine's own: it ended before the reply did; the program did; what a file brought.
End = Finish | Literal["failed", "interrupted", "damaged", "imported", "unanswered"]


@dataclass(frozen=True)
class KeptAnswer:
    """What the store has of an answer."""

    id: int
    length: int = 0  # of its text
    finish: End | None = None
    counts: Counts = field(default_factory=Counts)
    vote: int = 0
    kept: bool = False
    note: str = ""


@dataclass(frozen=True)
class KeptChat:
    """What the store has of a conversation, its turns aside."""

    id: int
    system: str
    draft: str = ""
    view: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Answer:
    """One reply to one question, growing while it streams.

    `finish` is None while it is written. `control` is what it was told where no steering can say
    it: a control string that came from elsewhere.
    """

    question: str
    steering: Steering
    sampling: Sampling
    text: str = ""
    finish: End | None = None
    tokens: int = 0
    prompt_tokens: int = 0
    mode: Mode = "fast"
    seconds: float = 0.0  # from its run's first step to its own last
    vote: int = 0  # -1, 0 or 1
    kept: bool = False  # chosen among its siblings
    note: str = ""  # the user's
    width: int = 0  # the columns that its steps were padded to
    cost: Counts = field(default_factory=Counts)  # what its whole run took
    setup: Setup = field(default_factory=Setup)  # the model and the build that made it
    control: str | None = None
    stored: KeptAnswer | None = None
    then: "Fork" = field(default_factory=lambda: Fork())

    @property
    def id(self) -> int | None:
        """The store's number for it; None before it is kept."""
        return self.stored.id if self.stored else None

    @property
    def is_running(self) -> bool:
        return self.finish is None

    @property
    def counts(self) -> Counts:
        """What its run took, and of that its own part."""
        return replace(
            self.cost,
            tokens=self.tokens,
            prompt_tokens=self.prompt_tokens,
            seconds=self.seconds,
            width=self.width,
        )

    def as_turn(self) -> Turn:
        told = self.steering if self.control is None else self.control
        return Turn(self.question, self.text.strip(), told)


@dataclass(eq=False)
class Fork:
    """A place where the conversation goes on: sibling answers, one of them shown."""

    answers: list[Answer] = field(default_factory=list)
    shown: int = 0
    stored: Answer | None = None  # the one that the store shows

    @property
    def current(self) -> Answer | None:
        return self.answers[self.shown] if self.answers else None

    def add(self, answer: Answer) -> Answer:
        self.answers.append(answer)
        self.shown = len(self.answers) - 1
        return answer

    def step(self, by: int) -> bool:
        """Show a sibling; says whether there was one."""
        wanted = self.shown + by
        if not 0 <= wanted < len(self.answers):
            return False
        self.shown = wanted
        return True

    def show(self, answer: Answer) -> None:
        """Let the conversation go on through this sibling."""
        self.shown = self.answers.index(answer)

    def keep(self, answer: Answer, is_kept: bool = True) -> None:
        """Choose this sibling and go on through it; or choose none."""
        for sibling in self.answers:
            sibling.kept = is_kept and sibling is answer
        if is_kept:
            self.show(answer)

    def remove(self, answer: Answer) -> int:
        """Take a sibling out and show its neighbour; returns where it was."""
        place = self.answers.index(answer)
        del self.answers[place]
        if self.shown > place or self.shown == len(self.answers):
            self.shown = max(self.shown - 1, 0)
        return place

    def put_back(self, place: int, answer: Answer) -> None:
        """Undo `remove`; another one that was kept since stays the only one."""
        answer.kept = answer.kept and not any(sibling.kept for sibling in self.answers)
        self.answers.insert(place, answer)
        self.shown = place


@dataclass(eq=False)
class Chat:
    """A conversation with all its siblings; the shown ones make the path."""

    system: str = DEFAULT_SYSTEM
    start: Fork = field(default_factory=Fork)
    draft: str = ""  # typed, not sent
    name: str = ""  # given by the user
    view: dict[str, Any] = field(default_factory=dict)  # how the window shows it
    sweeps: list["Swept"] = field(default_factory=list)  # beside its turns, oldest first
    stored: KeptChat | None = None

    @property
    def id(self) -> int | None:
        """The store's number for it; None before anything of it is kept."""
        return self.stored.id if self.stored else None

    @property
    def title(self) -> str:
        """Its name, else the first words of the first question; "" before there is one."""
        return self.name or (titled(self.start.answers[0].question) if self.start.answers else "")

    def places(self) -> Iterator[tuple[Answer | None, Fork]]:
        """Every fork, shown or not, with the answer that it follows; parents first."""
        waiting: list[tuple[Answer | None, Fork]] = [(None, self.start)]
        while waiting:
            before, fork = waiting.pop()
            yield before, fork
            waiting += [(answer, answer.then) for answer in reversed(fork.answers)]

    def holding(self, answer: Answer) -> Fork:
        """The fork that holds `answer`, shown or not. ValueError when none does."""
        for _, fork in self.places():
            if answer in fork.answers:
                return fork
        raise ValueError("the answer is not in the conversation")

    def show_way_to(self, answer: Answer) -> None:
        """Let the conversation go through `answer`, whatever was shown on the way to it."""
        places = {each: (before, fork) for before, fork in self.places() for each in fork.answers}
        place: Answer | None = answer
        while place is not None:
            before, fork = places[place]
            fork.show(place)
            place = before

    def forget_stored(self) -> None:
        """Be a conversation that the store has never seen."""
        self.stored = None
        for swept in self.sweeps:
            swept.id, swept.kept = None, ()
        for _, fork in self.places():
            fork.stored = None
            for answer in fork.answers:
                answer.stored = None

    def forks(self) -> Iterator[Fork]:
        """The forks along the shown path that hold an answer."""
        fork = self.start
        while (answer := fork.current) is not None:
            yield fork
            fork = answer.then

    def path(self) -> list[Answer]:
        return [fork.answers[fork.shown] for fork in self.forks()]

    @property
    def last(self) -> Answer | None:
        path = self.path()
        return path[-1] if path else None

    def end(self) -> Fork:
        """The empty fork where the next question goes."""
        last = self.last
        return last.then if last else self.start

    def before_fork(self, fork: Fork) -> Answer | None:
        """The answer that `fork` follows; None where the conversation begins."""
        return next((before for before, place in self.places() if place is fork), None)

    def fork_of(self, answer: Answer) -> Fork:
        """The fork on the shown path that holds `answer` as a sibling. ValueError when none."""
        for fork in self.forks():
            if answer in fork.answers:
                return fork
        raise ValueError("the answer is not on the shown path")

    def before(self, answer: Answer) -> Conversation:
        """System text and the turns that lead to `answer`."""
        turns: list[Turn] = []
        for fork in self.forks():
            if answer in fork.answers:
                return Conversation(self.system, tuple(turns))
            turns.append(fork.answers[fork.shown].as_turn())
        raise ValueError("the answer is not on the shown path")

    def prompt(self, answer: Answer, template: Template) -> tuple[Part, ...]:
        """What the model is sent to make `answer`."""
        return render(self.before(answer), answer.question, answer.steering, template)


def again(answer: Answer, steering: Steering, sampling: Sampling) -> Answer:
    """The same question, to be answered anew."""
    return Answer(answer.question, steering, sampling)
