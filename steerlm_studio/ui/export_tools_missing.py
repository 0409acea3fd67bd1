"""Says what must be installed before checkpoints can be read, with the command to copy."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from steerlm_studio import checkpoint_tools
from steerlm_studio.ui.labels import NumberLabel, SmallLabel, TitleLabel
from steerlm_studio.ui.theme import GRID


class ExportToolsMissing(QWidget):
    """`retried` when the user has installed them."""

    retried = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = SmallLabel()
        self.sentence.setWordWrap(True)
        self.copy = QPushButton(self.tr("Copy the command"))
        self.copy.clicked.connect(self._on_copied)
        self.again = QPushButton(self.tr("Look again"))
        self.again.clicked.connect(self.retried)
        self._lay_out()

    def show_missing(self, modules: list[str]) -> None:
        text = self.tr("Not installed: %1. Run this in the program's folder, then look again:")
        self.sentence.setText(text.replace("%1", ", ".join(modules)))

    def _on_copied(self) -> None:
        QGuiApplication.clipboard().setText(checkpoint_tools.COMMAND)
        self.copy.setText(self.tr("Copied"))

    def _lay_out(self) -> None:
        command = NumberLabel(checkpoint_tools.COMMAND)
        command.setTextInteractionFlags(command.textInteractionFlags().TextSelectableByMouse)
        otherwise = self.tr("Where it was installed with pip: %1")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(command)
        row.addWidget(self.copy)
        row.addWidget(self.again)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addStretch(1)
        column.addWidget(TitleLabel(self.tr("Reading checkpoints needs more packages")))
        column.addWidget(self.sentence)
        column.addLayout(row)
        column.addWidget(SmallLabel(otherwise.replace("%1", checkpoint_tools.PIP_COMMAND)))
        column.addStretch(2)
