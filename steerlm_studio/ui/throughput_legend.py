"""Which line is which run: a stroke as it is drawn, what the run was told, its mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from steerlm_studio.ui.theme import GRID, colours_of

_STROKE = 28  # px
_WIDTH, _LEAST = 44, 26  # characters


@dataclass(frozen=True)
class Entry:
    """One run: its words, and its line's look."""

    text: str
    colour: str
    width: float
    style: Qt.PenStyle


class ThroughputLegend(QWidget):
    """Painted, so that it costs nothing while text streams; the whole of it is its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self.setAccessibleName(self.tr("Runs in the plot"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.hide()

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self._entries

    @property
    def texts(self) -> list[str]:
        return [entry.text for entry in self._entries]

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """The newest first."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        said = "\n".join(self.texts)
        self.setToolTip(said)
        self.setAccessibleDescription(said)
        self.setVisible(bool(entries))
        self.updateGeometry()
        self.update()

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(round(self.fontInfo().pixelSize() * 11 / 13))
        return font

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._small())
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # numbers and keys in English
        metrics = painter.fontMetrics()
        for place, entry in enumerate(self._entries):
            top = place * (metrics.height() + 1)
            if place and top + metrics.height() > self.height():
                break  # older runs than there is room for
            middle = top + metrics.height() / 2
            painter.setPen(QPen(QColor(getattr(colours, entry.colour)), entry.width, entry.style))
            painter.drawLine(QPointF(0, middle), QPointF(_STROKE, middle))
            painter.setPen(QColor(colours.text if place == 0 else colours.secondary))
            room = self.width() - _STROKE - GRID
            shown = metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(_STROKE + GRID, top + metrics.ascent(), shown)
        painter.end()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._small())
        longest = max((metrics.horizontalAdvance(entry.text) for entry in self._entries), default=0)
        wide = min(max(longest, _LEAST * _letter(metrics)), _WIDTH * _letter(metrics))
        return QSize(_STROKE + 2 * GRID + wide, max(1, len(self._entries)) * (metrics.height() + 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(_STROKE + GRID + _LEAST * _letter(QFontMetrics(self._small())), 1)


def _letter(metrics: QFontMetrics) -> int:
    return metrics.averageCharWidth()
