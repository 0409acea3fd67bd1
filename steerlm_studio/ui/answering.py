"""Asking for answers: from a question to a run of the engine, and its words onto the screen."""

from PySide6.QtCore import QObject, Signal

from steerlm_studio import protocol
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.chat import Answer, Fork, Session, again
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.steering_change import setting_in_words


class Answering(QObject):
    """Begins and ends runs; what the engine says of them goes to the panels from here."""

    begun = Signal()  # the conversation has a new answer, still empty
    run_ended = Signal(object)  # the Answer, or None

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
        self._begin(self._session.chat.end(), self._answer_to(question))

    def ask_instead(self, answer: Answer, question: str) -> None:
        """Ask otherwise at the place of `answer`; the old question stays beside, as a branch."""
        self.stop()
        self._begin(self._session.chat.fork_of(answer), self._answer_to(question))

    def resteer(self, answer: Answer | None = None) -> None:
        """The same question under the sliders as they are now."""
        self._answer_anew(answer, self._frame.steering.steering)

    def again(self, answer: Answer | None = None) -> None:
        """The same question, told the same, with the sampling as it is now."""
        self._answer_anew(answer, None)

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
        answer = self._session.on_ended(number)
        if answer is not None:
            self._frame.page.transcript.answer_grew(answer)
        self.run_ended.emit(answer)

    def end_all(self) -> None:
        """The engine is gone: what was written so far stays."""
        for answer in self._session.on_engine_lost():
            self._frame.page.transcript.answer_grew(answer)
        self.run_ended.emit(None)

    def _answer_to(self, question: str) -> Answer:
        return Answer(question, self._frame.steering.steering, self._frame.sampling.sampling())

    def _answer_anew(self, answer: Answer | None, steering: Steering | None) -> None:
        answer = answer or self._session.chat.last
        if answer is None:
            return
        self.stop()
        fork = self._session.chat.fork_of(answer)
        sampling = self._frame.sampling.sampling()
        self._begin(fork, again(answer, steering or answer.steering, sampling))

    def _begin(self, fork: Fork, answer: Answer) -> None:
        if self.model is None:
            return
        fork.add(answer)
        run, request = self._session.begin(answer, self.model.template)
        self._engine.send(request)
        setting = setting_in_words(self._frame.steering.preset, answer.steering)
        self._frame.status.begin(run.number, lanes=1)
        self._frame.throughput.begin(run.number, lanes=1, setting=setting)
        self.begun.emit()

    def _on_prefilling(self, message: protocol.Prefilling) -> None:
        self._frame.status.on_prefilling(message)
        self._frame.throughput.on_prefilling(message)

    def _on_stepped(self, message: protocol.Step) -> None:
        if answer := self._session.on_step(message):
            self._frame.page.transcript.answer_grew(answer)
        self._frame.status.on_step(message)
        self._frame.throughput.on_step(message)

    def _on_lane_done(self, message: protocol.LaneDone) -> None:
        if answer := self._session.on_lane_done(message):
            self._frame.page.transcript.answer_grew(answer)
        self._frame.status.on_lane_done(message)

    def _on_done(self, message: protocol.Done) -> None:
        self._frame.status.on_done(message)
        self._frame.throughput.on_done(message)
        self.end_run(message.run)
