"""Importing transcripts: files, progress, what came of it. All of them or nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QSettings, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.store.store import Store
from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.command_process import CommandProcess, command
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.model_files import local_paths_in
from steerlm_studio.ui.text_cells import TextCells
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID
from steerlm_studio.ui.transcript_report import TranscriptReport

_FOLDER = "transcripts/import-folder"
_FILES_SHOWN = 4
_SUFFIXES = (".json", ".jsonl")


def are_transcripts(paths: Sequence[Path]) -> bool:
    """Whether all of these may hold conversations, by their names."""
    return bool(paths) and all(path.suffix.lower() in _SUFFIXES for path in paths)


def transcripts_in(data: QMimeData) -> list[Path]:
    """The files of conversations that are dragged; none when there is anything else."""
    paths = local_paths_in(data)
    return paths if are_transcripts(paths) else []


class TranscriptImportDialog(QDialog):
    """A child reads the files; the window never waits, and this dialog may be closed meanwhile."""

    imported = Signal(int)  # so many conversations are there now

    def __init__(self, store: Store, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import transcripts"))
        self.setAcceptDrops(True)
        self._conversations, self._settings = store, settings
        self.process = CommandProcess(self.tr("The import"), self)
        self._report: Mapping[str, Any] | None = None
        self._refused = False
        self.banner = Banner()
        self.files = QListWidget()
        self.files.setItemDelegate(TextCells(self.files))
        self.add = QPushButton(self.tr("Add files…"))
        self.remove = QPushButton(self.tr("Remove"))
        self.bar = QProgressBar()
        self.amounts = SmallLabel()
        self.report = TranscriptReport()
        self.start = QPushButton(self.tr("Import"))
        self.others = QPushButton(self.tr("Import all the others"))
        self.cancel = QPushButton(self.tr("Cancel the import"))
        self.close_button = QPushButton(self.tr("Close"))
        self._lay_out()
        self._connect()
        self._show()

    def open_for(self, paths: Sequence[Path] = ()) -> None:
        """Show the dialog with these files; without any, ask for some."""
        if not self.process.is_running:
            self.banner.dismiss()
            self.report.clear()
            self.files.clear()
            self._refused = False
            self._add(paths)
        self.show()
        self.raise_()
        self.activateWindow()

    def choose(self) -> QFileDialog:
        """Ask for files without waiting."""
        dialog = QFileDialog(self, self.tr("Transcripts to import"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([self.tr("Transcripts (*.json *.jsonl)"), self.tr("All files (*)")])
        folder = self._settings.value(_FOLDER)
        dialog.setDirectory(folder if isinstance(folder, str) else str(Path.home()))
        dialog.filesSelected.connect(lambda names: self._add([Path(name) for name in names]))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def stop(self) -> None:
        """End the child at once, with the window; what it has so far is taken back."""
        self.process.stop()
        self.close()

    @property
    def paths(self) -> list[Path]:
        rows = range(self.files.count())
        return [Path(self.files.item(row).data(Qt.ItemDataRole.UserRole)) for row in rows]

    # files

    def _add(self, paths: Sequence[Path]) -> None:
        there = self.paths
        for path in dict.fromkeys(paths):
            if path in there:
                continue
            size = bytes_text(path.stat().st_size) if path.is_file() else self.tr("not there")
            item = QListWidgetItem(f"{shown(str(path))}  ({size})")
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            self.files.addItem(item)
            self._settings.setValue(_FOLDER, str(path.parent))
        self._on_files_changed()

    def _on_remove(self) -> None:
        for item in self.files.selectedItems():
            self.files.takeItem(self.files.row(item))
        self._on_files_changed()

    def _on_files_changed(self) -> None:
        self._refused = False
        self._show()

    # reading

    def _begin(self, *, skips_errors: bool) -> None:
        path = self._conversations.database.path
        self.banner.dismiss()
        if path is None:
            self.banner.show_error(
                self.tr(
                    "Conversations are not kept on the disk now, so nothing can be imported to "
                    "stay. Mend what the first message said, and start the program again."
                )
            )
            return
        self._report, self._refused = None, False
        self.report.clear()
        words = ["--skip-errors"] if skips_errors else []
        where = ["transcripts", "--file", str(path), "import", "--json", *words, "--"]
        self.bar.setRange(0, 0)
        self.amounts.clear()
        self.process.start(command(*where, *self.paths))
        self._show()

    def _on_said(self, line: Mapping[str, Any]) -> None:
        if "problems" in line:
            self._report = line
            return
        done, total = int(line["read"]), int(line["bytes"])
        self.bar.setRange(0, 100)
        self.bar.setValue(100 * done // max(total, 1))
        text = self.tr("%1 of %2").replace("%1", bytes_text(done))
        self.amounts.setText(text.replace("%2", bytes_text(total)))

    def _on_failed(self, sentence: str, detail: str) -> None:
        """A refusal is told by the report, anything else by the sentence."""
        if self._report is None:
            self.banner.show_error(shown(sentence), shown(detail))
        self._on_finished()

    def _on_finished(self) -> None:
        if self._report is not None:
            self.report.show_report(self._report)
            self._refused = bool(self._report["refused"])
            if not self._refused:
                self.files.clear()
                self.imported.emit(int(self._report["conversations"]))
        self._show()
        (self.others if self._refused else self.close_button).setFocus()

    def _on_cancelled(self) -> None:
        self.report.say(self.tr("Cancelled; nothing was imported."))
        self._show()

    # showing

    def _show(self) -> None:
        running = self.process.is_running
        for widget in (self.files, self.add):
            widget.setEnabled(not running)
        self.remove.setEnabled(not running and bool(self.files.selectedItems()))
        self.start.setVisible(not running)
        self.start.setEnabled(self.files.count() > 0)
        self.others.setVisible(self._refused and not running)
        self.cancel.setVisible(running)
        self.bar.setVisible(running)
        self.amounts.setVisible(running)

    # parts

    def _connect(self) -> None:
        self.add.clicked.connect(self.choose)
        self.remove.clicked.connect(self._on_remove)
        self.files.itemSelectionChanged.connect(self._show)
        self.start.clicked.connect(lambda: self._begin(skips_errors=False))
        self.others.clicked.connect(lambda: self._begin(skips_errors=True))
        self.cancel.clicked.connect(self.process.cancel)
        self.close_button.clicked.connect(self.close)
        self.process.said.connect(self._on_said)
        self.process.finished.connect(self._on_finished)
        self.process.failed.connect(self._on_failed)
        self.process.cancelled.connect(self._on_cancelled)

    def _lay_out(self) -> None:
        self.files.setAccessibleName(self.tr("Files to import"))
        self.files.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.files.setMaximumHeight(self.fontMetrics().lineSpacing() * (_FILES_SHOWN + 1))
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the import"))
        for button in (self.add, self.remove, self.others, self.cancel, self.close_button):
            button.setAutoDefault(False)
        self.start.setDefault(True)
        known = SmallLabel(
            self.tr(
                "Known by their content: this program's JSON, SteerLM, HelpSteer and "
                "Open-Assistant data, OpenAI messages, ShareGPT, LM Studio and Open WebUI. "
                "Files can be dropped here, too."
            )
        )
        known.setWordWrap(True)
        beside = QVBoxLayout()
        beside.addWidget(self.add)
        beside.addWidget(self.remove)
        beside.addStretch(1)
        chosen = QHBoxLayout()
        chosen.setSpacing(GRID)
        chosen.addWidget(self.files, 1)
        chosen.addLayout(beside)
        end = QHBoxLayout()
        end.setSpacing(GRID)
        end.addWidget(self.bar, 1)
        end.addWidget(self.amounts)
        end.addStretch(0)
        for button in (self.close_button, self.cancel, self.others, self.start):
            end.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(self.banner)
        column.addWidget(known)
        column.addLayout(chosen)
        column.addWidget(self.report, 1)
        column.addLayout(end)
        screen = self.screen().availableGeometry().size()
        self.resize(min(760, screen.width() - 8 * GRID), min(480, screen.height() - 10 * GRID))

    # Qt's

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if transcripts_in(event.mimeData()) and not self.process.is_running:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := transcripts_in(event.mimeData()):
            event.acceptProposedAction()
            self._add(paths)
