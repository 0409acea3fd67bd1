"""The stored conversations as a Qt model: under headings by day, or as the hits of a search."""

from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QWidget

from steerlm_studio.store.records import Entry
from steerlm_studio.store.search import Hit
from steerlm_studio.ui.text_safety import shown, tooltip

Index = QModelIndex | QPersistentModelIndex
HEADING = Qt.ItemDataRole.UserRole  # bool
EXCERPT = Qt.ItemDataRole.UserRole + 1  # str: what a search found, "" for none
PINNED = Qt.ItemDataRole.UserRole + 2  # bool
FOLDER = Qt.ItemDataRole.UserRole + 3  # str


@dataclass(frozen=True)
class _Group:
    title: str
    row: int  # of its heading
    first: int  # place of its first entry


def _order(entry: Entry) -> tuple[bool, float, int]:
    """Pinned ones first, then the last changed."""
    return (not entry.pinned, -entry.changed, -entry.id)


class ConversationList(QAbstractListModel):
    """It holds lines, not conversations: ten thousand of them are some megabytes."""

    renamed = Signal(int, str)  # id and new name, not yet given

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._known: dict[int, Entry] = {}
        self._groups: list[_Group] = []
        self._hits: list[Hit] | None = None
        self.dragged: Callable[[int], QMimeData | None] = lambda number: None

    # what is shown

    @property
    def is_searching(self) -> bool:
        return self._hits is not None

    def set_entries(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self._entries = sorted(entries, key=_order)
        self._known = {entry.id: entry for entry in entries}
        self._group()
        self.endResetModel()

    def put(self, number: int, entry: Entry | None) -> None:
        """The line of a conversation is another; None when it is gone."""
        known = self._known.pop(number, None)
        if entry is not None:
            self._known[number] = entry
        if entry == known and not self._is_new_day():
            return
        self.beginResetModel()
        if known is not None:
            self._entries.remove(known)
        if entry is not None:
            insort(self._entries, entry, key=_order)
        self._group()
        self.endResetModel()

    def show_hits(self, hits: Sequence[Hit] | None) -> None:
        """What a search found in place of all; None ends the search."""
        self.beginResetModel()
        self._hits = None if hits is None else list(hits)
        self.endResetModel()

    # rows

    def number(self, index: Index) -> int | None:
        """The conversation of a row; None for a heading."""
        if not index.isValid():
            return None
        if self._hits is not None:
            return self._hits[index.row()].conversation
        entry = self._entry(index.row())
        return entry.id if entry else None

    def turn(self, index: Index) -> int | None:
        """The turn that a search found."""
        return self._hits[index.row()].turn if self._hits is not None and index.isValid() else None

    def knows(self, number: int) -> bool:
        return number in self._known

    def entry(self, index: Index) -> Entry | None:
        number = self.number(index)
        return self._known.get(number) if number is not None else None

    def index_of(self, number: int | None) -> QModelIndex:
        if self._hits is not None:
            rows = (row for row, hit in enumerate(self._hits) if hit.conversation == number)
            return self.index(next(rows, -1))
        entry = self._known.get(number) if number is not None else None
        return self.index(self._row(entry)) if entry else QModelIndex()

    def _entry(self, row: int) -> Entry | None:
        place = bisect_right(self._groups, row, key=lambda group: group.row) - 1
        group = self._groups[place]
        return None if row == group.row else self._entries[group.first + row - group.row - 1]

    def _row(self, entry: Entry) -> int:
        place = bisect_right(self._entries, _order(entry), key=_order) - 1
        group = self._groups[bisect_right(self._groups, place, key=lambda g: g.first) - 1]
        return group.row + 1 + place - group.first

    def _group(self) -> None:
        """Headings, each where its time begins in the sorted entries."""
        self._groups, self._day = [], datetime.now().date()
        pinned = bisect_right(self._entries, False, key=lambda entry: not entry.pinned)
        starts = [(self.tr("Pinned"), 0, pinned)]
        first = pinned
        for title, since in self._times():
            end = bisect_right(self._entries, -since, lo=pinned, key=lambda entry: -entry.changed)
            starts.append((title, first, end))
            first = end
        row = 0
        for title, first, end in starts:
            if end > first:
                self._groups.append(_Group(title, row, first))
                row += 1 + end - first

    def _times(self) -> list[tuple[str, float]]:
        """Since when each heading holds, as seconds since 1970."""
        today = datetime.combine(datetime.now().date(), time())
        month = today.replace(day=1)
        return [
            (self.tr("Today"), today.timestamp()),
            (self.tr("Yesterday"), (today - timedelta(days=1)).timestamp()),
            (self.tr("Last 7 days"), (today - timedelta(days=7)).timestamp()),
            (self.tr("Last 30 days"), (today - timedelta(days=30)).timestamp()),
            (self.tr("This year"), month.replace(month=1).timestamp()),
            (self.tr("Older"), float("-inf")),
        ]

    def _is_new_day(self) -> bool:
        return self._day != datetime.now().date()

    # Qt's

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        if parent.isValid():
            return 0
        if self._hits is not None:
            return len(self._hits)
        return len(self._entries) + len(self._groups)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == HEADING:
            return self.number(index) is None
        if role == EXCERPT:
            return shown(self._hits[index.row()].excerpt) if self._hits is not None else ""
        entry = self.entry(index)
        if role in (PINNED, FOLDER):
            return entry is not None and (entry.pinned if role == PINNED else entry.folder)
        return self._text(index, role)

    def _text(self, index: Index, role: int) -> object:
        title = self._title(index)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return shown(title)
        if role == Qt.ItemDataRole.EditRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(title) if self.number(index) is not None else None
        return None

    def _title(self, index: Index) -> str:
        number = self.number(index)
        if number is None:
            return next(group.title for group in self._groups if group.row == index.row())
        entry = self._known.get(number)
        title = entry.title if entry else self._hits[index.row()].title if self._hits else ""
        return title or self.tr("New conversation")

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self.number(index) is None:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        number = self.number(index)
        if number is None or role != Qt.ItemDataRole.EditRole:
            return False
        if str(value) != self._title(index):
            self.renamed.emit(number, str(value))
        return True

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData | None:  # type: ignore[override]
        """Of the first conversation; None drags nothing."""
        number = next((self.number(index) for index in indexes), None)
        return None if number is None else self.dragged(number)
