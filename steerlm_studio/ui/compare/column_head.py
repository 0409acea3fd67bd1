"""The head of a column: its number, what differs, and the handle to drag it by."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.ui.chips import ChipRow
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.tool_button import icon_button

_NARROW = 27  # characters: what differs stands on a line of its own, so that it can be read


class ColumnHead(QWidget):
    """Points are of the screen. Esc, while it is dragged, leaves the column where it is."""

    pressed = Signal()
    dragged = Signal(QPoint)
    dropped = Signal(QPoint)
    drag_cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._from: QPoint | None = None  # where the button went down
        self._is_dragged = False
        self.sign = QLabel()
        self.title = SmallLabel()
        self.chips = ChipRow()
        self.close_button = icon_button("close", self.tr("Remove the column"))
        self.sign.setToolTip(self.tr("The sliders change this column"))
        self.title.setToolTip(self.tr("Drag to move the column"))
        self.close_button.setCursor(Qt.CursorShape.ArrowCursor)
        row = self._row = QHBoxLayout()
        row.setSpacing(HALF)
        row.addWidget(self.sign)
        row.addWidget(self.title)
        row.addWidget(self.chips, 1)
        row.addWidget(self.close_button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(GRID, HALF, HALF, 0)
        column.setSpacing(0)
        column.addLayout(row)
        self.let_drag(False)

    def let_drag(self, is_movable: bool) -> None:
        """Whether there is another column to change places with."""
        self._is_movable = is_movable
        shape = Qt.CursorShape.OpenHandCursor if is_movable else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def _begin(self) -> None:
        self._is_dragged = True
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        _application().installEventFilter(self)

    def _end(self) -> None:
        self._from, was_dragged, self._is_dragged = None, self._is_dragged, False
        if was_dragged:
            _application().removeEventFilter(self)
        self.let_drag(self._is_movable)

    def _fit(self) -> None:
        """All columns are as wide, so their texts begin at one height all the same."""
        is_narrow = self.width() < _NARROW * self.fontMetrics().averageCharWidth()
        if is_narrow == (self._row.indexOf(self.chips) < 0):
            return
        if is_narrow:
            self._row.removeWidget(self.chips)
            self._row.insertStretch(2)
            self._column.addWidget(self.chips)
        else:
            self._column.removeWidget(self.chips)
            self._row.takeAt(2)
            self._row.insertWidget(2, self.chips, 1)

    # Qt's

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()
        if event.button() == Qt.MouseButton.LeftButton and self._is_movable:
            self._from = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.globalPosition().toPoint()
        if self._from is None:
            return
        far = (here - self._from).manhattanLength() >= QApplication.startDragDistance()
        if far and not self._is_dragged:
            self._begin()
        if self._is_dragged:
            self.dragged.emit(here)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_dragged = self._is_dragged
        self._end()
        if was_dragged:
            self.dropped.emit(event.globalPosition().toPoint())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While it is dragged, wherever the keyboard is: Esc would stop an answer otherwise."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if not isinstance(event, QKeyEvent) or event.type() not in kinds:
            return False
        if event.key() != Qt.Key.Key_Escape:
            return False
        event.accept()  # as no shortcut
        if event.type() == QEvent.Type.KeyPress and self._is_dragged:
            self._end()
            self.drag_cancelled.emit()
        return True

    def hideEvent(self, event: QEvent) -> None:
        """It is removed while it is dragged."""
        if self._is_dragged:
            self._end()
            self.drag_cancelled.emit()


def _application() -> QCoreApplication:
    application = QApplication.instance()
    assert application is not None  # a widget is shown
    return application
