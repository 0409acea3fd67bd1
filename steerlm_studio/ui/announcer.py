"""Says to screen readers what others see happen: loading, ready, answered, failed."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from steerlm_studio.protocol import Loading, Ready
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.engine_process import EngineProcess

_QUARTER = 0.25


class Announcer(QObject):
    """Progress by quarters, results in a sentence; errors interrupt, the rest waits its turn."""

    announced = Signal(str)

    def __init__(self, engine: EngineProcess, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._quarters = 0
        engine.loading.connect(self._on_loading)
        engine.ready.connect(self._on_ready)

    def say(self, sentence: str, is_urgent: bool = False) -> None:
        event = QAccessibleAnnouncementEvent(self._window, sentence)
        politeness = QAccessible.AnnouncementPoliteness
        event.setPoliteness(politeness.Assertive if is_urgent else politeness.Polite)
        QAccessible.updateAccessibility(event)
        self.announced.emit(sentence)

    def answers_ended(self, answers: tuple[Answer, ...]) -> None:
        finishes = {answer.finish for answer in answers}
        tokens = sum(answer.tokens for answer in answers)
        if "cancelled" in finishes:
            self.say(self.tr("Stopped."))
        elif len(answers) > 1 and finishes - {"failed"}:
            text = self.tr("All %1 answers are there: %n tokens.", "", tokens)
            self.say(text.replace("%1", str(len(answers))))
        elif finishes - {"failed"}:
            self.say(self.tr("The answer is there: %n tokens.", "", tokens))

    def _on_loading(self, message: Loading) -> None:
        quarters = int(message.fraction / _QUARTER)
        if quarters and quarters != self._quarters:
            text = self.tr("Loading the model: %1 percent.")
            self.say(text.replace("%1", str(quarters * 25)))
        self._quarters = quarters

    def _on_ready(self, message: Ready) -> None:
        self._quarters = 0
        self.say(self.tr("The model %1 is ready.").replace("%1", message.name))
