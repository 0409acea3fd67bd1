"""Showing what streams: at most once per frame, and never most of the time."""

import time

from PySide6.QtCore import QObject, QTimer, Signal

_FRAME_MS = 16  # from the beginning of one showing to that of the next
_SHARE = 3  # showing takes at most about a third of the time, however long the texts


class Pace(QObject):
    """Many `ask`s become one `due`; what is connected to it does the showing."""

    due = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._cost = 0.0  # seconds that the last showing took
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.now)

    def ask(self) -> None:
        """Something new is there: show it with the next frame."""
        if not self._timer.isActive():
            cost = self._cost * 1000
            self._timer.start(round(max(_FRAME_MS - cost, cost * (_SHARE - 1))))

    def now(self) -> None:
        """Show at once what the next frame would."""
        self._timer.stop()
        began = time.perf_counter()
        self.due.emit()
        self._cost = time.perf_counter() - began
