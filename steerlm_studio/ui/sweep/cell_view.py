"""One cell: the first lines of its reply over a bar of the chosen measure; a click opens it."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QPen,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle, QToolTip, QWidget

from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.reply_note import note_on
from steerlm_studio.ui.text_safety import shown, tooltip
from steerlm_studio.ui.theme import GRID, HALF, colours_of

_SHOWN = 600  # characters that can be in sight
_BAR = 4  # px
_LOW = 5  # lines: a cell with fewer leaves out what all cells begin with
_TINT = 0.6  # of the way to the selection's colour: small text keeps its contrast


class CellView(QAbstractButton):
    """Paints itself: twenty-five of them grow at once. Pointing at it shows the whole reply."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answer: Answer | None = None
        self._figure, self._share = "", 0.0
        self._alike = 0  # characters that all cells begin with
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_answer(self, answer: Answer | None) -> None:
        """None: it only says its name."""
        self.answer = answer
        self.setEnabled(answer is not None)
        self._alike = 0
        self.show_shade("", 0.0)

    def leave_out(self, count: int) -> None:
        """So many characters are the same in all cells: they tell nothing where room is short."""
        self._alike = count
        self.update()

    def beginning(self, lines: int) -> str:
        """What is shown where there is room for so many lines."""
        text = self.answer.text.strip() if self.answer else ""
        if self._alike and lines < _LOW:
            text = f"… {text[self._alike :].lstrip()}"
        return shown(text[:_SHOWN])

    def show_shade(self, figure: str, share: float) -> None:
        """The measure in words, and how full its bar and how deep its colour is, 0 to 1."""
        self._figure, self._share = figure, share
        if self.answer is not None:
            said = self.answer.text.strip()[:_SHOWN]
            self.setAccessibleDescription(". ".join(filter(None, (figure, said))))
        self.update()

    def _whole(self) -> str:
        answer = self.answer
        if answer is None:
            return ""
        parts = (self.accessibleName(), answer.text.strip(), note_on(answer))
        return "\n\n".join(filter(None, parts))

    def _show_whole(self) -> None:
        if text := self._whole():
            place = self.mapToGlobal(self.rect().bottomLeft())
            QToolTip.showText(place, tooltip(text), self, QRect(), 60_000)

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_marked = self.hasFocus() or self.underMouse()
        edge = colours.accent if is_marked and self.isEnabled() else colours.line
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(_mixed(colours.base, colours.selection, _TINT * self._share))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        inner = self.rect().adjusted(GRID, HALF, -GRID, -HALF)
        foot = self._draw_foot(painter, inner)
        self._draw_text(painter, inner.adjusted(0, 0, 0, -foot))
        painter.end()

    def _draw_text(self, painter: QPainter, area: QRect) -> None:
        colours = colours_of(self)
        painter.setFont(self._small())
        line = painter.fontMetrics().lineSpacing()
        lines = max(area.height() // line, 1)
        text = self.beginning(lines)
        painter.setPen(QColor(colours.text))
        if not text:
            painter.setPen(QColor(colours.secondary))
            text = self.accessibleName() if self.answer is None else self.tr("waiting…")
        area.setHeight(lines * line)  # no line is cut in half
        option = QTextOption(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setClipRect(area)
        painter.drawText(QRectF(area), text, option)
        painter.setClipping(False)

    def _draw_foot(self, painter: QPainter, area: QRect) -> int:
        """The bar and its figure beside it; returns the height."""
        if not self._figure:
            return 0
        colours = colours_of(self)
        painter.setFont(self._small())
        metrics = painter.fontMetrics()
        height, width = metrics.height(), metrics.horizontalAdvance(self._figure)
        line = QRect(area.left(), area.bottom() - height, area.width(), height)
        painter.setPen(QColor(colours.secondary))
        side = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, QStyle.visualAlignment(self.layoutDirection(), side), self._figure)
        room = max(line.width() - width - GRID, 0)
        full = QRect(line.left(), line.center().y() - _BAR // 2, room, _BAR)
        done = QRect(full.topLeft(), QSize(round(room * self._share), _BAR))
        if self.isRightToLeft():
            full.moveRight(line.right())
            done.moveRight(line.right())
        painter.setPen(Qt.PenStyle.NoPen)
        for bar, colour in ((full, colours.line), (done, colours.accent)):
            painter.setBrush(QColor(colour))
            painter.drawRect(bar)
        return height + HALF

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(round(self.fontInfo().pixelSize() * 11 / 13))
        return font

    def event(self, event: QEvent) -> bool:
        """Pointing at it shows the reply as it is by now."""
        if event.type() == QEvent.Type.ToolTip:
            self._show_whole()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.OtherFocusReason):
            self._show_whole()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 22, metrics.lineSpacing() * 7)

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 15, metrics.lineSpacing() * 3 + GRID)


def _mixed(one: str, other: str, share: float) -> QColor:
    """So much of the way from one colour to the other."""
    here, there = QColor(one), QColor(other)
    channels = ((c(here), c(there)) for c in (QColor.red, QColor.green, QColor.blue))
    return QColor(*(round(start + (end - start) * share) for start, end in channels))
