"""The columns in a row: as wide as there is room, sideways scrolling where there is not."""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from steerlm_studio.protocol import Sampling
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.compare.column_view import ColumnView
from steerlm_studio.ui.compare.columns import Columns
from steerlm_studio.ui.compare.starts import StartCard
from steerlm_studio.ui.theme import GRID

_LINE = 3  # px


class Strip(QScrollArea):
    """A view per column, kept by its key; they scroll together unless that is switched off."""

    made = Signal(object)  # ColumnView: a new one, to be connected
    scrolled = Signal()
    link_activated = Signal(QUrl)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views: dict[int, ColumnView] = {}
        self.is_together = True
        self.card = StartCard()
        self._page = QWidget()
        self._gap = QFrame(self._page)  # where a dragged column would go
        self._gap.setObjectName("gap")
        self._gap.hide()
        self._row = QHBoxLayout(self._page)
        self._row.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        self._row.setSpacing(GRID)
        self._row.addWidget(self.card, 1)
        self.setWidget(self._page)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its columns are where Tab goes
        self.setAccessibleName(self.tr("Columns"))
        # A bar that comes or goes takes or gives room.
        self.horizontalScrollBar().rangeChanged.connect(lambda low, high: self.updateGeometry())

    def in_order(self) -> list[ColumnView]:
        return list(self.views.values())

    def show_columns(
        self, columns: Columns, answers: Mapping[int, Answer], kept: Answer | None, usual: Sampling
    ) -> None:
        """Show these columns with their answers; views of those that stay are kept."""
        self._keep_only({column.key for column in columns.all})
        views = {one.key: self.views.get(one.key) or self._make(one.key) for one in columns.all}
        if list(views) != list(self.views):
            self._put_in_order(list(views.values()))
        self.views = views
        count = len(columns.all)
        for place, column in enumerate(columns.all):
            view, answer = views[column.key], answers.get(column.key)
            view.show_answer(answer, answer is not None and answer is kept)
            view.show_column(column, place, count, columns.differences(place, usual))
            view.select(place == columns.selected and count > 1)
        self.card.setVisible(count == 1)
        self.updateGeometry()

    def show_gap(self, gap: int, point: QPoint) -> None:
        """Mark the place behind so many columns; near an edge, more columns come into sight."""
        before = self.in_order()[max(gap - 1, 0)].geometry()
        is_behind = (gap > 0) != self.isRightToLeft()
        edge = before.right() + GRID // 2 if is_behind else before.left() - GRID // 2
        self._gap.setGeometry(edge - _LINE // 2, before.top(), _LINE, before.height())
        self._gap.raise_()
        self._gap.show()
        here = self._page.mapFromGlobal(point)
        self.ensureVisible(here.x(), before.top(), 6 * GRID, 0)

    def hide_gap(self) -> None:
        self._gap.hide()

    def reveal(self, key: int) -> None:
        """Bring a column into sight, its header first where it is wider than the room."""
        view, bar = self.views[key], self.horizontalScrollBar()
        left, right = view.x() - GRID, view.x() + view.width() + GRID
        bar.setValue(min(max(bar.value(), right - self.viewport().width()), left))

    def scroll_value(self) -> int:
        """Where the columns stand, in pixels from their top."""
        views = self.in_order()
        return max((view.text.verticalScrollBar().value() for view in views), default=0)

    def scroll_all(self, value: int, but: ColumnView | None = None) -> None:
        for view in self.in_order():
            if view is not but:
                view.text.scroll_to(value)

    def _make(self, key: int) -> ColumnView:
        view = ColumnView(key)
        view.scrolled.connect(lambda value: self._on_scrolled(view, value))
        view.link_activated.connect(self.link_activated)
        self.made.emit(view)
        return view

    def _keep_only(self, keys: set[int]) -> None:
        for key in [key for key in self.views if key not in keys]:
            view = self.views.pop(key)
            self._row.removeWidget(view)
            view.hide()
            view.deleteLater()

    def _put_in_order(self, views: list[ColumnView]) -> None:
        before: QWidget | None = None
        for place, view in enumerate(views):
            self._row.removeWidget(view)
            self._row.insertWidget(place, view, 1)
            view.show()
            for stop in view.tab_stops:
                if before is not None:
                    QWidget.setTabOrder(before, stop)
                before = stop

    def _on_scrolled(self, view: ColumnView, value: int) -> None:
        if self.is_together:
            self.scroll_all(value, but=view)
        self.scrolled.emit()

    # Qt's

    def minimumSizeHint(self) -> QSize:
        """A column is never cut at its foot."""
        height = max((view.minimumSizeHint().height() for view in self.in_order()), default=0)
        bar = self.horizontalScrollBar()
        return QSize(0, height + GRID + (bar.sizeHint().height() if bar.isVisible() else 0))
