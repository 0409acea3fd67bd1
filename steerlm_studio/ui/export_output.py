"""Where the new files go: folder and name, and whether there is room."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.elided_label import ElidedLabel
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF

_FORBIDDEN = '/\\:*?"<>|'


class OutputChoice(QWidget):
    """A folder and the beginning of the files' names."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder = Path.home()
        self.place = ElidedLabel()
        self.choose = QPushButton(self.tr("Change…"))
        self.choose.setAccessibleName(self.tr("Change the folder"))
        self.choose.clicked.connect(self._on_choose)
        self.name = QLineEdit()
        self.name.setMaxLength(120)
        self.name.setAccessibleName(self.tr("Name of the model and beginning of the file names"))
        self.name.textChanged.connect(lambda: self.changed.emit())
        self.note = SmallLabel()
        self.note.setWordWrap(True)
        self._free = 0
        self._lay_out()

    @property
    def _is_valid(self) -> bool:
        text = self.name.text().strip()
        return bool(text) and not text.startswith(".") and not set(text) & set(_FORBIDDEN)

    def set_folder(self, folder: Path) -> None:
        self.folder = folder
        self.place.set_text(shown(str(folder)))
        try:
            self._free = shutil.disk_usage(folder).free
        except OSError:
            self._free = 0
        self.changed.emit()

    def problem(self, needed: int | None) -> str:
        """Why files of so many bytes cannot be written there; empty when they can."""
        if not self._is_valid:
            return self.tr("Choose a name without any of %1").replace("%1", _FORBIDDEN)
        if not os.access(self.folder, os.W_OK):
            return self.tr("This folder cannot be written to. Choose another.")
        if needed is not None and needed > self._free:
            return self.tr("There is no room for that. Choose another folder or smaller types.")
        return ""

    def show_need(self, needed: int | None, files: Sequence[Path]) -> None:
        """Say how much goes there, and what it takes the place of."""
        pieces = [self.tr("%1 free.").replace("%1", bytes_text(self._free))]
        if needed:
            pieces.insert(0, self.tr("%1 needed,").replace("%1", bytes_text(needed)))
        if old := [file.name for file in files if file.exists()]:
            text = self.tr("Replaced will be: %1.").replace("%1", shown(", ".join(old)))
            pieces.append(text)
        self.note.setText(" ".join(pieces))

    def _on_choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder for the new files"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setDirectory(str(self.folder))
        dialog.fileSelected.connect(lambda path: self.set_folder(Path(path)))
        dialog.open()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.place, 1)
        row.addWidget(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(row)
        column.addWidget(self.name)
        column.addWidget(self.note)
