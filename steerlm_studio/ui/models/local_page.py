"""The models of this machine: bundled, in the hub's cache, in folders, opened before."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.errors import StudioError
from steerlm_studio.models.library import add_folder, remove_folder
from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.models.table import Cell, ModelTable
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID


class LocalPage(QWidget):
    """A table of what `models list` found; nothing is copied or moved."""

    picked = Signal(object)  # an entry of the list
    opened = Signal(object)
    file_requested = Signal()  # the system's own dialog
    changed = Signal()  # of the folders: list anew
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders: Sequence[str] = ()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter by name, type, folder"))
        self.filter.setAccessibleName(self.filter.placeholderText())
        self.filter.setClearButtonEnabled(True)
        columns = (self.tr("Name"), self.tr("Type"), self.tr("Size"), self.tr("Attributes"))
        self.table = ModelTable(self.tr("Models on this machine"), (*columns, self.tr("Where")))
        self.table.picked.connect(self.picked)
        self.table.opened.connect(self.opened)
        self.filter.textChanged.connect(self.table.filter)
        self.state = SmallLabel(self.tr("Looking through the disk…"))
        self.file = QPushButton(self.tr("Choose a file…"))
        self.file.clicked.connect(self.file_requested)
        self.add = QPushButton(self.tr("Add a folder…"))
        self.add.clicked.connect(self._choose_folder)
        self.remove = QPushButton(self.tr("Remove a folder"))
        self._menu = QMenu(self)
        self.remove.setMenu(self._menu)
        self._lay_out()

    def show_models(
        self,
        models: Sequence[Mapping[str, Any]],
        folders: Sequence[str],
        cut: Sequence[str] = (),
    ) -> None:
        """Entries of `models list`, the folders that the user added, and those too large to look
        through all of them."""
        self._folders = folders
        names = Counter(model["name"] for model in models)
        several = {name for name, count in names.items() if count > 1}
        self.table.show_rows([(model, self._cells(model, several)) for model in models])
        self.table.filter(self.filter.text())
        self.state.setText(self.tr("%n models", "", len(models)))
        if cut:
            text = self.tr("Too many files to look at all of %1: add folders further down.")
            self.state.setText(text.replace("%1", shown(", ".join(cut))))
        self._menu.clear()
        for folder in folders:
            action = self._menu.addAction(folder.replace("&", "&&"))
            action.triggered.connect(lambda _=False, f=folder: self._on_removed(f))
        self.remove.setEnabled(bool(folders))

    def _cells(self, model: Mapping[str, Any], several: Container[str]) -> list[Cell]:
        """Of files that give themselves the same name (`several`) their own names are told, too."""
        places = {
            "bundled": self.tr("with the program"),
            "hub": self.tr("hub cache"),
            "folder": self.tr("folder"),
            "recent": self.tr("opened before"),
        }
        kind = model["quant"] or model["format"]
        name = model["name"]
        if name in several:
            name = f"{name} · {Path(model['path']).name}"
        texts = [(name, name.lower()), (kind, kind)]
        known = self._attributes(model)
        where = places.get(model["where"], model["where"])
        return [
            *texts,
            (bytes_text(model["bytes"]), model["bytes"]),
            (known, known),
            (where, where),
        ]

    def _attributes(self, model: Mapping[str, Any]) -> str:
        if model["problem"]:
            return self.tr("cannot be used")
        if model["format"] == "nemo":
            return self.tr("to be exported")
        if model["steerlm"] == "no":
            return self.tr("no SteerLM model")
        if model["steerlm"] == "guessed":
            return self.tr("%1 (guessed)").replace("%1", model["schema"])
        return str(model["schema"])

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("A folder with models"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.add_folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def add_folder(self, folder: str) -> None:
        """Search it from now on."""
        try:
            add_folder(Path(folder))
        except (StudioError, OSError) as error:
            self.refused.emit(str(error))
        else:
            self.changed.emit()

    def _on_removed(self, folder: str) -> None:
        try:
            remove_folder(Path(folder))
        except OSError as error:
            self.refused.emit(str(error))
        else:
            self.changed.emit()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.file, self.add, self.remove):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.state)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
