"""The model files of a repository: name, type, size, and a button that fetches each."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from steerlm_studio.gguf_parts import grouped
from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.elided_label import ElidedLabel
from steerlm_studio.ui.labels import NumberLabel, SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF


class HubFiles(QWidget):
    """Only `.gguf` and `.nemo`; how many others there are is said."""

    wanted = Signal(str)  # the name of a file in the repository, once for each part of a model

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(0, 1)

    def show_files(self, files: Sequence[Mapping[str, Any]]) -> None:
        """As `models show` lists them."""
        self._clear()
        models = {file["name"]: file for file in files if file["kind"] != "other"}
        groups = grouped(models)
        for row, (first, names) in enumerate(groups.items()):
            self._show(row, models[first], [models[name] for name in names])
        others = len(files) - len(models)
        if not models:
            text = self.tr("It has no .gguf or .nemo file. Look for one made from it by others.")
            self._grid.addWidget(SmallLabel(text), 0, 0, 1, 4)
        elif others:
            text = self.tr("and %n other files", "", others)
            self._grid.addWidget(SmallLabel(text), len(groups), 0, 1, 4)

    def allow(self, allowed: bool, why_not: str) -> None:
        """Whether files may be fetched; else each button's tooltip says why not."""
        for button in self.buttons.values():
            button.setEnabled(allowed)
            button.setToolTip("" if allowed else why_not)

    def go_to(self, name: str) -> None:
        """Put the focus on this file's button, on the first one where there is none."""
        button = self.buttons.get(name) or next(iter(self.buttons.values()), None)
        if button is not None:
            button.setFocus()

    def _show(self, row: int, file: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> None:
        name = str(file["name"])
        button = QPushButton(self.tr("Download"))
        button.setAccessibleName(self.tr("Download %1").replace("%1", name))
        button.clicked.connect(lambda: self._want(parts))
        self.buttons[name] = button
        sizes = [part["bytes"] for part in parts]
        size = bytes_text(sum(sizes)) if min(sizes) >= 0 else "?"
        if len(parts) > 1:
            size = self.tr("%1 in %n parts", "", len(parts)).replace("%1", size)
        self._grid.addWidget(ElidedLabel(shown(name)), row, 0)
        self._grid.addWidget(SmallLabel(shown(file["quant"] or file["kind"])), row, 1)
        self._grid.addWidget(NumberLabel(size), row, 2)
        self._grid.addWidget(button, row, 3)

    def _want(self, parts: Sequence[Mapping[str, Any]]) -> None:
        for part in parts:
            self.wanted.emit(str(part["name"]))

    def _clear(self) -> None:
        self.buttons = {}
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
