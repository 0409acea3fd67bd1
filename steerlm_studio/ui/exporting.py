"""Exports in the window: the dialog, a word in the status bar, and what quitting means for them."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMainWindow, QMessageBox

from steerlm_studio.ui.amounts import time_text
from steerlm_studio.ui.export_dialog import ExportDialog
from steerlm_studio.ui.export_job import ExportJob
from steerlm_studio.ui.job_status import Ends, JobStatus


class Exporting(QObject):
    """Owns the job; the dialog is made when it is first asked for."""

    said = Signal(str)  # how an export ended, for those who do not see it

    def __init__(
        self, settings: QSettings, window: QMainWindow, open_model: Callable[[Path], None]
    ) -> None:
        super().__init__(window)
        self._settings, self._window, self._open_model = settings, window, open_model
        self.job = ExportJob(self)
        self.dialog: ExportDialog | None = None
        self.question: QMessageBox | None = None
        ends = Ends(
            self.tr("Export finished"), self.tr("Export cancelled"), self.tr("Export failed")
        )
        self.status = JobStatus(self.job, window, self._pace_text, ends, self._is_seen)
        self.status.setToolTip(self.tr("Show the export"))
        self.status.clicked.connect(lambda: self.open())
        self.status.said.connect(self.said)

    def open(self, checkpoint: Path | None = None) -> ExportDialog:
        """Show the dialog, with this checkpoint looked at."""
        if self.dialog is None:
            self.dialog = ExportDialog(self.job, self._settings, self._window)
            self.dialog.open_requested.connect(self._on_open_asked)
            self.dialog.folder_requested.connect(_show_folder)
        self.status.look()
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

    def _is_seen(self) -> bool:
        return self.dialog is not None and self.dialog.isVisible()

    def _pace_text(self) -> str:
        pace = self.job.pace
        if pace.step == "writing" and pace.seconds_left is not None:
            text = self.tr("Exporting %1 %, %2 left").replace("%1", str(int(100 * pace.fraction)))
            return text.replace("%2", time_text(pace.seconds_left))
        if pace.step == "verifying":
            return self.tr("Verifying the export")
        return self.tr("Exporting")


def _show_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
