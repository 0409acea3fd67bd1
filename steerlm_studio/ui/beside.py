"""A sentence and its buttons: beside each other where there is room, else one below the other."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from steerlm_studio.ui.theme import GRID, HALF

_CHARACTERS = 36  # that the sentence has in a line, at least, while the buttons stand beside it


class Beside(QWidget):
    """Places the two widgets; what they say and do is their own business."""

    def __init__(self, words: QWidget, acts: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._acts = words, acts
        self._is_below: bool | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(0, 1)
        self._place()

    @property
    def is_below(self) -> bool:
        return bool(self._is_below)

    def _place(self) -> None:
        room = self.width() - self._acts.sizeHint().width() - GRID
        wanted = _CHARACTERS * self._words.fontMetrics().averageCharWidth()
        is_below = not self._acts.isHidden() and room < wanted
        if is_below == self._is_below:
            return
        self._is_below = is_below
        self._grid.addWidget(self._words, 0, 0, 1, 2 if is_below else 1)
        self._grid.addWidget(
            self._acts, int(is_below), 0 if is_below else 1, 1, 2 if is_below else 1,
            Qt.AlignmentFlag.AlignLeading if is_below else Qt.AlignmentFlag.AlignVCenter,
        )  # fmt: skip

    # Qt's

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider of the two: they stand below each other then."""
        both = (self._words.minimumSizeHint().width(), self._acts.minimumSizeHint().width())
        return QSize(max(both), super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.FontChange):
            self._place()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
