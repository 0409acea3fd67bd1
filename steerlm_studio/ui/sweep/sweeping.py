"""Sweeping at work: one request with a lane per cell, beside the conversation."""

from itertools import takewhile

import msgspec
from PySide6.QtCore import QObject, Signal

from steerlm_studio import protocol
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.steering import Steering
from steerlm_studio.steer.template import STOP, render
from steerlm_studio.store.writing import titled
from steerlm_studio.ui.answering import Answering
from steerlm_studio.ui.chat import Answer, Chat, Fork
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.made_by import setup_by
from steerlm_studio.ui.session import Session, as_message
from steerlm_studio.ui.sweep.earlier import EarlierSweeps, is_on_path
from steerlm_studio.ui.sweep.exporting import SweepExport
from steerlm_studio.ui.sweep.swept import Swept


class Sweeping(QObject):
    """Its answers stand beside the conversation; `open_requested` tells which one should be in."""

    open_requested = Signal(object, object)  # Answer, the Fork it would be a version in
    settled = Signal(object)  # Chat: a sweep of it is about to be sent, or has ended
    grew = Signal(object)  # Chat: there is more of its sweep
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
        self.earlier = EarlierSweeps(self.page.earlier)
        self._run: int | None = None
        self._answers: tuple[Answer, ...] = ()  # that the run writes
        self._chat: Chat | None = None  # the one that is shown, and its last turn
        self._last: Answer | None = None
        self._swept: Swept | None = None  # of it, shown
        engine.stepped.connect(self._on_stepped)
        engine.lane_done.connect(self._on_lane_done)
        engine.done.connect(self._on_done)
        self.page.run_requested.connect(self.run_again)
        self.page.grid.open_requested.connect(self._open)
        self.earlier.chosen.connect(self._show)
        frame.steering.steering_changed.connect(self.page.show_steering)
        for told in (frame.steering.steering_changed, frame.sampling.sampling_changed):
            told.connect(lambda _: self._show_unfinished())
        self.page.changed.connect(self._show_unfinished)

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
        if chat is not self._chat or chat.last is not self._last:
            self._chat, self._last = chat, chat.last
            fitting = (one for one in reversed(chat.sweeps) if _is_at_end(one, chat))
            self._show(next(fitting, None))
        self._show_question()

    def _show(self, swept: Swept | None) -> None:
        if swept is None and self._swept is not None:
            self.page.clear()
        elif swept is not None and swept is not self._swept:
            self.page.show_kept(swept.sweep, swept.answers)
        self._swept = swept
        self._show_question()

    def _show_question(self) -> None:
        self.page.show_question(self._what_to_ask()[0])
        self._show_unfinished()
        self.earlier.offer(self._session.chat, self._swept)

    def _what_to_ask(self) -> tuple[str, Fork]:
        """The question of the sweep that is shown, else the last one asked; and its place."""
        chat = self._session.chat
        if self._swept is not None and is_on_path(self._swept, chat):
            return self._swept.question, self._swept.place_in(chat)
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
        """Sweep over the question that is shown; of a sweep that was cut off, what it lacks."""
        question, fork = self._what_to_ask()
        if question:
            self._begin(question, fork, self._unfinished())

    def _unfinished(self) -> tuple[int, ...]:
        """The cells that the sweep that is shown lacks, where nothing was changed since."""
        model, swept = self._answering.model, self._swept
        if model is None or swept is None or self.is_running or not self.page.answers:
            return ()
        try:
            sweep = self.page.chosen()
        except StudioError:
            return ()
        return swept.unfinished(sweep, self._sampling(), setup_by(model))

    def _show_unfinished(self) -> None:
        self.page.show_unfinished(len(self._unfinished()))

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
        chat, self._run, self._session.sweeping = self._session.sweeping, None, None
        for answer in self._answers:
            if answer.finish is None:
                answer.finish = "failed"
        self.page.show_growth()
        self._show_unfinished()
        self.settled.emit(chat)
        self.run_changed.emit()
        self.ended.emit(self._answers)

    def _begin(self, question: str, fork: Fork, only: tuple[int, ...] = ()) -> None:
        """`only` these cells of the sweep that is shown, else all of a new one."""
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
        made_by = setup_by(model)
        cells = sweep.cells()
        places = only or range(len(cells))
        answers = tuple(self._answer_to(question, cells[n].steering) for n in places)
        for answer in answers:
            answer.setup = made_by
        talk = _talk_before(chat, fork)
        parts = [as_message(render(talk, question, a.steering, model.template)) for a in answers]
        lanes = [protocol.Lane(p, a.sampling) for p, a in zip(parts, answers, strict=True)]
        self._run, self._answers = self._session.next_number(), answers
        if only and self._swept is not None:
            self._swept.replace(dict(zip(only, answers, strict=True)))
            self._keep(self._swept)
        else:
            self._keep(Swept(question, sweep, answers, chat.before_fork(fork)))
        self._engine.send(protocol.Generate(self._run, tuple(lanes), "fast", stop=(STOP,)))
        self._frame.status.begin(self._run, lanes=len(lanes))
        self._frame.throughput.begin(self._run, lanes=len(lanes), setting=sweep.name)
        self.run_changed.emit()

    def _keep(self, swept: Swept) -> None:
        """Before it is sent: the conversation has it, and so has the disk."""
        chat = self._session.chat
        if not chat.title:
            chat.name = titled(swept.question)
        if swept not in chat.sweeps:
            chat.sweeps.append(swept)
        self._chat, self._last, self._swept = chat, chat.last, swept
        self.page.show_answers(swept.sweep, swept.answers)
        self._show_question()
        self.settled.emit(chat)
        self._session.sweeping = chat

    def _answer_to(self, question: str, steering: Steering) -> Answer:
        return Answer(question, steering, self._sampling())

    def _sampling(self) -> protocol.Sampling:
        sampling = self._frame.sampling.sampling()
        most = min(self.page.tokens.value(), sampling.max_tokens)
        return msgspec.structs.replace(sampling, max_tokens=most)

    def _open(self, number: int) -> None:
        answer = self.page.answers[number] if self.page.answers else None
        is_ready = answer is not None and bool(answer.text.strip()) and not answer.is_running
        if is_ready and self._swept is not None and is_on_path(self._swept, self._session.chat):
            self.open_requested.emit(answer, self._swept.place_in(self._session.chat))

    def _on_stepped(self, message: protocol.Step) -> None:
        if message.run != self._run:
            return
        for lane, piece in zip(message.lanes, message.pieces, strict=True):
            answer = self._answers[lane]
            answer.text += piece
            answer.tokens += 1
            answer.seconds += message.seconds
        self._show_growth()

    def _on_lane_done(self, message: protocol.LaneDone) -> None:
        if message.run != self._run:
            return
        answer = self._answers[message.lane]
        answer.finish, answer.tokens = message.finish, message.tokens
        answer.prompt_tokens, answer.width = message.prompt_tokens, message.width
        answer.sampling = msgspec.structs.replace(answer.sampling, seed=message.seed)
        self._show_growth()

    def _show_growth(self) -> None:
        self.page.grew()
        self.grew.emit(self._session.sweeping)

    def _on_done(self, message: protocol.Done) -> None:
        if message.run == self._run:
            self.end()


def _talk_before(chat: Chat, fork: Fork) -> Conversation:
    """System text and the turns that lead to `fork`."""
    before = takewhile(lambda place: place is not fork, chat.forks())
    answers = (place.current for place in before)
    return Conversation(chat.system, tuple(one.as_turn() for one in answers if one is not None))


def _is_at_end(swept: Swept, chat: Chat) -> bool:
    """Whether the conversation has not gone on since."""
    place = swept.place_in(chat)
    return place is chat.end() or chat.last in place.answers
