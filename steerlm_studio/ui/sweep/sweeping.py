"""Sweeping at work: one request with a lane per cell, beside the conversation."""

from itertools import takewhile

import msgspec
from PySide6.QtCore import QObject, Signal

from steerlm_studio import protocol
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.steering import Steering
from steerlm_studio.steer.sweep import Sweep
from steerlm_studio.steer.template import STOP, render
from steerlm_studio.ui.answering import Answering
from steerlm_studio.ui.chat import Answer, Chat, Fork
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.made_by import setup_by
from steerlm_studio.ui.session import Session, as_message
from steerlm_studio.ui.sweep.exporting import SweepExport

_TIMES = "\N{MULTIPLICATION SIGN}"


class Sweeping(QObject):
    """Its answers stand in no conversation; `open_requested` tells which one should."""

    open_requested = Signal(object, object)  # Answer, the Fork it would be a version in
    run_changed = Signal()  # begun or ended
    ended = Signal(object)  # tuple[Answer, ...]

    def __init__(
        self, engine: EngineProcess, frame: Frame, session: Session, answering: Answering
    ) -> None:
        super().__init__(frame)
        self._engine, self._frame, self._session = engine, frame, session
        self._answering = answering
        self.page = frame.page.sweep
        self.export = SweepExport(self.page)
        self._run: int | None = None
        self._chat: Chat | None = None  # of the sweep that is shown
        self._question = ""  # of that sweep
        self._fork = Fork()  # where it stands or would stand
        engine.stepped.connect(self._on_stepped)
        engine.lane_done.connect(self._on_lane_done)
        engine.done.connect(self._on_done)
        self.page.run_requested.connect(self.run_again)
        self.page.grid.open_requested.connect(self._open)
        frame.steering.steering_changed.connect(self.page.show_steering)

    @property
    def is_running(self) -> bool:
        return self._run is not None

    def enter(self) -> None:
        """The page is shown."""
        self.page.show_steering(self._frame.steering.steering)
        self.show_chat()

    def show_chat(self) -> None:
        """The conversation is another, or has other answers."""
        chat = self._session.chat
        if self._chat is not None and chat is not self._chat and not self.is_running:
            self._chat = None
            self.page.clear()
        self.page.show_question(self._what_to_ask()[0])

    def _what_to_ask(self) -> tuple[str, Fork]:
        """The question of the sweep that is shown, else the last one asked; and its place."""
        chat = self._session.chat
        if self._chat is chat and self._is_on_path(chat):
            return self._question, self._fork
        if chat.last is not None:
            return chat.last.question, chat.fork_of(chat.last)
        return "", chat.end()

    def set_schema(self) -> None:
        """Another model family: its attributes are the axes."""
        self.page.show_steering(self._frame.steering.steering)

    def ask(self, question: str) -> None:
        """Sweep over a new question at the end of the conversation."""
        self._begin(question, self._session.chat.end())

    def run_again(self) -> None:
        """Sweep over the question that is shown."""
        question, fork = self._what_to_ask()
        if question:
            self._begin(question, fork)

    def stop(self) -> None:
        """End the run after the present step; the texts so far are kept."""
        if self._run is not None:
            self._engine.send(protocol.Cancel(self._run))

    def owns(self, run: int) -> bool:
        return run == self._run

    def end(self) -> None:
        """The run is over, however it ended; what was not finished has failed."""
        if self._run is None:
            return
        self._run = None
        for answer in self.page.answers:
            if answer.finish is None:
                answer.finish = "failed"
        self.page.show_growth()
        self.run_changed.emit()
        self.show_chat()
        self.ended.emit(self.page.answers)

    def _is_on_path(self, chat: Chat) -> bool:
        return self._fork is chat.end() or any(fork is self._fork for fork in chat.forks())

    def _begin(self, question: str, fork: Fork) -> None:
        model = self._answering.model
        try:
            sweep = self.page.chosen()
        except StudioError as error:
            self.page.say(str(error))
            return
        if model is None:
            return
        self.stop()
        self.end()
        chat = self._session.chat
        answers = [self._answer_to(question, cell.steering) for cell in sweep.cells()]
        talk = _talk_before(chat, fork)
        parts = [as_message(render(talk, question, a.steering, model.template)) for a in answers]
        lanes = [protocol.Lane(p, a.sampling) for p, a in zip(parts, answers, strict=True)]
        self._run = self._session.next_number()
        self._chat, self._question, self._fork = chat, question, fork
        for answer in answers:
            answer.setup = setup_by(model)
        self.page.show_answers(sweep, answers)
        self.show_chat()
        self._engine.send(protocol.Generate(self._run, tuple(lanes), "fast", stop=(STOP,)))
        self._frame.status.begin(self._run, lanes=len(lanes))
        self._frame.throughput.begin(self._run, lanes=len(lanes), setting=_name(sweep))
        self.run_changed.emit()

    def _answer_to(self, question: str, steering: Steering) -> Answer:
        sampling = self._frame.sampling.sampling()
        most = min(self.page.tokens.value(), sampling.max_tokens)
        return Answer(question, steering, msgspec.structs.replace(sampling, max_tokens=most))

    def _open(self, number: int) -> None:
        answer = self.page.answers[number] if self.page.answers else None
        is_ready = answer is not None and bool(answer.text.strip()) and not answer.is_running
        if is_ready and self._chat is self._session.chat:
            self.open_requested.emit(answer, self._fork)

    def _on_stepped(self, message: protocol.Step) -> None:
        if message.run != self._run:
            return
        for lane, piece in zip(message.lanes, message.pieces, strict=True):
            answer = self.page.answers[lane]
            answer.text += piece
            answer.tokens += 1
            answer.seconds += message.seconds
        self.page.grew()

    def _on_lane_done(self, message: protocol.LaneDone) -> None:
        if message.run != self._run:
            return
        answer = self.page.answers[message.lane]
        answer.finish, answer.tokens = message.finish, message.tokens
        answer.prompt_tokens, answer.width = message.prompt_tokens, message.width
        answer.sampling = msgspec.structs.replace(answer.sampling, seed=message.seed)
        self.page.grew()

    def _on_done(self, message: protocol.Done) -> None:
        if message.run == self._run:
            self.end()


def _talk_before(chat: Chat, fork: Fork) -> Conversation:
    """System text and the turns that lead to `fork`."""
    before = takewhile(lambda place: place is not fork, chat.forks())
    answers = (place.current for place in before)
    return Conversation(chat.system, tuple(one.as_turn() for one in answers if one is not None))


def _name(sweep: Sweep) -> str:
    """In the legend of the plot: the attributes of the axes."""
    keys = [sweep.across.key, *([sweep.down.key] if sweep.down else [])]
    return f" {_TIMES} ".join(key.replace("_", " ") for key in keys)
