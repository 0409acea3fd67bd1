"""Batches in the window: the dialog, and a word in the status bar while one runs."""

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QMainWindow

from steerlm_studio.ui.batch_dialog import BatchDialog
from steerlm_studio.ui.batch_job import BatchJob
from steerlm_studio.ui.batch_request import Basis
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.job_status import Ends, JobStatus
from steerlm_studio.ui.model_loading import ModelLoading


class Batching(QObject):
    """Owns the job; the dialog is made when it is first asked for.

    Quitting ends a batch without asking: what is answered is in its file, and it goes on later.
    """

    said = Signal(str)  # how a batch ended, for those who do not see it

    def __init__(
        self, settings: QSettings, window: QMainWindow, frame: Frame, loading: ModelLoading
    ) -> None:
        super().__init__(window)
        self._settings, self._window = settings, window
        self._frame, self._loading = frame, loading
        self.job = BatchJob(self)
        self.dialog: BatchDialog | None = None
        ends = Ends(self.tr("Batch finished"), self.tr("Batch cancelled"), self.tr("Batch failed"))
        self.status = JobStatus(self.job, window, self._pace_text, ends, self._is_seen)
        self.status.setToolTip(self.tr("Show the batch"))
        self.status.clicked.connect(lambda: self.open())
        self.status.said.connect(self.said)

    def open(self) -> BatchDialog:
        """Show the dialog with the model and the sliders as they are now."""
        if self.dialog is None:
            self.dialog = BatchDialog(self.job, self._settings, self._window)
        self.status.look()
        self.dialog.open_for(self.basis(), self._frame.steering.presets.presets())
        return self.dialog

    def basis(self) -> Basis | None:
        """The model and the panels as they are now; None without a model."""
        model, frame = self._loading.model, self._frame
        if model is None:
            return None
        server, ready = model.server, model.ready
        own = (f"--model={model.path}", *self._loading.asked)
        return Basis(
            own if server is None else tuple(server.arguments()),
            model.caption,
            frame.steering.steering,
            frame.sampling.sampling(),
            model.template,
            server.environment() if server else {},
            ready.cannot if ready else {},
        )

    def stop(self) -> None:
        """End the child at once."""
        self.job.process.stop()
        if self.dialog is not None:
            self.dialog.close()

    def _is_seen(self) -> bool:
        return self.dialog is not None and self.dialog.isVisible()

    def _pace_text(self) -> str:
        pace = self.job.pace
        percent = int(100 * (pace.done + pace.failed) / pace.total) if pace.total else 0
        return self.tr("Batch %1 %").replace("%1", str(percent))
