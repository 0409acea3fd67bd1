"""Lets the engine read a question while it is still typed, so that the first token comes sooner."""

from PySide6.QtCore import QObject, QTimer

from steerlm_studio import protocol
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.prompting import Prompting
from steerlm_studio.ui.session import Session

REST = 150  # ms without a key or a move


class ReadingAhead(QObject):
    """Sends the prompt as it stands once typing or dragging rests, if the engine rests too."""

    def __init__(
        self, engine: EngineProcess, frame: Frame, session: Session, prompting: Prompting
    ) -> None:
        super().__init__(frame)
        self._engine, self._session, self._prompting = engine, session, prompting
        self._compare = frame.page.compare
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self._on_rested)
        frame.page.composer.input.textChanged.connect(self._timer.start)
        frame.steering.steering_changed.connect(lambda: self._timer.start())

    def _on_rested(self) -> None:
        if self._engine.is_running and not self._session.active:
            parts, _ = self._prompting.upcoming()
            mode: protocol.Mode = self._compare.mode if self._compare.isVisible() else "fast"
            self._engine.send(protocol.Prefill(self._session.next_number(), parts, mode))
