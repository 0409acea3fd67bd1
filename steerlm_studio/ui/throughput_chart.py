"""The plot of tokens per second: prompt phase, curves, and the values under the pointer."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.rates import Curve
from steerlm_studio.ui.theme import HALF, Colours, colours_of
from steerlm_studio.ui.throughput_axis import Axis, round_up, thinned

_SHORTEST = 0.2  # seconds
_STYLES = (
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotDotLine,
    Qt.PenStyle.DashDotLine,
)


@dataclass(frozen=True)
class Line:
    """One curve and how it is drawn: a colour's name in `Colours`, width in px, a dash."""

    curve: Curve
    colour: str
    width: float
    style: Qt.PenStyle = Qt.PenStyle.SolidLine


def earlier_style(place: int) -> Qt.PenStyle:
    """The dash of an earlier run, so that the legend does not rest on colour."""
    return _STYLES[place % len(_STYLES)]


class ThroughputChart(pyqtgraph.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Zero is the first token; the prompt phase lies shaded to its left.

    The pointer, or the arrow keys, pick a point of the foremost curve: `pointed` tells its index.
    """

    pointed = Signal(int)  # -1: none

    def __init__(self, parent: QWidget | None = None) -> None:
        axes = {side: Axis(side) for side in ("left", "bottom")}
        super().__init__(parent, axisItems=axes)
        for each in (self, self.plotItem):  # as time runs on every plot
            each.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._lines: list[tuple[pyqtgraph.PlotCurveItem, Line]] = []
        self._drawn: dict[pyqtgraph.PlotCurveItem, int] = {}  # how many points it was made of
        self._point = -1
        self._prompt_seconds = 0.0
        self._range = (0.0, 0.0, 0.0)  # from, to, top
        self._band = pyqtgraph.LinearRegionItem(movable=False)
        self._marker = pyqtgraph.InfiniteLine(angle=90)
        self.hint = SmallLabel(self.tr("Tokens per second show here while the model answers."))
        self.phase = SmallLabel(self.tr("prompt"))
        self.value = SmallLabel()
        self._lay_out()
        self.dress()

    @property
    def point(self) -> int:
        """The index that is pointed at, -1 for none."""
        return self._point

    @property
    def foremost(self) -> Curve:
        """The curve that is pointed at."""
        return self._lines[-1][1].curve if self._lines else Curve()

    def points(self) -> list[int]:
        """How many points each line has, the foremost last."""
        return [len(item.getData()[0]) for item, _ in self._lines]

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Draw these, the last one foremost."""
        self.clear()
        colours = colours_of(self)
        self._drawn.clear()
        self._lines = [(self._item(line, colours), line) for line in lines]
        self.addItem(self._band, ignoreBounds=True)
        self.addItem(self._marker, ignoreBounds=True)
        self._show_axes(bool(lines))
        self._point_at(-1)

    def redraw(self, prompt_seconds: float) -> None:
        """Take over what the curves hold now. `prompt_seconds`: how long the prompt took."""
        for item, line in self._lines:
            if self._drawn.get(item) != len(line.curve.seconds):  # earlier runs stay as they are
                self._drawn[item] = len(line.curve.seconds)
                item.setData(*thinned(line.curve))
        self._prompt_seconds = prompt_seconds
        self._scale()

    def dress(self) -> None:
        """Colours and fonts of the present mode and text size."""
        colours = colours_of(self)
        self.setBackground(QColor(colours.window))
        small = QFont(self.font())
        small.setPixelSize(round(self.fontInfo().pixelSize() * 11 / 13))
        metrics = QFontMetrics(small)
        self.getAxis("left").setWidth(metrics.horizontalAdvance("00,000") + 8)
        half = metrics.height() / 2  # of the labels at the ends of the axes
        self.getPlotItem().setContentsMargins(0, half, 2 * half, 0)
        self.getAxis("bottom").setHeight(metrics.height() + 6)
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(pyqtgraph.mkPen(QColor(colours.line)))
            axis.setTextPen(pyqtgraph.mkPen(QColor(colours.secondary)))
            axis.setTickFont(small)
            axis.setTickDensity(0.6)
        shade = QColor(colours.edge)
        shade.setAlpha(48)
        self._band.setBrush(shade)
        for edge in self._band.lines:
            edge.setPen(pyqtgraph.mkPen(QColor(colours.edge)))
        self._marker.setPen(pyqtgraph.mkPen(QColor(colours.edge)))

    def _scale(self) -> None:
        """Round ends, so that the axes move seldom; a very short run does not fill the width."""
        curves = [line.curve for _, line in self._lines if line.curve.seconds]
        longest = max((curve.seconds[-1] for curve in curves), default=0.0)
        highest = max((curve.highest for curve in curves), default=0.0)
        ends = (-self._prompt_seconds, round_up(max(longest, _SHORTEST)))
        top = round_up(1.05 * highest or 1.0)
        if (*ends, top) != self._range:
            self._range = (*ends, top)
            self.setXRange(*ends, padding=0)
            self.setYRange(0, top, padding=0)
            self._show_phase()

    def _show_phase(self) -> None:
        self._band.setRegion((-self._prompt_seconds, 0))
        self._band.setVisible(self._prompt_seconds > 0)
        self._place_phase()

    def _place_phase(self) -> None:
        """The word stands in the band where it fits."""
        box = self.getViewBox()
        left = self.mapFromScene(box.mapViewToScene(pyqtgraph.Point(-self._prompt_seconds, 0)))
        right = self.mapFromScene(box.mapViewToScene(pyqtgraph.Point(0, 0)))
        self.phase.adjustSize()
        room = right.x() - left.x()
        self.phase.setVisible(self._prompt_seconds > 0 and room > self.phase.width() + 2 * HALF)
        self.phase.move(left.x() + HALF, HALF)

    def _point_at(self, index: int) -> None:
        curve = self.foremost
        index = min(index, len(curve.seconds) - 1)
        self._marker.setVisible(index >= 0)
        if index >= 0:
            self._marker.setValue(curve.seconds[index])
        if index != self._point:
            self._point = index
            self.pointed.emit(index)

    def _item(self, line: Line, colours: Colours) -> pyqtgraph.PlotCurveItem:
        colour = QColor(getattr(colours, line.colour))
        pen = pyqtgraph.mkPen(colour, width=line.width, style=line.style)
        item = pyqtgraph.PlotCurveItem(pen=pen, antialias=line.width > 1)
        self.addItem(item, ignoreBounds=True)
        return item

    def _show_axes(self, is_shown: bool) -> None:
        self.hint.setVisible(not is_shown)
        for side in ("left", "bottom"):
            self.getPlotItem().showAxis(side, is_shown)

    def _lay_out(self) -> None:
        self.setMenuEnabled(False)
        menu = self.plotItem.ctrlMenu  # else it outlives the plot until Python collects it
        menu.setParent(self, menu.windowFlags())
        self.setMouseEnabled(x=False, y=False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hideButtons()
        self._show_axes(False)
        self._band.setZValue(-10)
        self.setMinimumHeight(64)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        over = QVBoxLayout(self)
        over.setContentsMargins(0, HALF, HALF, 0)
        over.addWidget(
            self.value, alignment=Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        )
        over.addWidget(self.hint, 1, alignment=Qt.AlignmentFlag.AlignCenter)
        self.phase.setParent(self)
        for label in (self.value, self.phase):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.hide()

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(colours_of(self).accent))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
            painter.end()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is not None:  # pyqtgraph says so while it makes itself
            self.plotItem.layout.activate()  # now, else it is painted, laid out and painted again
            self.scene().prepareForPaint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        changes = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in changes and hasattr(self, "value"):
            self.dress()
            self.show_lines([line for _, line in self._lines])
            self.redraw(self._prompt_seconds)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._lines:
            place = self.mapToScene(event.position().toPoint())
            seconds = self.getViewBox().mapSceneToView(place).x()
            known = self.foremost.seconds
            self._point_at(bisect_left(known, seconds) if seconds >= 0 else -1)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self.foremost.seconds)
        places = {
            Qt.Key.Key_Left: max(self._point - 1, 0),
            Qt.Key.Key_Right: self._point + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        if count and Qt.Key(event.key()) in places:
            self._point_at(places[Qt.Key(event.key())])
        else:
            event.ignore()


def label_of(widget: QLabel, text: str) -> None:
    """Show `text`, or nothing at all."""
    widget.setText(text)
    widget.setVisible(bool(text))
