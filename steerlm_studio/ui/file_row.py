"""A path in a form: typed, or chosen in a dialog."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from steerlm_studio.ui.theme import HALF


class FileRow(QWidget):
    """`kind` says whether the file is there already (open) or will be made (save)."""

    changed = Signal()

    def __init__(
        self,
        title: str,
        filters: list[str],
        kind: Literal["open", "save"] = "open",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title, self._kind = title, kind
        self.filters, self.suffix = filters, "jsonl"  # the latter for names typed without one
        self.folder = Path.home()  # where the dialog begins as long as there is no path
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title)
        self.edit.textChanged.connect(self.changed)
        self.choose = QPushButton(self.tr("Choose…"))
        self.choose.setAutoDefault(False)
        self.choose.setAccessibleName(self.tr("Choose: %1").replace("%1", title))
        self.choose.clicked.connect(self.open_dialog)
        self.setFocusProxy(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        row.addWidget(self.edit, 1)
        row.addWidget(self.choose)

    @property
    def path(self) -> Path | None:
        """None while nothing is typed."""
        text = self.edit.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path) -> None:
        self.edit.setText(str(path))

    def open_dialog(self) -> QFileDialog:
        """Ask for a file without waiting; the form says what becomes of one that is there."""
        dialog = QFileDialog(self, self._title)
        if self._kind == "open":
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        else:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
            dialog.setDefaultSuffix(self.suffix)
        dialog.setNameFilters(self.filters)
        dialog.setDirectory(str(self.path.parent if self.path else self.folder))
        dialog.fileSelected.connect(self.edit.setText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog
