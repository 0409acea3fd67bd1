"""Gives the memory of a model back when nobody has used it for a while."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from steerlm_studio.ui.engine_process import EngineProcess

_MINUTE = 60_000  # ms


class Idle(QObject):
    """Ends the engine after some minutes without work; the next request brings it back."""

    def __init__(
        self, engine: EngineProcess, is_busy: Callable[[], bool], sleep: Callable[[], None]
    ) -> None:
        super().__init__(engine)
        self._is_busy, self._sleep = is_busy, sleep
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self._on_timeout)
        for signal in (engine.ready, engine.done, engine.tokens, engine.stepped):
            signal.connect(self._on_used)
        self._engine = engine

    def set_minutes(self, minutes: int) -> None:
        """0 keeps the model loaded."""
        self.timer.stop()
        self.timer.setInterval(minutes * _MINUTE)
        self._on_used()

    def _on_used(self) -> None:
        if self.timer.interval():
            self.timer.start()

    def _on_timeout(self) -> None:
        if self._is_busy():
            self.timer.start()
        elif self._engine.is_running:
            self._sleep()
