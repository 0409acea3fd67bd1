"""The types a checkpoint can be exported as: what each is for, how large, and where it fits."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.export_machine import Machine
from steerlm_studio.ui.export_request import TYPES
from steerlm_studio.ui.labels import SmallLabel, SmallNumberLabel
from steerlm_studio.ui.text_safety import tooltip
from steerlm_studio.ui.theme import GRID, HALF

_USUAL = "Q4_K_M"


class TypeChoice(QWidget):
    """One row for each type; several may be checked and are made from one reading."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QCheckBox] = {}
        self._sizes: dict[str, SmallNumberLabel] = {}
        self._places: dict[str, SmallLabel] = {}
        self._bytes: Mapping[str, int] = {}
        self._context = 0
        self._machine = Machine(0)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(HALF)
        grid.setColumnStretch(3, 1)
        for row, name in enumerate(TYPES):
            self._add_row(grid, row, name)
        self.boxes[_USUAL].setChecked(True)

    def chosen(self) -> tuple[str, ...]:
        return tuple(name for name, box in self.boxes.items() if box.isChecked())

    def total(self) -> int | None:
        """The bytes of all chosen files; None while they are not known."""
        if not self._bytes:
            return None
        return sum(self._bytes.get(name, 0) for name in self.chosen())

    def set_sizes(self, sizes: Mapping[str, int]) -> None:
        """The predicted bytes by type; empty while they are being asked for."""
        self._bytes = sizes
        self._show()

    def set_machine(self, machine: Machine, context: int) -> None:
        """What is at hand, and the bytes that a conversation needs beside the weights."""
        self._machine, self._context = machine, context
        self._show()

    def _show(self) -> None:
        for name in TYPES:
            size = self._bytes.get(name)
            self._sizes[name].setText(bytes_text(size) if size else "…")
            self._places[name].setText(self._place(size) if size else "")
            self._places[name].setToolTip(tooltip(self._why(size)) if size else "")
            said = (self._purpose(name), self._sizes[name].text(), self._places[name].text())
            self.boxes[name].setAccessibleDescription(", ".join(filter(None, said)))

    def _place(self, size: int) -> str:
        if not self._machine.memory:
            return ""
        words = {
            "gpu": self.tr("fits the GPU"),
            "partly": self.tr("partly on the GPU"),
            "memory": self.tr("fits the memory"),
            "nowhere": self.tr("larger than this memory"),
        }
        return words[self._machine.place(size + self._context)]

    def _why(self, size: int) -> str:
        text = self.tr("With a conversation %1; this machine has %2 of memory%3.")
        gpu = ""
        if self._machine.gpu:
            gpu = self.tr(" and %1 on %2").replace("%1", bytes_text(self._machine.gpu))
            gpu = gpu.replace("%2", self._machine.gpu_name)
        text = text.replace("%1", bytes_text(size + self._context))
        return text.replace("%2", bytes_text(self._machine.memory)).replace("%3", gpu)

    def _add_row(self, grid: QGridLayout, row: int, name: str) -> None:
        box = self.boxes[name] = QCheckBox(name)
        box.setAccessibleName(name)
        box.toggled.connect(self.changed)
        size = self._sizes[name] = SmallNumberLabel("…")
        size.setMinimumWidth(size.fontMetrics().horizontalAdvance("0000.0 MB"))
        self._places[name] = SmallLabel()
        grid.addWidget(box, row, 0)
        grid.addWidget(size, row, 1)
        grid.addWidget(SmallLabel(self._purpose(name)), row, 2)
        grid.addWidget(self._places[name], row, 3, Qt.AlignmentFlag.AlignRight)

    def _purpose(self, name: str) -> str:
        return {
            "F32": self.tr("exact, for comparing"),
            "BF16": self.tr("full precision"),
            "F16": self.tr("can overflow on a GPU; BF16 cannot"),
            "Q8_0": self.tr("hardly to be told from full precision"),
            "Q6_K": self.tr("very good"),
            "Q5_K_M": self.tr("good"),
            "Q5_K_S": self.tr("good, a little smaller"),
            "Q4_K_M": self.tr("the usual choice"),
            "Q4_K_S": self.tr("a little smaller"),
            "Q4_0": self.tr("simple and quick"),
            "IQ4_XS": self.tr("small, best with an importance matrix"),
            "Q3_K_M": self.tr("noticeably worse"),
            "Q2_K": self.tr("where nothing else fits"),
        }[name]
