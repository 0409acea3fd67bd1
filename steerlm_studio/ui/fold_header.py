"""The heading of a section that folds: its name, and in a word what is inside."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from steerlm_studio.steer.attributes import Group
from steerlm_studio.ui.icons import tinted
from steerlm_studio.ui.theme import GRID, HALF, colours_of


class FoldHeader(QAbstractButton):
    """Checked means unfolded. The summary shows while it is folded."""

    def __init__(self, title: str, group: Group | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self._group = group
        self._summary = ""
        self.setText(title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._name_for_all)
        self._name_for_all()

    @property
    def summary(self) -> str:
        return self._summary

    def set_summary(self, summary: str) -> None:
        """What to say of the inside, e.g. "all 0"."""
        if summary != self._summary:
            self._summary = summary
            self._name_for_all()
            if not self.isChecked():
                self.update()

    def _name_for_all(self) -> None:
        self.setAccessibleName(f"{self.text()}: {self._summary}" if self._summary else self.text())
        self.setToolTip(self.tr("Fold away") if self.isChecked() else self.tr("Unfold"))

    def _draw_title(self, painter: QPainter, area: QRect) -> int:
        """The title, at the start of `area`; returns its width."""
        font = QFont(self.font())
        font.setPixelSize(round(self.fontInfo().pixelSize() * 11 / 13))
        font.setWeight(QFont.Weight.Bold)
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
        painter.setFont(font)
        colours = colours_of(self)
        painter.setPen(colours.group(self._group) if self._group else QColor(colours.secondary))
        title = self.text().upper()
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, title)
        return painter.fontMetrics().horizontalAdvance(title)

    def _draw_summary(self, painter: QPainter, area: QRect) -> None:
        font = QFont(self.font())
        font.setPixelSize(round(self.fontInfo().pixelSize() * 11 / 13))
        painter.setFont(font)
        painter.setPen(QColor(colours_of(self).secondary))
        right = Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(self._summary, right, area.width())
        place = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTrailing
        painter.drawText(area, place, shown)

    def _draw_chevron(self, painter: QPainter, area: QRect) -> None:
        is_mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        folded = "chevron-left" if is_mirrored else "chevron-right"
        name = "chevron-down" if self.isChecked() else folded
        colour = QColor(colours_of(self).secondary)
        side = self._chevron
        pixmap = tinted(name, colour, side, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(area.x(), area.center().y() - side / 2 + 1), pixmap)

    @property
    def _chevron(self) -> int:
        return self.fontInfo().pixelSize() + 1

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = self.rect()
        is_mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = self._chevron
        chevron = QRect(whole.right() - side, 0, side, whole.height())
        inner = whole.adjusted(0, 0, -side - HALF, 0)
        if is_mirrored:
            chevron.moveLeft(0)
            inner.translate(side + HALF, 0)
        self._draw_chevron(painter, chevron)
        used = self._draw_title(painter, inner)
        if not self.isChecked():
            rest = inner.adjusted(0 if is_mirrored else used + GRID, 0, 0, 0)
            self._draw_summary(painter, rest.adjusted(0, 0, -used - GRID if is_mirrored else 0, 0))
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours_of(self).accent), 1.5))
            painter.drawRoundedRect(QRectF(whole).adjusted(1, 1, -1, -1), 3, 3)
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(160, self.fontMetrics().height() + GRID)
