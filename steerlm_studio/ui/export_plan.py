"""All choices of one export on one page: what it is, types, options, licence, place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from steerlm_studio.ui.export_facts import CheckpointFacts
from steerlm_studio.ui.export_licence import LicenceChoice
from steerlm_studio.ui.export_machine import Machine, context_bytes
from steerlm_studio.ui.export_options import ExportOptions
from steerlm_studio.ui.export_output import OutputChoice
from steerlm_studio.ui.export_request import ExportRequest
from steerlm_studio.ui.export_types import TypeChoice
from steerlm_studio.ui.labels import PlainLabel
from steerlm_studio.ui.theme import GRID


class ExportPlan(QScrollArea):
    """`checked` says what is not chosen yet; an empty sentence when an export can begin."""

    checked = Signal(str)
    sizes_wanted = Signal()  # something was chosen that alters them

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = CheckpointFacts()
        self.types = TypeChoice()
        self.options = ExportOptions()
        self.licence = LicenceChoice()
        self.output = OutputChoice()
        self._checkpoint = Path()
        self._machine = Machine(0)
        self._context = 0
        self._lay_out()
        for part in (self.types, self.licence, self.output):
            part.changed.connect(self._check)
        self.options.changed.connect(self._on_options_changed)

    @property
    def request(self) -> ExportRequest:
        return ExportRequest(
            self._checkpoint,
            self.output.folder,
            self.output.name.text().strip(),
            self.types.chosen(),
            self.licence.licence.id,
            self.options.weighing,
            self.options.ffn_down.currentData(),
            self.options.logits.isChecked(),
        )

    def show_checkpoint(self, path: Path, facts: Mapping[str, Any], folder: Path) -> None:
        """Begin with what `inspect --json` said of `path`; files would go to `folder`."""
        self._checkpoint = path
        self._context = context_bytes(facts["shape"])
        self.facts.show_facts(facts)
        self.licence.suggest(facts["licence"], facts["schema"])
        self.types.set_sizes({})
        self.set_machine(self._machine)
        self.output.set_folder(folder)
        self.output.name.setText(facts["name"] or path.stem)
        self._fit()

    def set_machine(self, machine: Machine) -> None:
        self._machine = machine
        self.types.set_machine(machine, self._context)

    def set_sizes(self, sizes: Mapping[str, int]) -> None:
        self.types.set_sizes(sizes)
        self._fit()
        self._check()

    def _on_options_changed(self) -> None:
        self.types.set_sizes({})
        self._check()
        self.sizes_wanted.emit()

    def _check(self) -> None:
        self.output.show_need(self.types.total(), self.request.files)
        self.checked.emit(self._lacking())

    def _lacking(self) -> str:
        if not self.types.chosen():
            return self.tr("Choose a type.")
        if not self.licence.may_go_on:
            return self.tr("Read the licence and accept its terms.")
        if self.types.total() is None:
            return self.tr("Predicting the sizes…")
        return self.output.problem(self.types.total())

    def _lay_out(self) -> None:
        page = QWidget()
        self._grid = QGridLayout(page)
        self._grid.setHorizontalSpacing(4 * GRID)
        self._grid.setVerticalSpacing(2 * GRID)
        self._left = _column(
            (self.tr("What it is"), self.facts),
            (self.tr("Licence"), self.licence),
        )
        self._right = _column(
            (self.tr("Types"), self.types),
            (self.tr("Options"), self.options),
            (self.tr("Folder and name"), self.output),
        )
        self._arrange(is_wide=True)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("What to export"))

    def _arrange(self, is_wide: bool) -> None:
        """The halves beside each other, or below each other where that cuts them off."""
        self._is_wide = is_wide
        self._grid.addWidget(self._left, 0, 0)
        self._grid.addWidget(self._right, *((0, 1) if is_wide else (1, 0)))
        for place in range(2):
            self._grid.setColumnStretch(place, int(is_wide or not place))

    def _fit(self) -> None:
        margins = self._grid.contentsMargins()
        beside = self._grid.horizontalSpacing() + margins.left() + margins.right()
        needed = beside + sum(
            column.minimumSizeHint().width() for column in (self._left, self._right)
        )
        if (needed <= self.viewport().width()) != self._is_wide:
            self._arrange(not self._is_wide)

    # Qt's

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _column(*sections: tuple[str, QWidget]) -> QWidget:
    column = QWidget()
    rows = QVBoxLayout(column)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(GRID)
    for place, (title, widget) in enumerate(sections):
        heading = PlainLabel(title)
        heading.setStyleSheet("font-weight: 600;")
        if place:
            rows.addSpacing(GRID)
        rows.addWidget(heading)
        rows.addWidget(widget)
    rows.addStretch(1)
    return column
