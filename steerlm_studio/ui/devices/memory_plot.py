"""How much of a device's memory was used over the last minutes."""

from collections import deque

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QLocale, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics
from PySide6.QtWidgets import QSizePolicy, QWidget

from steerlm_studio.ui.theme import HALF, colours_of

MINUTES = 5
_SPAN = 60 * MINUTES  # s
_GAP = 5  # s without a look: nobody knows what was between
_GIGA = 1e9


class MemoryPlot(pyqtgraph.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """From nothing to all that the device has, so that its height means the same at all times."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seconds: deque[float] = deque()
        self._used: deque[float] = deque()  # GB; nan breaks the line
        self._top = 0.0
        self._height = 0
        self._line = pyqtgraph.PlotCurveItem(connect="finite")
        self.addItem(self._line)
        self._lay_out()
        self.dress()

    @property
    def points(self) -> list[tuple[float, float]]:
        """Seconds and GB, the oldest first; those of a gap left out."""
        pairs = zip(self._seconds, self._used, strict=True)
        return [(second, used) for second, used in pairs if not np.isnan(used)]

    def add(self, second: float, used: int, total: int) -> None:
        """What was used at this second of a clock that only goes on."""
        if self._seconds and second - self._seconds[-1] > _GAP:
            self._put(second, np.nan)
        self._put(second, used / _GIGA)
        while self._seconds[0] < second - _SPAN:
            self._seconds.popleft()
            self._used.popleft()
        self._line.setData(np.asarray(self._seconds) - second, np.asarray(self._used))
        top = total / _GIGA
        if top != self._top:
            self._top = top
            self.setYRange(0, top, padding=0)
            ends = [(0.0, "0"), (top, QLocale().toString(top, "g", 3))]
            self.getAxis("left").setTicks([ends])

    def dress(self) -> None:
        """Colours and fonts of the present mode and text size."""
        colours = colours_of(self)
        self.setBackground(QColor(colours.window))
        self._line.setPen(pyqtgraph.mkPen(QColor(colours.accent), width=1.5))
        small = QFont(self.font())
        small.setPixelSize(round(self.fontInfo().pixelSize() * 11 / 13))
        metrics = QFontMetrics(small)
        axis = self.getAxis("left")
        axis.setWidth(metrics.horizontalAdvance("0,000") + 8)
        half = metrics.height() / 2
        self.getPlotItem().setContentsMargins(0, half, 0, half)
        self._height = 3 * metrics.height() + 2 * HALF
        self.updateGeometry()
        axis.setPen(pyqtgraph.mkPen(QColor(colours.line)))
        axis.setTextPen(pyqtgraph.mkPen(QColor(colours.secondary)))
        axis.setTickFont(small)

    def _put(self, second: float, used: float) -> None:
        self._seconds.append(second)
        self._used.append(used)

    def _lay_out(self) -> None:
        for each in (self, self.plotItem):  # as time runs on every plot
            each.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hideButtons()
        self.getPlotItem().showAxis("bottom", False)
        self.setXRange(-_SPAN, 0, padding=0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    # Qt's

    def sizeHint(self) -> QSize:
        return QSize(self._height, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        changes = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in changes and hasattr(self, "_line"):
            self.dress()
