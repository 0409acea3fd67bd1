"""Exports in the window: the dialog, a word in the status bar, and what quitting means for them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMainWindow, QMessageBox, QToolButton

from steerlm_studio.ui.amounts import time_text
from steerlm_studio.ui.export_dialog import ExportDialog
from steerlm_studio.ui.export_job import ExportJob, Pace

_UPDATE_MS = 500


class Exporting(QObject):
    """Owns the job; the dialog is made when it is first asked for."""

    said = Signal(str)  # how an export ended, for those who do not see it

    def __init__(
        self, store: QSettings, window: QMainWindow, open_model: Callable[[Path], None]
    ) -> None:
        super().__init__(window)
        self._store, self._window, self._open_model = store, window, open_model
        self.job = ExportJob(self)
        self.dialog: ExportDialog | None = None
        self.question: QMessageBox | None = None
        self.status = QToolButton()
        self.status.setAutoRaise(True)
        self.status.setToolTip(self.tr("Show the export"))
        self.status.clicked.connect(lambda: self.open())
        self.status.hide()
        window.statusBar().addPermanentWidget(self.status)
        self._update = QTimer(self)
        self._update.setSingleShot(True)
        self._update.setInterval(_UPDATE_MS)
        self._update.timeout.connect(self._show_pace)
        self.job.begun.connect(self._show_pace)
        self.job.progressed.connect(lambda _: self._update.isActive() or self._update.start())
        self.job.ended.connect(self._on_ended)

    def open(self, checkpoint: Path | None = None) -> ExportDialog:
        """Show the dialog, with this checkpoint looked at."""
        if self.dialog is None:
            self.dialog = ExportDialog(self.job, self._store, self._window)
            self.dialog.open_requested.connect(self._on_open_asked)
            self.dialog.folder_requested.connect(_show_folder)
        if not self.job.is_running:
            self.status.hide()
        self.dialog.open_for(checkpoint)
        return self.dialog

    def may_close(self) -> bool:
        """Whether nothing is lost when the window closes now; else the user is asked."""
        if not self.job.is_running:
            self.stop()
            return True
        if self.question is None:
            self._ask()
        return False

    def stop(self) -> None:
        """End the children, cleanly and at once."""
        self.job.process.stop()
        if self.dialog is not None:
            self.dialog.reading.stop()
            self.dialog.close()

    def _on_open_asked(self, path: Path) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self._open_model(path)

    def _ask(self) -> None:
        box = self.question = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Quit"))
        box.setText(self.tr("An export is running. Cancel it and quit?"))
        box.setInformativeText(self.tr("Nothing of its files would be left."))
        quit_ = box.addButton(self.tr("Cancel it and quit"), QMessageBox.ButtonRole.AcceptRole)
        stay = box.addButton(self.tr("Go on exporting"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.finished.connect(lambda _: self._on_answered(box.clickedButton() is quit_))
        box.open()

    def _on_answered(self, quits: bool) -> None:
        if self.question is not None:
            self.question.deleteLater()
            self.question = None
        if quits:
            self.stop()
            self._window.close()

    def _show_pace(self) -> None:
        if self.job.is_running:
            self._show_status(self._pace_text(self.job.pace))

    def _pace_text(self, pace: Pace) -> str:
        if pace.step == "writing" and pace.seconds_left is not None:
            text = self.tr("Exporting %1 %, %2 left").replace("%1", str(int(100 * pace.fraction)))
            return text.replace("%2", time_text(pace.seconds_left))
        if pace.step == "verifying":
            return self.tr("Verifying the export")
        return self.tr("Exporting")

    def _on_ended(self) -> None:
        self._update.stop()
        if self.job.error is not None:
            text = self.tr("Export failed")
        elif self.job.was_cancelled:
            text = self.tr("Export cancelled")
        else:
            text = self.tr("Export finished")
        self._show_status(text)
        self.said.emit(f"{text}." if self.job.error is None else self.job.error[0])
        if self.dialog is not None and self.dialog.isVisible():
            self.status.hide()

    def _show_status(self, text: str) -> None:
        self.status.setText(text)
        self.status.setAccessibleName(text)
        self.status.show()


def _show_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
