"""The middle column: as wide as lines are easy to follow, whatever the window's width."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from steerlm_studio.ui.theme import GRID

_CHARACTERS = 120


def side_margin(widget: QWidget, width: int) -> int:
    """Pixels to leave free on each side of a column within `width`."""
    reading = _CHARACTERS * widget.fontMetrics().averageCharWidth()
    return max((width - reading) // 2, 2 * GRID)


class ReadingColumn(QWidget):
    """Stacks widgets in the middle column."""

    def __init__(self, top: int, bottom: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._top, self._bottom = top, bottom
        self.column = QVBoxLayout(self)
        self._keep_readable()

    def _keep_readable(self) -> None:
        side = side_margin(self, self.width())
        self.column.setContentsMargins(side, self._top, side, self._bottom)

    # Qt's

    def minimumSizeHint(self) -> QSize:
        """The margins of a wide window must not keep it from being made narrow again."""
        margins = self.column.contentsMargins()
        spare = margins.left() + margins.right() - 4 * GRID
        return super().minimumSizeHint() - QSize(spare, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_readable()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "column"):
            self._keep_readable()
