"""The public SteerLM models, as the program's catalogue knows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.models.table import Cell, ModelTable
from steerlm_studio.ui.theme import GRID


class CataloguePage(QWidget):
    """There without any network; what the hub has now is asked when one is picked."""

    picked = Signal(object)  # an entry of the catalogue

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns = (self.tr("Name"), self.tr("Attributes"), self.tr("Size"), self.tr("Access"))
        self.table = ModelTable(self.tr("Public SteerLM models"), columns)
        self.table.picked.connect(self.picked)
        note = SmallLabel(
            self.tr("None of these come with the program but the demo: fetch what you may use.")
        )
        note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.table, 1)
        column.addWidget(note)

    def show_models(self, models: Sequence[Mapping[str, Any]]) -> None:
        self.table.show_rows([(model, self._cells(model)) for model in models])

    def _cells(self, model: Mapping[str, Any]) -> list[Cell]:
        guessed = self.tr("%1 (guessed)").replace("%1", model["schema"])
        size = bytes_text(model["bytes"]) if model["bytes"] else self.tr("here")
        schema = guessed if model["schema_is_a_guess"] else model["schema"]
        access = self.tr("gated") if model["gated"] else self.tr("open")
        cells: list[Cell] = [(text, text.lower()) for text in (model["name"], schema)]
        return [*cells, (size, model["bytes"]), (access, access)]
