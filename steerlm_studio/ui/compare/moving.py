"""Columns that change places: by dragging their heads, by menu, by keys; with undo, said aloud."""

from PySide6.QtCore import QObject, QPoint, Signal

from steerlm_studio.ui.compare.column_view import ColumnView
from steerlm_studio.ui.compare.columns import Columns
from steerlm_studio.ui.compare.page import ComparePage


class Moving(QObject):
    """Knows where a dragged column would go; the new order leaves by a signal."""

    ordered = Signal(object)  # Columns
    said = Signal(str)  # for screen readers

    def __init__(self, page: ComparePage) -> None:
        super().__init__(page)
        self._page = page
        page.strip.made.connect(self._connect)

    def by(self, place: int, by: int) -> None:
        """One place on or back."""
        self._to(place, place + by)

    def _connect(self, view: ColumnView) -> None:
        head, strip = view.head, self._page.strip
        view.move_requested.connect(lambda key, by: self.by(self._page.place_of(key), by))
        head.dragged.connect(lambda point: strip.show_gap(self._gap(point), point))
        head.dropped.connect(lambda point: self._drop(view.key, point))
        head.drag_cancelled.connect(strip.hide_gap)

    def _gap(self, point: QPoint) -> int:
        """How many columns stand before the pointer."""
        strip = self._page.strip
        is_mirrored = strip.isRightToLeft()
        middles = [view.mapToGlobal(view.rect().center()).x() for view in strip.in_order()]
        return sum((middle > point.x()) == is_mirrored for middle in middles)

    def _drop(self, key: int, point: QPoint) -> None:
        self._page.strip.hide_gap()
        place, gap = self._page.place_of(key), self._gap(point)
        to, before = gap - (gap > place), self._page.columns
        if self._to(place, to):
            text = self.tr("The column was moved.")
            self._page.offer_undo(lambda: self._put_back(before), text)

    def _to(self, place: int, to: int) -> bool:
        """Whether it is another place."""
        before = self._page.columns
        after = before.moving(place, to - place)
        if after.all == before.all:
            return False
        self.ordered.emit(after)
        text = self.tr("The column is now %1 of %2.").replace("%1", str(to + 1))
        self.said.emit(text.replace("%2", str(len(after.all))))
        return True

    def _put_back(self, before: Columns) -> None:
        """In the old order; what was changed, added or removed since stays so."""
        self.ordered.emit(self._page.columns.ordered_as(before))
