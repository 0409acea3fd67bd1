"""A bar of memory: weights, keys and values, computing, against what is free."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from steerlm_studio.memory_need import Need
from steerlm_studio.ui.theme import GRID, colours_of


class MemoryBar(QWidget):
    """As long as the larger of need and free; the line marks what is free.

    The three parts differ by hatching as well as by colour.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._need, self._free = Need(), 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_need(self, need: Need, free: int, words: str) -> None:
        self._need, self._free = need, free
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    # Qt's

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, self.fontMetrics().height() + GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = colours_of(self), QPainter(self)
        scale = max(self._need.total, self._free, 1)
        area = QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -2.5)
        painter.fillRect(area, QColor(colours.base))
        at = area.left()
        fills = (*colours.fills,)
        patterns = (
            Qt.BrushStyle.SolidPattern,
            Qt.BrushStyle.Dense3Pattern,
            Qt.BrushStyle.Dense5Pattern,
        )
        sizes = (self._need.weights, self._need.cache, self._need.compute)
        for size, colour, pattern in zip(sizes, fills, patterns, strict=True):
            width = area.width() * size / scale
            brush = painter.brush()
            brush.setColor(QColor(colour))
            brush.setStyle(pattern)
            painter.fillRect(QRectF(at, area.top(), width, area.height()), brush)
            at += width
        painter.setPen(QPen(QColor(colours.edge)))
        painter.drawRect(area)
        if self._free:
            limit = area.left() + area.width() * self._free / scale
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawLine(round(limit) - 1, 0, round(limit) - 1, self.height())
        painter.end()
