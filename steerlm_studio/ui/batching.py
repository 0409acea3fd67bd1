"""Batches in the window: the dialog, and a word in the status bar while one runs."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QToolButton

from steerlm_studio.steer.presets import Preset
from steerlm_studio.ui.batch_dialog import BatchDialog
from steerlm_studio.ui.batch_job import BatchJob
from steerlm_studio.ui.batch_request import Basis

_UPDATE_MS = 500


class Batching(QObject):
    """Owns the job; the dialog is made when it is first asked for.

    Quitting ends a batch without asking: what is answered is in its file, and it goes on later.
    """

    said = Signal(str)  # how a batch ended, for those who do not see it

    def __init__(
        self,
        store: QSettings,
        window: QMainWindow,
        basis: Callable[[], Basis | None],
        presets: Callable[[], list[Preset]],
    ) -> None:
        super().__init__(window)
        self._store, self._window = store, window
        self._basis, self._presets = basis, presets
        self.job = BatchJob(self)
        self.dialog: BatchDialog | None = None
        self.status = QToolButton()
        self.status.setAutoRaise(True)
        self.status.setToolTip(self.tr("Show the batch"))
        self.status.clicked.connect(lambda: self.open())
        self.status.hide()
        window.statusBar().addPermanentWidget(self.status)
        self._update = QTimer(self)
        self._update.setSingleShot(True)
        self._update.setInterval(_UPDATE_MS)
        self._update.timeout.connect(self._show_pace)
        self.job.begun.connect(self._show_pace)
        self.job.progressed.connect(lambda: self._update.isActive() or self._update.start())
        self.job.ended.connect(self._on_ended)

    def open(self) -> BatchDialog:
        """Show the dialog with the model and the sliders as they are now."""
        if self.dialog is None:
            self.dialog = BatchDialog(self.job, self._store, self._window)
        if not self.job.is_running:
            self.status.hide()
        self.dialog.open_for(self._basis(), self._presets())
        return self.dialog

    def stop(self) -> None:
        """End the child at once."""
        self.job.process.stop()
        if self.dialog is not None:
            self.dialog.close()

    def _show_pace(self) -> None:
        if self.job.is_running:
            pace = self.job.pace
            percent = int(100 * (pace.done + pace.failed) / pace.total) if pace.total else 0
            self._show(self.tr("Batch %1 %").replace("%1", str(percent)))

    def _on_ended(self) -> None:
        self._update.stop()
        job = self.job
        if job.error is not None:
            text = self.tr("Batch failed")
        elif job.was_cancelled:
            text = self.tr("Batch cancelled")
        else:
            text = self.tr("Batch finished")
        self._show(text)
        self.said.emit(f"{text}." if job.error is None else job.error[0])
        if self.dialog is not None and self.dialog.isVisible():
            self.status.hide()

    def _show(self, text: str) -> None:
        self.status.setText(text)
        self.status.setAccessibleName(text)
        self.status.show()
