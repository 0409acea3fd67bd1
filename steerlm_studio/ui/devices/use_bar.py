"""A bar as long as a device's memory: the engine's part, that of others, what is free."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from steerlm_studio.ui.devices.state import DeviceState
from steerlm_studio.ui.theme import GRID, colours_of


class UseBar(QWidget):
    """The parts differ by hatching as well as by colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own, self._others = 0.0, 0.0  # of the whole
        self._is_known = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def parts(self) -> tuple[float, float]:
        """What the engine and what others hold, of 1."""
        return self._own, self._others

    def show_state(self, state: DeviceState) -> None:
        """Pages of a mapped file are the engine's and count as free: they are left out here."""
        self._is_known = not state.trouble and state.total > 0
        own = min(state.own or 0, state.used)
        self._own = own / state.total if self._is_known else 0.0
        self._others = (state.used - own) / state.total if self._is_known else 0.0
        self.update()

    # Qt's

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        colours, painter = colours_of(self), QPainter(self)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        area = QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -2.5)
        painter.fillRect(area, QColor(colours.base))
        own, others = area.width() * self._own, area.width() * self._others
        accent = QBrush(QColor(colours.accent))
        hatch = QBrush(QColor(colours.edge), Qt.BrushStyle.Dense4Pattern)
        painter.fillRect(QRectF(area.left(), area.top(), own, area.height()), accent)
        painter.fillRect(QRectF(area.left() + own, area.top(), others, area.height()), hatch)
        style = Qt.PenStyle.SolidLine if self._is_known else Qt.PenStyle.DotLine
        painter.setPen(QPen(QColor(colours.edge), 1, style))
        painter.drawRect(area)
        painter.end()
