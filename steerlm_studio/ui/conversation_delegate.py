"""How a line of the sidebar is painted: a heading, a title with its signs, a hit with its text."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from steerlm_studio.ui.conversation_list import EXCERPT, HEADING, PINNED, Index
from steerlm_studio.ui.icons import tinted
from steerlm_studio.ui.theme import GRID, HALF, colours_of

_ROUND = 4
_SMALL = 11 / 13  # of the body's size


class ConversationDelegate(QStyledItemDelegate):
    """All lines are of one height, so that ten thousand of them cost no more than ten."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._widget = parent

    # Qt's

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        lines = 1.0 + (_SMALL if index.data(EXCERPT) else 0.0)
        height = round(self._widget.fontMetrics().lineSpacing() * lines)
        return QSize(GRID * 8, height + 2 * HALF + HALF)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # of each text its own
        inside = option.rect.adjusted(GRID, HALF, -GRID, -HALF)
        if index.data(HEADING):
            self._paint_heading(painter, inside, str(index.data()), option)
        else:
            self._paint_ground(painter, option, index)
            self._paint_line(painter, inside, index, option)
        painter.restore()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        editor.setGeometry(option.rect)

    # parts

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, state = colours_of(self._widget), option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        if not is_chosen and not state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_focus = is_chosen and bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QColor(colours.accent) if has_focus else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.selection if is_chosen else colours.raised))
        rect = option.rect.adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(rect, _ROUND, _ROUND)

    def _paint_heading(
        self, painter: QPainter, rect: QRect, text: str, option: QStyleOptionViewItem
    ) -> None:
        painter.setFont(self._small(weight=QFont.Weight.DemiBold))
        painter.setPen(QColor(colours_of(self._widget).secondary))
        self._draw(painter, rect, text, option, Qt.AlignmentFlag.AlignBottom)

    def _paint_line(
        self, painter: QPainter, rect: QRect, index: Index, option: QStyleOptionViewItem
    ) -> None:
        colours = colours_of(self._widget)
        if index.data(PINNED):
            rect = self._paint_pin(painter, rect, option)
        painter.setFont(self._widget.font())
        painter.setPen(QColor(colours.text))
        excerpt = index.data(EXCERPT)
        place = Qt.AlignmentFlag.AlignTop if excerpt else Qt.AlignmentFlag.AlignVCenter
        self._draw(painter, rect, str(index.data()), option, place)
        if excerpt:
            painter.setFont(self._small())
            painter.setPen(QColor(colours.secondary))
            self._draw(painter, rect, str(excerpt), option, Qt.AlignmentFlag.AlignBottom)

    def _paint_pin(self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem) -> QRect:
        side = self._small().pixelSize() + 1
        spot = QRect(rect.right() - side + 1, rect.center().y() - side // 2, side, side)
        direction = option.direction
        colour = QColor(colours_of(self._widget).secondary)
        pin = tinted("pin", colour, side, self._widget.devicePixelRatioF())
        painter.drawPixmap(QStyle.visualRect(direction, rect, spot).topLeft(), pin)
        return QStyle.visualRect(direction, rect, rect.adjusted(0, 0, -side - HALF, 0))

    def _draw(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        option: QStyleOptionViewItem,
        place: Qt.AlignmentFlag,
    ) -> None:
        mode = Qt.TextElideMode.ElideRight
        line = painter.fontMetrics().elidedText(" ".join(text.split()), mode, rect.width())
        direction = option.direction
        side = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft | place)
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignAbsolute, line)

    def _small(self, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont(self._widget.font())
        font.setPixelSize(round(self._widget.fontInfo().pixelSize() * _SMALL))
        font.setWeight(weight)
        return font
