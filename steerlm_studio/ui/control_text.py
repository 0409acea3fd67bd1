"""A control string painted by hand: a slider move must be on the screen within its event."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.ui.control_layout import Piece, laid_out, pieces_of
from steerlm_studio.ui.theme import Colours, colours_of, monospace

_MOST_LINES = 4
_LEAD = 2  # px between lines and around the text


class ControlText(QWidget):
    """Coloured by group, what changed last lit; broken between attributes.

    What does not fit on four lines (on one, when folded) is left away as "…"; the changed stays.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steering = DEFAULT
        self.changed: frozenset[str] = frozenset()
        self.is_folded = False
        self._pieces = pieces_of(DEFAULT)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("Control string"))
        self._measure()
        self._say_it()

    def set_steering(self, steering: Steering) -> None:
        """Show `steering`; what differs from the one before is lit. Painted on return."""
        if steering == self.steering:
            return
        self.changed = frozenset(key for key, _, _ in steering.differences(self.steering))
        self.steering = steering
        before, self._pieces = self._pieces, pieces_of(steering)
        self._say_it()
        if [piece.key for piece in before] != [piece.key for piece in self._pieces]:
            self.updateGeometry()
        self.repaint()

    def set_folded(self, is_folded: bool) -> None:
        """On one line, what is not worth showing left away; or whole."""
        self.is_folded = is_folded
        self.updateGeometry()
        self.update()

    def _measure(self) -> None:
        self._font = monospace(self.fontInfo().pixelSize())
        self._lit_font = QFont(self._font)
        self._lit_font.setBold(True)
        self._metrics = QFontMetricsF(self._font)
        self._column = self._metrics.horizontalAdvance("0")

    def _say_it(self) -> None:
        shown = str(self.steering)
        self.setAccessibleDescription(shown or self._nothing())
        self.setToolTip(shown)

    def _nothing(self) -> str:
        return self.tr("Nothing is set: no control line is sent.")

    def _lines(self, width: float) -> list[list[Piece]]:
        columns = int((width - 2 * _LEAD) / self._column)
        most = 1 if self.is_folded else _MOST_LINES
        return laid_out(self._pieces, self.changed, columns, most) or [[]]

    def _draw_line(
        self, painter: QPainter, line: list[Piece], baseline: float, colours: Colours
    ) -> None:
        x = float(_LEAD)
        for piece in line:
            is_lit = piece.key in self.changed
            painter.setFont(self._lit_font if is_lit else self._font)
            if is_lit:
                self._draw_light(painter, piece, x, baseline, colours)
            painter.setPen(colours.group(piece.group) if piece.group else QColor(colours.text))
            painter.drawText(QPointF(x, baseline), piece.text)
            x += piece.columns * self._column
            if piece.comma:
                painter.setPen(QColor(colours.secondary))
                painter.drawText(QPointF(x - self._column, baseline), ",")

    def _draw_light(
        self, painter: QPainter, piece: Piece, x: float, baseline: float, colours: Colours
    ) -> None:
        top = baseline - self._metrics.ascent()
        width = len(piece.text) * self._column
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.changed))
        painter.drawRoundedRect(QRectF(x - 2, top - 1, width + 4, self._line_height), 3, 3)

    @property
    def _line_height(self) -> float:
        return self._metrics.height() + _LEAD

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        baseline = _LEAD + self._metrics.ascent()
        for line in self._lines(self.width()):
            self._draw_line(painter, line, baseline, colours)
            baseline += self._line_height
        if not self._pieces:
            painter.setPen(QColor(colours.secondary))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self._nothing())
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_font"):
            self._measure()
            self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        return round(len(self._lines(width)) * self._line_height) + 2 * _LEAD

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(400))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, round(self._line_height) + 2 * _LEAD)
