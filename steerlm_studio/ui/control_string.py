"""The control string as it stands: coloured by group, the change lit, its tokens, a copy button."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QFontMetricsF, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.ui.control_layout import Piece, folded, pieces_of, wrapped
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallNumberLabel
from steerlm_studio.ui.theme import GRID, HALF, Colours, colours_of, monospace

_COPIED_MS = 1500


class ControlString(QWidget):
    """Shows a steering as its control string; `set_steering` paints before it returns."""

    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ControlText()
        self.tokens = SmallNumberLabel()
        self.tokens.setAccessibleName(self.tr("Tokens of the control string"))
        self.copy_action = QAction(icon("copy"), self.tr("Copy control string"), self)
        self.copy_action.setShortcut("Ctrl+Alt+C")
        self.copy_action.triggered.connect(self.copy)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_COPIED_MS)
        self._copied.timeout.connect(lambda: self.copy_action.setIcon(icon("copy")))
        self._lay_out()
        self.set_token_count(None)

    @property
    def steering(self) -> Steering:
        return self.text.steering

    def set_steering(self, steering: Steering) -> None:
        """Show `steering` at once; what differs from the one before it is lit."""
        self.text.set_steering(steering)

    def set_token_count(self, count: int | None) -> None:
        """How many tokens the control string costs; None while nobody knows."""
        self.tokens.setText("" if count is None else self.tr("%n tokens", "", count))

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self.steering))
        self.copy_action.setIcon(icon("check"))
        self._copied.start()
        self.copied.emit()

    def _lay_out(self) -> None:
        button = QToolButton()
        button.setDefaultAction(self.copy_action)
        button.setAutoRaise(True)
        button.setAccessibleName(self.copy_action.text())
        side = QHBoxLayout()
        side.setSpacing(HALF)
        side.addWidget(self.tokens)
        side.addWidget(button)
        top = QVBoxLayout()
        top.addLayout(side)
        top.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.text, 1)
        row.addLayout(top)


class ControlText(QWidget):
    """The string itself, painted by hand: a slider move must be on the screen within its event."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steering = DEFAULT
        self.changed: frozenset[str] = frozenset()
        self.is_folded = False
        self._pieces = pieces_of(DEFAULT)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._show_in_words()

    def set_steering(self, steering: Steering) -> None:
        if steering == self.steering:
            return
        self.changed = frozenset(key for key, _, _ in steering.differences(self.steering))
        self.steering = steering
        before, self._pieces = self._pieces, pieces_of(steering)
        self._show_in_words()
        if [p.key for p in before] != [p.key for p in self._pieces]:
            self.updateGeometry()
        self.repaint()

    def set_folded(self, is_folded: bool) -> None:
        """On one line, what is not worth showing left away; or whole."""
        self.is_folded = is_folded
        self.updateGeometry()
        self.update()

    def _show_in_words(self) -> None:
        self.setAccessibleName(self.tr("Control string"))
        self.setAccessibleDescription(str(self.steering))

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(monospace(self.fontInfo().pixelSize()))

    def _lines(self, width: float) -> list[list[Piece]]:
        columns = int(width / self._metrics().horizontalAdvance("0"))
        if self.is_folded:
            return [folded(self._pieces, self.changed, columns)]
        return wrapped(self._pieces, columns)

    def _draw_piece(self, painter: QPainter, piece: Piece, at: QPointF, colours: Colours) -> None:
        metrics = painter.fontMetrics()
        if piece.key in self.changed:
            lit = QRectF(
                at.x() - 2,
                at.y() - metrics.ascent() - 1,
                metrics.horizontalAdvance(piece.text) + 4,
                metrics.height() + 2,
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.changed))
            painter.drawRoundedRect(lit, 3, 3)
        painter.setPen(colours.group(piece.group) if piece.group else QColor(colours.text))
        painter.drawText(at, piece.text)
        painter.setPen(QColor(colours.secondary))
        if piece.comma:
            painter.drawText(QPointF(at.x() + metrics.horizontalAdvance(piece.text), at.y()), ",")

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(monospace(self.fontInfo().pixelSize()))
        metrics = self._metrics()
        y = metrics.ascent() + 2
        for line in self._lines(self.width()):
            x = 2.0
            for piece in line:
                self._draw_piece(painter, piece, QPointF(x, y), colours)
                x += piece.columns * metrics.horizontalAdvance("0")
            y += metrics.lineSpacing() + 2
        painter.end()

    def heightForWidth(self, width: int) -> int:
        return round(len(self._lines(width)) * (self._metrics().lineSpacing() + 2) + 2)

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(400))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, round(self._metrics().lineSpacing()) + HALF)
