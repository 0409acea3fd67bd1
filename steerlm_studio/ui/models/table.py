"""A list of models in columns, sorted by a click, filtered by words."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from steerlm_studio.ui.text_cells import TextCells
from steerlm_studio.ui.text_safety import shown, tooltip

_VALUE = Qt.ItemDataRole.UserRole
_SORT = Qt.ItemDataRole.UserRole + 1

_WIDEST = 60  # characters of a column

Cell = tuple[str, Any]  # what is shown, what it is sorted by


class ModelTable(QTreeView):
    """Each row stands for one value; `picked` tells it when it becomes current."""

    picked = Signal(object)
    opened = Signal(object)  # double click or Enter

    def __init__(self, name: str, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._model = QStandardItemModel(0, len(columns), self)
        self._model.setHorizontalHeaderLabels(list(columns))
        self._model.setSortRole(_SORT)
        self.setModel(self._model)
        self.setItemDelegate(TextCells(self))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMaximumSectionSize(self.fontMetrics().averageCharWidth() * _WIDEST)
        self.selectionModel().currentRowChanged.connect(lambda index: self._tell(index.row()))
        self.activated.connect(lambda index: self.opened.emit(self._value(index.row())))

    def show_rows(self, rows: Sequence[tuple[Mapping[str, Any], Sequence[Cell]]]) -> None:
        """Values with their cells; the row that was current stays so where it is still there."""
        before = self._value(self.currentIndex().row())
        self._model.setRowCount(0)
        for value, cells in rows:
            items = [_item(cell) for cell in cells]
            items[0].setData(value, _VALUE)
            self._model.appendRow(items)
        if before is not None:
            self.pick(str(before.get("path") or before.get("id") or before.get("repo")))

    def pick(self, name: str) -> None:
        """Make the row of this path, id or repository the current one."""
        for row in range(self._model.rowCount()):
            value = self._value(row) or {}
            if name in (value.get("path"), value.get("id"), value.get("repo")):
                self.setCurrentIndex(self._model.index(row, 0))
                return

    def leave(self) -> None:
        """No row is the current one, so that any can be picked."""
        self.clearSelection()
        self.setCurrentIndex(self._model.index(-1, 0))

    def filter(self, words: str) -> None:
        """Hide the rows that do not hold all of the words."""
        asked = words.lower().split()
        for row in range(self._model.rowCount()):
            texts = [self._model.item(row, c).text() for c in range(self._model.columnCount())]
            text = " ".join(texts).lower()
            self.setRowHidden(row, self.rootIndex(), not all(word in text for word in asked))

    @property
    def count(self) -> int:
        return self._model.rowCount()

    def _tell(self, row: int) -> None:
        if (value := self._value(row)) is not None:
            self.picked.emit(value)

    def _value(self, row: int) -> Mapping[str, Any] | None:
        item = self._model.item(row, 0) if row >= 0 else None
        value = item.data(_VALUE) if item is not None else None
        return value if isinstance(value, Mapping) else None


def _item(cell: Cell) -> QStandardItem:
    text, order = cell
    item = QStandardItem(shown(text))
    item.setData(order, _SORT)
    item.setToolTip(tooltip(text))
    if isinstance(order, int | float):
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item
