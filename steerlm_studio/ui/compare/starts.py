"""Comparisons to begin with: one click makes the columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.compare.columns import Column, Columns
from steerlm_studio.ui.labels import SmallLabel, TitleLabel
from steerlm_studio.ui.theme import GRID

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Start:
    """A name, and the values of one attribute (or of lang) that the columns take."""

    name: str
    key: str
    values: tuple[int | str, ...]

    def columns(self, base: Steering) -> Columns | None:
        """A column for each value; None where the model's family has no such attribute."""
        try:
            told = [base.with_values({self.key: value}) for value in self.values]
        except StudioError:
            return None
        return Columns(tuple(Column(key, steering) for key, steering in enumerate(told)))


def starts() -> tuple[Start, ...]:
    return (
        Start(translate("Starts", "Humor 0, 2 and 4"), "humor", (0, 2, 4)),
        Start(translate("Starts", "Verbosity 4, 2 and 0"), "verbosity", (4, 2, 0)),
        Start(translate("Starts", "Complexity 0 and 4"), "complexity", (0, 4)),
        Start(translate("Starts", "English and German"), "lang", ("en", "de")),
    )


class StartCard(QScrollArea):
    """Stands beside the only column: what comparing is for, and how to begin.

    It scrolls where the window is low, so that it never makes the column beside it higher.
    """

    chosen = Signal(object)  # Start

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons = [self._button(start) for start in starts()]
        text = SmallLabel(
            self.tr(
                "Each column asks the same question under settings of its own. Select a column "
                "and move the sliders: its header says what differs from the first one."
            )
        )
        text.setWordWrap(True)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        title = TitleLabel(self.tr("Type once, see what each slider does"))
        title.setWordWrap(True)
        column.addStretch(2)
        column.addWidget(title)
        column.addWidget(text)
        for button in self.buttons:
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch(3)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its buttons are where Tab goes

    def offer(self, base: Steering) -> None:
        """Show the beginnings that the model's family knows."""
        known: Sequence[bool] = [start.columns(base) is not None for start in starts()]
        for button, is_known in zip(self.buttons, known, strict=True):
            button.setVisible(is_known)

    def _button(self, start: Start) -> QPushButton:
        button = QPushButton(start.name)
        button.clicked.connect(lambda: self.chosen.emit(start))
        return button
