"""Model → Export to GGUF…: choose a checkpoint and types, watch, read the report."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio import checkpoint_tools
from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.elided_label import ElidedLabel
from steerlm_studio.ui.export_job import ExportJob
from steerlm_studio.ui.export_plan import ExportPlan
from steerlm_studio.ui.export_reading import ExportReading
from steerlm_studio.ui.export_report import ExportReport
from steerlm_studio.ui.export_running import ExportRunning
from steerlm_studio.ui.export_source import CheckpointSource
from steerlm_studio.ui.export_tools_missing import ExportToolsMissing
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID

_WIDTH, _HEIGHT = 76, 54  # in sizes of the text, where the screen has room
_FROM, _TO = "export/from", "export/to"  # the folders used last, in the settings


class ExportDialog(QDialog):
    """Never waits and is never waited for; closing it only hides it."""

    open_requested = Signal(object)  # Path of a new GGUF
    folder_requested = Signal(object)  # Path of a file whose folder is to be shown

    def __init__(self, job: ExportJob, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export to GGUF"))
        self._job, self._settings = job, settings
        self.missing = ExportToolsMissing()
        self.source = CheckpointSource()
        self.reading_label = ElidedLabel()
        self.plan = ExportPlan()
        self.running = ExportRunning(job)
        self.report = ExportReport()
        self.banner = Banner()
        self.reading = ExportReading(self)
        self.pages = QStackedWidget()
        self.start = QPushButton(self.tr("Export"))
        self.start.setEnabled(False)
        self.lacking = SmallLabel()
        self.other = QPushButton(self.tr("Another checkpoint"))
        self.hide_button = QPushButton(self.tr("Close"))
        self._lay_out()
        self._connect()
        self._begin()

    def open_for(self, path: Path | None = None) -> None:
        """Show the dialog; with a path look at that checkpoint, unless an export is running."""
        if path is not None and self._job.is_running:
            self._say(self.tr("One export is running. Wait for its end or cancel it first."))
        elif path is not None:
            self.look_at(path)
        self.show()
        self.raise_()
        self.activateWindow()

    def look_at(self, path: Path) -> None:
        """Read the headers of this checkpoint and offer what can be made of it."""
        self.banner.dismiss()
        if not self._has_tools():
            return
        text = self.tr("Reading the headers of %1…").replace("%1", shown(path.name))
        self.reading_label.set_text(text)
        self._show(self.reading_label)
        self.reading.describe(path)
        self._settings.setValue(_FROM, str(path.parent))

    def _begin(self) -> None:
        """An empty page, or what is missing."""
        self.banner.dismiss()
        self.source.folder = self._folder(_FROM, Path.home())
        if self._has_tools():
            self._show(self.source)
            self.reading.look_at_machine()

    def _has_tools(self) -> bool:
        missing = checkpoint_tools.missing()
        if missing:
            self.missing.show_missing(missing)
            self._show(self.missing)
        return not missing

    def _on_described(self, path: Path, facts: Mapping[str, Any]) -> None:
        if facts["format"] == "gguf" and not facts["problem"]:
            self._refuse(self.tr("This is a GGUF already. Open it with Model → Open model…"))
        elif facts["problem"]:
            self._refuse(facts["problem"])
        else:
            self.plan.show_checkpoint(path, facts, self._folder(_TO, path.parent))
            self._show(self.plan)
            self.reading.ask_sizes(self.plan.request)

    def _refuse(self, sentence: str, detail: str = "") -> None:
        self._say(sentence, detail)
        if self.pages.currentWidget() is self.reading_label:
            self._show(self.source)

    def _say(self, sentence: str, detail: str = "") -> None:
        self.banner.show_error(shown(sentence), shown(detail))

    def _on_checked(self, lacking: str) -> None:
        self.lacking.setText(lacking)
        self.start.setEnabled(not lacking)

    def _on_start(self) -> None:
        request = self.plan.request
        self.banner.dismiss()
        self.plan.licence.accept()
        self._settings.setValue(_TO, str(request.folder))
        self._job.start(request)

    def _on_begun(self) -> None:
        self._show(self.running)

    def _on_ended(self) -> None:
        if self._job.error is None and not self._job.was_cancelled:
            self.report.show_reports(self._job.reports)
            self._show(self.report)
            return
        self._show(self.plan)
        if self._job.error is not None:
            self._say(*self._job.error)
        else:
            self._say(self.tr("The export was cancelled. No file of it was left."))

    def _on_cancel_asked(self) -> None:
        self.running.cancel.setEnabled(False)
        self._job.process.cancel()

    def _show(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        for widget in (self.start, self.lacking):
            widget.setVisible(page is self.plan)
        self.other.setVisible(page in (self.plan, self.report))
        self.start.setDefault(page is self.plan)

    def _folder(self, key: str, otherwise: Path) -> Path:
        """The folder used last, if it is still there."""
        value = self._settings.value(key)
        known = Path(value) if isinstance(value, str) and value else otherwise
        return known if known.is_dir() else otherwise

    def _connect(self) -> None:
        reading, job = self.reading, self._job
        wired: list[tuple[Any, Callable[..., object]]] = [
            (reading.described, self._on_described),
            (reading.sized, self.plan.set_sizes),
            (reading.machine_known, self.plan.set_machine),
            (reading.failed, self._refuse),
            (self.source.chosen, self.look_at),
            (self.missing.retried, self._begin),
            (self.plan.checked, self._on_checked),
            (self.plan.sizes_wanted, lambda: reading.ask_sizes(self.plan.request)),
            (self.start.clicked, self._on_start),
            (self.other.clicked, self._begin),
            (self.hide_button.clicked, self.close),
            (self.running.cancel_asked, self._on_cancel_asked),
            (self.report.open_requested, self.open_requested.emit),
            (self.report.folder_requested, self.folder_requested.emit),
            (job.begun, self._on_begun),
            (job.ended, self._on_ended),
        ]
        for signal, slot in wired:
            signal.connect(slot)

    def _lay_out(self) -> None:
        pages: tuple[QWidget, ...] = (self.missing, self.source, self.reading_label)
        for page in (*pages, self.plan, self.running, self.report):
            self.pages.addWidget(page)
        buttons = QHBoxLayout()
        buttons.addWidget(self.other)
        buttons.addStretch(1)
        buttons.addWidget(self.lacking)
        buttons.addWidget(self.hide_button)
        buttons.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(self.banner)
        column.addWidget(self.pages, 1)
        column.addLayout(buttons)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter must not cancel or choose anything
        screen, text = self.screen().availableGeometry().size(), self.fontInfo().pixelSize()
        width, height = round(text * _WIDTH), round(text * _HEIGHT)
        self.resize(min(width, screen.width() - 8 * GRID), min(height, screen.height() - 10 * GRID))
