"""A batch in the window: what goes in, how far it is, the table as it fills."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, QSettings, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.presets import Preset
from steerlm_studio.ui.amounts import time_text
from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.batch_form import BatchForm
from steerlm_studio.ui.batch_job import BatchJob
from steerlm_studio.ui.batch_request import Basis
from steerlm_studio.ui.batch_table import BatchTable
from steerlm_studio.ui.labels import PlainLabel, SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID

_UPDATE_MS = 200  # numbers change at most five times a second
_STRETCHED = 6  # columns that share the width; more of them scroll
_FOLDER = "batch/folder"


class BatchDialog(QDialog):
    """May be closed and opened again: the batch goes on meanwhile."""

    def __init__(self, job: BatchJob, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Batch"))
        self._job, self._settings = job, settings
        self.banner = Banner()
        self.form = BatchForm()
        self.bar = QProgressBar()
        self.amounts = SmallLabel()
        self.table = QTableView()
        self.text = QPlainTextEdit()
        self.start = QPushButton()
        self.cancel = QPushButton(self.tr("Cancel the batch"))
        self.close_button = QPushButton(self.tr("Close"))
        self.pages = QStackedWidget()
        self._model = BatchTable(job)
        self._update = QTimer(self)
        self._update.setSingleShot(True)
        self._update.setInterval(_UPDATE_MS)
        self._dress()
        self._lay_out()
        self._connect()
        self._recall()
        self._show()

    def open_for(self, basis: Basis | None, presets: list[Preset]) -> None:
        """Show the dialog with the model and the sliders as they are now."""
        if not self._job.is_running:
            self.form.set_basis(basis, presets)
        self.show()
        self.raise_()
        self.activateWindow()

    def _on_start(self) -> None:
        request = self.form.request()
        if request is None:
            return
        self.banner.dismiss()
        self._settings.setValue(_FOLDER, str(request.prompts.parent))
        try:
            self._job.start(request)
        except StudioError as error:
            self._say(str(error))

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._job.process.cancel()

    def _on_ended(self) -> None:
        if self._job.error is not None:
            self._say(*self._job.error)
        self._show()

    def _on_laid_out(self) -> None:
        header = self.table.horizontalHeader()
        few = len(self._job.columns) < _STRETCHED  # with that of the prompts
        mode = QHeaderView.ResizeMode
        header.setSectionResizeMode(mode.Stretch if few else mode.Interactive)
        self.pages.setCurrentIndex(1)
        self._show()

    def _on_current_changed(self, index: QModelIndex) -> None:
        self.text.setPlainText(self._model.whole(index) if index.isValid() else "")

    def _say(self, sentence: str, detail: str = "") -> None:
        self.banner.show_error(shown(sentence), shown(detail))

    def _show(self) -> None:
        """Everything that follows from the form and the job."""
        running, pace = self._job.is_running, self._job.pace
        out = self.form.out.path
        goes_on = out is not None and out.is_file() and out.stat().st_size > 0
        self.form.setEnabled(not running)
        self.form.note.setText(self._note(goes_on))
        self.start.setText(self.tr("Go on") if goes_on else self.tr("Start"))
        self.start.setVisible(not running)
        self.start.setEnabled(self.form.request() is not None)
        self.cancel.setVisible(running)
        self.cancel.setEnabled(running)
        self.bar.setVisible(running or bool(pace.total))
        self.bar.setRange(0, pace.total)
        self.bar.setValue(pace.done + pace.failed)
        self.amounts.setText(self._amounts())

    def _note(self, goes_on: bool) -> str:
        if self._job.is_running:
            return self.tr("This window may be closed: the batch goes on, and you can chat.")
        if missing := self.form.missing():
            return missing
        if goes_on:
            return self.tr("This file is there: what it holds is kept, and the rest is made.")
        request = self.form.request()
        if request is not None and request.basis.environment:
            text = self.tr("%1 answers, on its server.")
            return text.replace("%1", shown(request.basis.caption))
        text = self.tr("%1 answers, in an engine of its own: its memory is needed a second time.")
        return text.replace("%1", shown(request.basis.caption)) if request else ""

    def _amounts(self) -> str:
        job, pace = self._job, self._job.pace
        if job.is_running and not pace.total:
            return self.tr("Reading the prompts")
        if not pace.total:
            return ""
        text = self.tr("%1 of %2 answers").replace("%1", str(pace.done))
        pieces = [text.replace("%2", str(pace.total))]
        if pace.failed:
            pieces.append(self.tr("%n not answered", "", pace.failed))
        if job.is_running and pace.seconds_left is None:
            pieces.append(self.tr("loading the model"))
        elif job.is_running and pace.seconds_left is not None:
            pieces.append(self.tr("%1 tokens/s").replace("%1", f"{pace.rate:.0f}"))
            pieces.append(self.tr("%1 left").replace("%1", time_text(pace.seconds_left)))
        elif job.was_cancelled:
            pieces.append(self.tr("cancelled; “Go on” makes the rest"))
        return " · ".join(pieces)

    def _recall(self) -> None:
        folder = self._settings.value(_FOLDER)
        if isinstance(folder, str) and Path(folder).is_dir():
            for row in (self.form.prompts, self.form.settings, self.form.out):
                row.folder = Path(folder)

    def _connect(self) -> None:
        job = self._job
        self.form.changed.connect(self._show)
        self.start.clicked.connect(self._on_start)
        self.cancel.clicked.connect(self._on_cancel)
        self.close_button.clicked.connect(self.close)
        self._update.timeout.connect(self._show)
        job.begun.connect(self._show)
        job.laid_out.connect(self._on_laid_out)
        job.progressed.connect(lambda: self._update.isActive() or self._update.start())
        job.ended.connect(self._on_ended)
        self.table.selectionModel().currentChanged.connect(self._on_current_changed)

    def _dress(self) -> None:
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the batch"))
        self.table.setModel(self._model)
        self.table.setAccessibleName(self.tr("Answers"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setHighlightSections(False)
        width = self.fontMetrics().averageCharWidth()
        self.table.horizontalHeader().setDefaultSectionSize(32 * width)
        self.table.verticalHeader().setHighlightSections(False)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("The chosen answer's beginning"))
        self.text.setPlaceholderText(self.tr("Choose a cell to read it here."))
        self.text.setMaximumHeight(self.fontMetrics().lineSpacing() * 6)
        for button in (self.cancel, self.close_button):
            button.setAutoDefault(False)
        self.start.setDefault(True)

    def _teaching(self) -> QWidget:
        """What stands there before the first batch."""
        label = PlainLabel(
            self.tr(
                "Each prompt becomes a row and each setting a column of a table.\n\n"
                "The answers are written to a file as they come. Whatever ends a batch, the same "
                "choices go on with it and make nothing twice. In a terminal the same is done by "
                "“steerlm-studio batch”."
            )
        )
        label.setWordWrap(True)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setContentsMargins(8 * GRID, 0, 8 * GRID, 0)
        return label

    def _filled(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.table, 1)
        column.addWidget(self.text)
        return page

    def _lay_out(self) -> None:
        progress = QHBoxLayout()
        progress.setSpacing(2 * GRID)
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.amounts)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.start)
        self.pages.addWidget(self._teaching())
        self.pages.addWidget(self._filled())
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(self.banner)
        column.addWidget(self.form)
        column.addLayout(progress)
        column.addWidget(self.pages, 1)
        column.addLayout(buttons)
        screen = self.screen().availableGeometry().size()
        self.resize(min(960, screen.width() - 8 * GRID), min(700, screen.height() - 10 * GRID))
