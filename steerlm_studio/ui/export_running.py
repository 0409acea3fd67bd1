"""How far an export is: which tensor, how much, how fast, how long still."""

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from steerlm_studio.ui.amounts import bytes_text, time_text
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.export_job import ExportJob, Pace
from steerlm_studio.ui.labels import SmallLabel, TitleLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID

_UPDATE_MS = 200  # numbers change at most five times a second


class ExportRunning(QWidget):
    """Shows the job's pace; the job itself goes on when nobody looks."""

    cancel_asked = Signal()

    def __init__(self, job: ExportJob, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self.title = TitleLabel()
        self.title.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("Progress of the export"))
        self.amounts = SmallLabel()
        self.tensor = SmallElidedLabel()
        self.cancel = QPushButton(self.tr("Cancel the export"))
        self.cancel.clicked.connect(self.cancel_asked)
        self._update = QTimer(self)
        self._update.setSingleShot(True)
        self._update.setInterval(_UPDATE_MS)
        self._update.timeout.connect(self._show)
        job.begun.connect(self._on_begun)
        job.progressed.connect(lambda pace: self._update.isActive() or self._update.start())
        self._lay_out()

    def _on_begun(self) -> None:
        request = self._job.request
        if request is not None:
            types = ", ".join(request.types)
            text = self.tr("Exporting %1 as %2").replace("%1", shown(request.name))
            self.title.setText(text.replace("%2", types))
        self.cancel.setEnabled(True)
        self._show()

    def _show(self) -> None:
        pace = self._job.pace
        is_known = pace.step in ("writing", "calibrating", "done")
        self.bar.setRange(0, 1000 if is_known else 0)
        self.bar.setValue(round(1000 * pace.fraction))
        self.amounts.setText(amounts_text(pace))
        self.tensor.set_text(shown(pace.tensor))

    def _lay_out(self) -> None:
        self.bar.setTextVisible(False)
        note = SmallLabel(
            self.tr(
                "This window may be closed: the export goes on, the status bar shows how far it "
                "is, and you can chat meanwhile."
            )
        )
        note.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.bar)
        column.addWidget(self.amounts)
        column.addWidget(self.tensor)
        column.addSpacing(GRID)
        column.addWidget(note)
        column.addLayout(buttons)
        column.addStretch(2)


def amounts_text(pace: Pace) -> str:
    """What is being done and how much of it, in one line."""
    if pace.step == "writing":
        text = _tr("%1 of %2 · %3 a second · %4 left")
        text = text.replace("%1", bytes_text(pace.done)).replace("%2", bytes_text(pace.total))
        return text.replace("%3", bytes_text(pace.rate)).replace("%4", _left(pace))
    if pace.step == "calibrating":
        text = _tr("Computing the importance matrix: %1 of %2 tokens · %3 left")
        text = text.replace("%1", str(pace.done)).replace("%2", str(pace.total))
        return text.replace("%3", _left(pace))
    return {
        "computing": _tr("Computing the checkpoint's own logits"),
        "verifying": _tr("Verifying the new file"),
        "done": _tr("Done"),
    }.get(pace.step, _tr("Reading the checkpoint"))


def _left(pace: Pace) -> str:
    left = pace.seconds_left
    return "…" if left is None else time_text(left)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ExportRunning", text)
