"""A word in the status bar on what runs while one chats, and on how it ended."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QToolButton

from steerlm_studio.ui.batch_job import BatchJob
from steerlm_studio.ui.export_job import ExportJob

_UPDATE_MS = 500


@dataclass(frozen=True)
class Ends:
    """What is said when a job is over."""

    finished: str
    cancelled: str
    failed: str


class JobStatus(QToolButton):
    """Shows how far `job` is, some times a second; its end stays until the dialog shows it."""

    said = Signal(str)  # how the job ended, for those who do not see it

    def __init__(
        self,
        job: BatchJob | ExportJob,
        window: QMainWindow,
        pace: Callable[[], str],
        ends: Ends,
        is_seen: Callable[[], bool],
    ) -> None:
        """`is_seen` tells whether the job's own dialog is on the screen."""
        super().__init__(window)
        self._job, self._pace, self._ends, self._is_seen = job, pace, ends, is_seen
        self.setAutoRaise(True)
        self.hide()
        window.statusBar().addPermanentWidget(self)
        self._update = QTimer(self)
        self._update.setSingleShot(True)
        self._update.setInterval(_UPDATE_MS)
        self._update.timeout.connect(self._show_pace)
        job.begun.connect(self._show_pace)
        job.progressed.connect(lambda *_: self._update.isActive() or self._update.start())
        job.ended.connect(self._on_ended)

    def look(self) -> None:
        """The job's dialog comes up: an end that was told here is seen there."""
        if not self._job.is_running:
            self.hide()

    def _show_pace(self) -> None:
        if self._job.is_running:
            self._show_text(self._pace())

    def _on_ended(self) -> None:
        self._update.stop()
        error, ends = self._job.error, self._ends
        text = ends.cancelled if self._job.was_cancelled else ends.finished
        if error is not None:
            text = ends.failed
        self._show_text(text)
        self.said.emit(f"{text}." if error is None else error[0])
        if self._is_seen():
            self.hide()

    def _show_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self.show()
