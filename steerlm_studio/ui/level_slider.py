"""A slider of a few whole levels: click, drag, digits, arrows; double-click for the default."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from steerlm_studio.steer.attributes import Group
from steerlm_studio.ui.theme import HALF, Colours, colours_of

_KNOB = 6.5  # radius, px
_FOCUS = 9.0


class LevelSlider(QSlider):
    """`chosen` says what the user picked, also when it is the value already shown."""

    chosen = Signal(int)
    default_asked = Signal()
    left_out_asked = Signal()

    def __init__(self, group: Group, low: int, high: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._group = group
        self._is_sent = True
        self._picture = QPixmap()  # how it looks, and with what it was drawn
        self._picture_of: tuple[object, ...] = ()
        self.setRange(low, high)
        self.setPageStep(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel must not take the focus
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_sent(self, is_sent: bool) -> None:
        """Paint it hollow when its value is left out of the control string."""
        self._is_sent = is_sent
        self.update()

    def _choose(self, value: int) -> None:
        self.chosen.emit(min(max(value, self.minimum()), self.maximum()))

    def _level_at(self, x: float) -> int:
        share = (x - self._start) / max(1.0, self._length)
        share = 1 - share if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else share
        return self.minimum() + round(share * (self.maximum() - self.minimum()))

    def _place_of(self, level: int) -> float:
        share = (level - self.minimum()) / max(1, self.maximum() - self.minimum())
        share = 1 - share if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else share
        return self._start + share * self._length

    @property
    def _start(self) -> float:
        return _FOCUS + 1

    @property
    def _length(self) -> float:
        return self.width() - 2 * self._start

    def _drawn(self) -> QPixmap:
        ratio, colours = self.devicePixelRatioF(), colours_of(self)
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_groove(painter, colours)
        self._draw_value(painter, colours)
        painter.end()
        return picture

    def _draw_groove(self, painter: QPainter, colours: Colours) -> None:
        middle = self.height() / 2
        painter.setPen(
            QPen(QColor(colours.edge), 2, s=Qt.PenStyle.SolidLine, c=Qt.PenCapStyle.RoundCap)
        )
        left, right = self._place_of(self.minimum()), self._place_of(self.maximum())
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        for level in range(self.minimum(), self.maximum() + 1):
            x = self._place_of(level)
            painter.drawLine(QPointF(x, middle - 3), QPointF(x, middle + 3))

    def _draw_value(self, painter: QPainter, colours: Colours) -> None:
        middle = self.height() / 2
        knob = QPointF(self._place_of(self.value()), middle)
        colour = colours.fill(self._group) if self._is_sent else QColor(colours.edge)
        if self._is_sent:
            painter.setPen(QPen(colour, 4, s=Qt.PenStyle.SolidLine, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(self._place_of(self.minimum()), middle), knob)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(colour if self._is_sent else QColor(colours.window))
        painter.drawEllipse(knob, _KNOB, _KNOB)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(knob, _FOCUS, _FOCUS)

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        """A window that is resized paints all sliders with every frame: they keep their picture."""
        looks = (
            *(self.size().toTuple(), self.devicePixelRatioF(), self.layoutDirection()),
            *(self.minimum(), self.maximum(), self.value(), self._is_sent, self.hasFocus()),
            colours_of(self),
        )
        if looks != self._picture_of:
            self._picture, self._picture_of = self._drawn(), looks
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._choose(self._level_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        level = self._level_at(event.position().x())
        if self.isSliderDown() and level != self.value():
            self._choose(level)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.default_asked.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the focus: scrolling past must not steer."""
        if not self.hasFocus():
            event.ignore()
            return
        event.accept()
        if turned := event.angleDelta().y() or event.angleDelta().x():
            self._choose(self.value() + (1 if turned > 0 else -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        forward = 1 if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else -1
        steps = {
            Qt.Key.Key_Right: forward,
            Qt.Key.Key_Left: -forward,
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 1,
            Qt.Key.Key_PageDown: -1,
        }
        ends = {Qt.Key.Key_Home: self.minimum(), Qt.Key.Key_End: self.maximum()}
        key, text = Qt.Key(event.key()), event.text()
        if text.isdecimal() and self.minimum() <= int(text) <= self.maximum():
            self._choose(int(text))
        elif text == "-":
            self.left_out_asked.emit()
        elif key in steps:
            self._choose(self.value() + steps[key])
        elif key in ends:
            self._choose(ends[key])
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        return QSize(116, 2 * round(_FOCUS) + HALF)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 2 * round(_FOCUS) + HALF)
