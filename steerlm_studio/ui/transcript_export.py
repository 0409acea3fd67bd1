"""Exporting transcripts: what goes out, what it will look like, how far it is."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.errors import StudioError
from steerlm_studio.store.backup import copy_open
from steerlm_studio.store.store import Store
from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.command_process import CommandProcess
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID
from steerlm_studio.ui.transcript_form import TranscriptForm
from steerlm_studio.ui.transcript_preview import Soon, TranscriptPreview
from steerlm_studio.ui.transcript_replies import TranscriptReplies
from steerlm_studio.ui.transcript_request import TranscriptRequest

_SOON = 120  # ms from a choice to its preview


class TranscriptExportDialog(QDialog):
    """A child writes the file; the window never waits, and this dialog may be closed meanwhile."""

    def __init__(self, store: Store, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export transcript"))
        self._conversations = store
        self._written: Path | None = None
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        self.process = CommandProcess(self.tr("The export"), self)
        self.banner = Banner()
        self.form = TranscriptForm(settings)
        self.preview = TranscriptPreview()
        self.replies = TranscriptReplies(store)
        self.tabs = QTabWidget()
        self.bar = QProgressBar()
        self.outcome = SmallLabel()
        self.show_file = QPushButton(self.tr("Show in its folder"))
        self.start = QPushButton(self.tr("Export"))
        self.cancel = QPushButton(self.tr("Cancel the export"))
        self.close_button = QPushButton(self.tr("Close"))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._lay_out()
        self._connect()
        self._show()

    def open_for(self, current: int | None, title: str, selected: tuple[int, ...] = ()) -> None:
        """Show the dialog for the open conversation and those marked in the list."""
        if not self.process.is_running:
            self.outcome.clear()
            self._written = None
            self.form.set_source(current, title, selected)
        self.show()
        self.raise_()
        self.activateWindow()
        self._show_preview()

    def stop(self) -> None:
        """End the child at once, with the window."""
        self.process.stop()
        self._forget_copy()
        self.close()

    # writing

    def _on_start(self) -> None:
        request = self.form.request()
        if request is None or self.process.is_running:
            return
        self.banner.dismiss()
        self.outcome.clear()
        self._written = None
        self.form.remember()
        try:
            file = self._file()
        except StudioError as error:
            self.banner.show_error(shown(str(error)))
            return
        self.bar.setRange(0, 0)
        self.process.start(request.command(file))
        self._show()

    def _file(self) -> Path:
        """Where the child finds the conversations: a copy when they are in memory only."""
        path = self._conversations.database.path
        if path is not None:
            return path
        self._copy = tempfile.TemporaryDirectory(prefix="steerlm-studio-")
        copy = Path(self._copy.name) / "transcripts.db"
        copy_open(self._conversations.database, copy)
        return copy

    def _forget_copy(self) -> None:
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    def _on_said(self, line: Mapping[str, Any]) -> None:
        if "total" in line:
            self.bar.setRange(0, int(line["total"]))
            self.bar.setValue(int(line["done"]))
            return
        self._written = Path(line["path"])
        text = self.tr("%1 was written: %2.").replace("%1", shown(self._written.name))
        self.outcome.setText(text.replace("%2", bytes_text(int(line["bytes"]))))

    def _on_failed(self, sentence: str, detail: str) -> None:
        self.banner.show_error(shown(sentence), shown(detail))
        self._show()

    def _on_cancelled(self) -> None:
        self.outcome.setText(self.tr("Cancelled; no file was written."))
        self._show()

    # showing

    def _show_preview(self) -> None:
        """The beginning of the file, and the replies that labels can be corrected of."""
        self._soon.stop()
        request = self.form.request()
        if request is None:
            return
        try:
            self.preview.show_request(request, self._conversations)
            if self._has_labels(request):
                records = Soon(request.records(self._conversations))
                self.replies.show_records(records, request.options)
                self.replies.tell_of_more(records.is_cut)
        except StudioError as error:
            self.banner.show_error(shown(str(error)))
        self._show()

    def _has_labels(self, request: TranscriptRequest) -> bool:
        return request.kind.trains

    def _show(self) -> None:
        running, request = self.process.is_running, self.form.request()
        if not running:
            self._forget_copy()
        self.form.setEnabled(not running)
        self.form.note.setText(self._note(request))
        self.tabs.setTabVisible(1, request is not None and self._has_labels(request))
        self.start.setVisible(not running)
        self.start.setEnabled(request is not None)
        self.cancel.setVisible(running)
        self.bar.setVisible(running)
        self.show_file.setVisible(self._written is not None and not running)

    def _note(self, request: TranscriptRequest | None) -> str:
        if request is None:
            return self.tr("Choose a file.")
        if self.process.is_running:
            return self.tr("This window may be closed: the export goes on.")
        if request.out.exists() and request.out != self._written:
            return self.tr("This file is there and will be replaced, once the new one is whole.")
        return ""

    def _on_show_file(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    # parts

    def _connect(self) -> None:
        self.form.changed.connect(self._soon.start)
        self.form.out.changed.connect(self._show)
        self._soon.timeout.connect(self._show_preview)
        self.replies.chosen.connect(self.form.choose)
        self.replies.corrected.connect(self._show_preview)
        self.start.clicked.connect(self._on_start)
        self.cancel.clicked.connect(self.process.cancel)
        self.close_button.clicked.connect(self.close)
        self.show_file.clicked.connect(self._on_show_file)
        self.process.said.connect(self._on_said)
        self.process.finished.connect(self._show)
        self.process.failed.connect(self._on_failed)
        self.process.cancelled.connect(self._on_cancelled)

    def _lay_out(self) -> None:
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the export"))
        for button in (self.cancel, self.close_button, self.show_file):
            button.setAutoDefault(False)
        self.start.setDefault(True)
        self.tabs.addTab(self.preview, self.tr("Preview"))
        self.tabs.addTab(self.replies, self.tr("Replies and labels"))
        self.tabs.setDocumentMode(True)
        left = QWidget()
        side = QVBoxLayout(left)
        side.setContentsMargins(0, 0, GRID, 0)
        side.addWidget(self.form)
        side.addStretch(1)
        panes = QSplitter()
        panes.addWidget(left)
        panes.addWidget(self.tabs)
        panes.setStretchFactor(1, 1)
        panes.setChildrenCollapsible(False)
        panes.setSizes([48 * self.fontMetrics().averageCharWidth(), 1000])
        end = QHBoxLayout()
        end.setSpacing(GRID)
        end.addWidget(self.bar, 1)
        end.addWidget(self.outcome, 1)
        for button in (self.show_file, self.close_button, self.cancel, self.start):
            end.addWidget(button)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(self.banner)
        column.addWidget(panes, 1)
        column.addLayout(end)
        screen = self.screen().availableGeometry().size()
        self.resize(min(1000, screen.width() - 8 * GRID), min(680, screen.height() - 10 * GRID))
