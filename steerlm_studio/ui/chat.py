"""What is being talked about: conversations in memory, and which answer a run writes to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from steerlm_studio import protocol
from steerlm_studio.protocol import Finish, Mode, Sampling
from steerlm_studio.steer.conversation import Conversation, Turn
from steerlm_studio.steer.schema import DEFAULT_SYSTEM
from steerlm_studio.steer.steering import Steering
from steerlm_studio.steer.template import STOP, Part, Template, render

TITLE_LENGTH = 60


@dataclass(eq=False)
class Answer:
    """One reply to one question, growing while it streams.

    `finish` is None while it is written; "failed" when the engine ended before the reply did.
    """

    question: str
    steering: Steering
    sampling: Sampling
    text: str = ""
    finish: Finish | Literal["failed"] | None = None
    tokens: int = 0
    prompt_tokens: int = 0
    mode: Mode = "fast"
    seconds: float = 0.0  # from its run's first step to its own last
    vote: int = 0  # -1, 0 or 1
    kept: bool = False  # chosen among its siblings
    note: str = ""  # the user's
    width: int = 0  # the columns that its steps were padded to
    made_by: protocol.Ready | None = None  # the engine, with its model, device and build
    then: "Fork" = field(default_factory=lambda: Fork())

    @property
    def is_running(self) -> bool:
        return self.finish is None

    def as_turn(self) -> Turn:
        return Turn(self.question, self.text.strip(), self.steering)


@dataclass(eq=False)
class Fork:
    """A place where the conversation goes on: sibling answers, one of them shown."""

    answers: list[Answer] = field(default_factory=list)
    shown: int = 0

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

    def remove(self, answer: Answer) -> int:
        """Take a sibling out and show its neighbour; returns where it was."""
        place = self.answers.index(answer)
        del self.answers[place]
        if self.shown > place or self.shown == len(self.answers):
            self.shown = max(self.shown - 1, 0)
        return place

    def put_back(self, place: int, answer: Answer) -> None:
        """Undo `remove`."""
        self.answers.insert(place, answer)
        self.shown = place


@dataclass(eq=False)
class Chat:
    """A conversation with all its siblings; the shown ones make the path."""

    system: str = DEFAULT_SYSTEM
    start: Fork = field(default_factory=Fork)
    draft: str = ""  # typed, not sent
    name: str = ""  # given by the user

    @property
    def title(self) -> str:
        """Its name, else the first words of the first question; "" before there is one."""
        if self.name:
            return self.name
        first = self.start.answers[0].question if self.start.answers else ""
        line = " ".join(first.split())
        return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"

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


@dataclass(frozen=True)
class Run:
    """A request under way: the answers that its lanes write, siblings of one conversation."""

    number: int
    chat: Chat
    answers: tuple[Answer, ...]

    @property
    def answer(self) -> Answer:
        """The first lane's."""
        return self.answers[0]


class Session:
    """All conversations of this window and the runs under way.

    A reply of the engine goes to the answers that its run was started for, whatever is shown.
    """

    def __init__(self) -> None:
        self.chats: list[Chat] = [Chat()]
        self.chat = self.chats[0]
        self._runs: dict[int, Run] = {}
        self._number = 0

    @property
    def active(self) -> Run | None:
        """The newest run that is not done."""
        return next(reversed(self._runs.values()), None)

    def new_chat(self, system: str = DEFAULT_SYSTEM) -> Chat:
        """Go to an empty conversation: the one there is, or a new one."""
        empty = next((chat for chat in self.chats if chat.last is None), None)
        if empty is None:
            empty = Chat(system)
            self.chats.insert(0, empty)
        self.chat = empty
        return empty

    def remove(self, chat: Chat) -> int:
        """Take `chat` off the list and go to its neighbour; returns where it was."""
        place = self.chats.index(chat)
        del self.chats[place]
        if not self.chats:
            self.chats.append(Chat(chat.system))
        if chat is self.chat:
            self.chat = self.chats[min(place, len(self.chats) - 1)]
        return place

    def put_back(self, place: int, chat: Chat) -> None:
        """Undo `remove`, and show it."""
        self.chats.insert(place, chat)
        self.chat = chat

    def next_number(self) -> int:
        self._number += 1
        return self._number

    def begin(
        self, answers: Sequence[Answer], template: Template, mode: Mode = "fast"
    ) -> tuple[Run, protocol.Generate]:
        """A run for siblings of the present conversation, a lane each, and the request for it."""
        run = Run(self.next_number(), self.chat, tuple(answers))
        self._runs[run.number] = run
        lanes = []
        for answer in run.answers:
            answer.mode = mode
            parts = as_message(self.chat.prompt(answer, template))
            lanes.append(protocol.Lane(parts, answer.sampling))
        return run, protocol.Generate(run.number, tuple(lanes), mode, stop=(STOP,))

    def run(self, number: int) -> Run | None:
        return self._runs.get(number)

    def on_step(self, step: protocol.Step) -> tuple[Answer, ...]:
        """Append the pieces; returns the answers of the lanes that stepped."""
        run = self.run(step.run)
        if run is None:
            return ()
        for lane, piece in zip(step.lanes, step.pieces, strict=True):
            run.answers[lane].text += piece
            run.answers[lane].tokens += 1  # `LaneDone` has the count without the stop token
            run.answers[lane].seconds += step.seconds
        return tuple(run.answers[lane] for lane in step.lanes)

    def on_lane_done(self, done: protocol.LaneDone) -> Answer | None:
        run = self.run(done.run)
        if run is None:
            return None
        answer = run.answers[done.lane]
        answer.finish, answer.tokens = done.finish, done.tokens
        answer.prompt_tokens, answer.width = done.prompt_tokens, done.width
        answer.sampling = msgspec.structs.replace(answer.sampling, seed=done.seed)
        return answer

    def on_ended(self, number: int) -> tuple[Answer, ...]:
        """The run is over; an answer that was not finished by then has failed."""
        run = self._runs.pop(number, None)
        if run is None:
            return ()
        for answer in run.answers:
            if answer.finish is None:
                answer.finish = "failed"
        return run.answers

    def on_engine_lost(self) -> tuple[Answer, ...]:
        """The engine is gone: every run has failed, its text so far is kept."""
        return tuple(answer for number in list(self._runs) for answer in self.on_ended(number))


def as_message(parts: tuple[Part, ...]) -> tuple[protocol.Part, ...]:
    return tuple(protocol.Part(part.kind, part.text) for part in parts)
