"""Asking for answers: from a question to a run of the engine, and its words onto the screen."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from steerlm_studio import protocol
from steerlm_studio.protocol import Mode
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.chat import Answer, End, Fork, again
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.made_by import setup_by
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.session import Session
from steerlm_studio.ui.steering_change import setting_in_words


class Answering(QObject):
    """Begins and ends runs; what the engine says of them goes to the panels from here."""

    begun = Signal(object)  # Run: the conversation has new answers, still empty
    grew = Signal(object)  # tuple[Answer, ...]: they have new text, or ended
    run_ended = Signal(object)  # tuple[Answer, ...]: those of the run, or of all when all ended
    measured = Signal(object, object)  # tuple[Answer, ...], protocol.Done; before run_ended

    def __init__(self, engine: EngineProcess, frame: Frame, session: Session) -> None:
        super().__init__(frame)
        self.model: Model | None = None
        self._engine, self._frame, self._session = engine, frame, session
        engine.prefilling.connect(self._on_prefilling)
        engine.stepped.connect(self._on_stepped)
        engine.lane_done.connect(self._on_lane_done)
        engine.done.connect(self._on_done)

    def ask(self, question: str) -> None:
        """Put the question at the end of the conversation."""
        self._begin(self._session.chat.end(), [self._answer_to(question)])

    def ask_side_by_side(self, answers: Sequence[Answer], mode: Mode) -> None:
        """Put one question at the end of the conversation, as siblings made in one batch."""
        self._begin(self._session.chat.end(), answers, mode, padded=True)

    def again_side_by_side(self, fork: Fork, answers: Sequence[Answer], mode: Mode) -> None:
        """More siblings beside those of `fork`, made in one batch."""
        self.stop()
        self._begin(fork, answers, mode, padded=True)

    def ask_instead(self, answer: Answer, question: str) -> None:
        """Ask otherwise at the place of `answer`; the old question stays beside, as a branch."""
        self.stop()
        self._begin(self._session.chat.fork_of(answer), [self._answer_to(question)])

    def resteer(self, answer: Answer | None = None) -> None:
        """The same question under the sliders as they are now."""
        self._answer_anew(answer, self._frame.steering.steering)

    def answer_under(self, answer: Answer, steering: Steering) -> None:
        """The same question under these values, beside `answer`, as a branch."""
        self._answer_anew(answer, steering)

    def again(self, answer: Answer | None = None) -> None:
        """The same question, told the same, with the sampling as it is now."""
        self._answer_anew(answer, None)

    def go_on(self, answer: Answer | None = None) -> None:
        """From where a reply was cut: another version, which begins with its text."""
        answer = answer or self._session.chat.last
        if answer is None or answer.is_running or not answer.text:
            return
        longer = again(answer, answer.steering, self._frame.sampling.sampling())
        longer.text = answer.text
        self._begin(self._session.chat.fork_of(answer), [longer])

    def with_new_seed(self, answer: Answer | None = None) -> None:
        if answer or self._session.chat.last:
            self._frame.sampling.draw_seed()
            self._answer_anew(answer, None)

    def stop(self) -> None:
        """End the run after the present step; the text so far is kept."""
        if active := self._session.active:
            self._engine.send(protocol.Cancel(active.number))

    def end_run(self, number: int) -> None:
        """The run is over, however it ended."""
        self._end(self._session.on_ended(number))

    def end_all(self, how: End = "failed") -> None:
        """The engine is gone: what was written so far stays."""
        self._end(self._session.on_engine_lost(how))

    def _end(self, answers: tuple[Answer, ...]) -> None:
        self._show_growth(answers)
        self.run_ended.emit(answers)

    def _show_growth(self, answers: tuple[Answer, ...]) -> None:
        for answer in answers:
            self._frame.page.transcript.answer_grew(answer)
        self.grew.emit(answers)

    def _answer_to(self, question: str) -> Answer:
        return Answer(question, self._frame.steering.steering, self._frame.sampling.sampling())

    def _answer_anew(self, answer: Answer | None, steering: Steering | None) -> None:
        answer = answer or self._session.chat.last
        if answer is None:
            return
        self.stop()
        fork = self._session.chat.fork_of(answer)
        sampling = self._frame.sampling.sampling()
        self._begin(fork, [again(answer, steering or answer.steering, sampling)])

    def _begin(
        self, fork: Fork, answers: Sequence[Answer], mode: Mode = "fast", padded: bool = False
    ) -> None:
        if self.model is None or not answers:
            return
        for answer in answers:
            answer.setup = setup_by(self.model)
            fork.add(answer)
        fork.show(answers[0])
        run, request = self._session.begin(answers, self.model.template, mode, padded)
        self.begun.emit(run)
        self._engine.send(request)
        setting = setting_in_words(self._frame.steering.preset, answers[0].steering)
        self._frame.status.begin(run.number, lanes=len(answers))
        self._frame.throughput.begin(run.number, lanes=len(answers), setting=setting)

    def _on_prefilling(self, message: protocol.Prefilling) -> None:
        self._frame.status.on_prefilling(message)
        self._frame.throughput.on_prefilling(message)

    def _on_stepped(self, message: protocol.Step) -> None:
        self._show_growth(self._session.on_step(message))
        self._frame.status.on_step(message)
        self._frame.throughput.on_step(message)

    def _on_lane_done(self, message: protocol.LaneDone) -> None:
        if answer := self._session.on_lane_done(message):
            self._show_growth((answer,))
        self._frame.status.on_lane_done(message)

    def _on_done(self, message: protocol.Done) -> None:
        self._frame.status.on_done(message)
        self._frame.throughput.on_done(message)
        if run := self._session.run(message.run):
            self.measured.emit(run.answers, message)
        self.end_run(message.run)
