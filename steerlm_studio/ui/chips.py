"""What a reply was told that its neighbour was not, as a row of small labels."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from steerlm_studio.steer.attributes import ATTRIBUTES, Group
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.text_safety import tooltip
from steerlm_studio.ui.theme import GRID, HALF, colours_of

_PAD = 6
_LEAST = 5  # characters of a chip that still say something, e.g. "hu…→4"


@dataclass(frozen=True)
class Chip:
    """One difference, e.g. "humor 0→3"."""

    text: str
    group: Group | None


def chips_of(steering: Steering, reference: Steering) -> tuple[Chip, ...]:
    """A chip for each value of `steering` that is not the one of `reference`."""
    return chips_for(steering.differences(reference))


def chips_for(differences: Iterable[tuple[str, object, object]]) -> tuple[Chip, ...]:
    """A chip for each difference: what, its value there, its value here."""
    return tuple(
        Chip(f"{key.replace('_', ' ')} {_value(before)}→{_value(now)}", _group(key))
        for key, before, now in differences
    )


def _value(value: object) -> str:
    return "out" if value is None else str(value)


def _group(key: str) -> Group | None:
    return ATTRIBUTES[key].group if key in ATTRIBUTES else None


class ChipRow(QWidget):
    """Paints as many chips as fit, then "+2"; the tooltip has them all."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: tuple[Chip, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_chips(self, chips: tuple[Chip, ...], control: str) -> None:
        """Show `chips`; `control` is the whole control string, for the tooltip."""
        self.chips = chips
        words = ", ".join(chip.text for chip in chips)
        self.setAccessibleName(words or self.tr("Steered as before"))
        self.setAccessibleDescription(control)
        lines = control.replace(",", ",\n")  # as one line it is wider than screens
        self.setToolTip(tooltip(lines or self.tr("No control string: nothing was set.")))
        self.update()

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + 2 * _PAD

    def _fitting(self, width: int) -> int:
        """How many chips fit, room for the "+n" of the others kept."""
        used = 0
        for count, chip in enumerate(self.chips):
            used += self._width_of(chip.text) + HALF
            left = len(self.chips) - count - 1
            if used + (self._width_of(f"+{left}") if left else 0) > width:
                return count
        return len(self.chips)

    def _texts(self) -> list[str]:
        """What stands on the chips that are drawn: the first is shortened before there is none."""
        fitting = self._fitting(self.width())
        if fitting or not self.chips:
            return [chip.text for chip in self.chips[:fitting]]
        more = self._width_of(f"+{len(self.chips) - 1}") + HALF if len(self.chips) > 1 else 0
        room, middle = self.width() - more - 2 * _PAD, Qt.TextElideMode.ElideMiddle
        text = self.fontMetrics().elidedText(self.chips[0].text, middle, room)
        return [text] if len(text) > _LEAST else []

    def _draw(self, painter: QPainter, x: int, text: str, colour: QColor) -> int:
        width = self._width_of(text)
        left = self.width() - x - width if self.isRightToLeft() else x
        box = QRectF(left + 0.5, 0.5, width - 1, self.height() - 1)
        painter.setPen(QColor(colours_of(self).line))
        painter.setBrush(QColor(colours_of(self).raised))
        painter.drawRoundedRect(box, HALF, HALF)
        painter.setPen(colour)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return x + width + HALF

    # Qt's

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        here = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(here):
            self.clicked.emit()
        event.ignore()  # one who holds it by a chip drags what it stands in

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        texts = self._texts()
        x, fitting = 0, len(texts)
        for chip, text in zip(self.chips, texts, strict=False):
            colour = colours.group(chip.group) if chip.group else QColor(colours.text)
            x = self._draw(painter, x, text, colour)
        if left := len(self.chips) - fitting:
            self._draw(painter, x, f"+{left}", QColor(colours.secondary))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(GRID * 10, self.fontMetrics().height() + HALF)

    def minimumSizeHint(self) -> QSize:
        return QSize(GRID * 4, self.sizeHint().height())
