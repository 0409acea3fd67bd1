"""The open conversation, the runs under way, and which answer each of them writes to."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from steerlm_studio import protocol
from steerlm_studio.protocol import Mode
from steerlm_studio.steer.schema import DEFAULT_SYSTEM
from steerlm_studio.steer.template import STOP, Part, Template
from steerlm_studio.ui.chat import Answer, Chat, End


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
    """The open conversation and the runs under way.

    A reply of the engine goes to the answers that its run was started for, whatever is shown.
    """

    def __init__(self) -> None:
        self.chat = Chat()
        self.sweeping: Chat | None = None  # the conversation whose sweep is being written
        self._runs: dict[int, Run] = {}
        self._number = 0

    @property
    def active(self) -> Run | None:
        """The newest run that is not done."""
        return next(reversed(self._runs.values()), None)

    @property
    def runs(self) -> tuple[Run, ...]:
        """Those that are not done."""
        return tuple(self._runs.values())

    def new_chat(self, system: str = DEFAULT_SYSTEM) -> Chat:
        """Go to an empty conversation: the open one if it is, else a new one."""
        if self.chat.last is not None or self.chat.sweeps:
            self.chat = Chat(system)
        return self.chat

    def chat_numbered(self, number: int) -> Chat | None:
        """A stored conversation, if it is in memory: open, or being written to."""
        there = (self.chat, self.sweeping, *(run.chat for run in self.runs))
        return next((chat for chat in there if chat and chat.id == number), None)

    def next_number(self) -> int:
        self._number += 1
        return self._number

    def begin(
        self,
        answers: Sequence[Answer],
        template: Template,
        mode: Mode = "fast",
        padded: bool = False,
    ) -> tuple[Run, protocol.Generate]:
        """A run for siblings of the present conversation, a lane each, and the request for it.

        An answer that has text already goes on from there. `padded`: it is to be the same text
        as if others were made beside it.
        """
        run = Run(self.next_number(), self.chat, tuple(answers))
        self._runs[run.number] = run
        lanes = []
        for answer in run.answers:
            answer.mode = mode
            parts = as_message(self.chat.prompt(answer, template))
            begun = (protocol.Part("text", answer.text),) if answer.text else ()
            lanes.append(protocol.Lane((*parts, *begun), answer.sampling))
        request = protocol.Generate(run.number, tuple(lanes), mode, (STOP,), padded)
        return run, request

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

    def on_ended(self, number: int, how: End = "failed") -> tuple[Answer, ...]:
        """The run is over; an answer that was not finished by then ended so."""
        run = self._runs.pop(number, None)
        if run is None:
            return ()
        for answer in run.answers:
            if answer.finish is None:
                answer.finish = how
        return run.answers

    def on_engine_lost(self, how: End = "failed") -> tuple[Answer, ...]:
        """The engine is gone: every run ended so, its text so far is kept."""
        return tuple(answer for number in list(self._runs) for answer in self.on_ended(number, how))


def as_message(parts: tuple[Part, ...]) -> tuple[protocol.Part, ...]:
    return tuple(protocol.Part(part.kind, part.text) for part in parts)
