"""The columns in figures: length, readability, variety, pace, agreement with the first."""

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QEvent, QLocale, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from steerlm_studio.measures import Measured, measured, words
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.text_safety import tooltip
from steerlm_studio.ui.theme import GRID

_Index = QModelIndex | QPersistentModelIndex
_GAP = "\N{EM SPACE}"  # grows with the text
_SHOWN_ROWS = 4  # beside the columns; more are scrolled to


class FigureTable(QTableWidget):
    """A row per column of the comparison; replies that are still written show no figures yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._room = 0  # px, for more rows than it shows beside the columns
        heads = {
            self.tr("column"): "",
            self.tr("words"): "",
            self.tr("sentences"): "",
            self.tr("LIX"): self.tr(
                "Björnsson's readability index: words per sentence plus the percentage of words "
                "with more than six letters. Below 30 is easy, above 50 hard."
            ),
            self.tr("distinct-2"): self.tr(
                "The share of pairs of neighbouring words that are different: 1 repeats nothing."
            ),
            self.tr("time"): self.tr("Seconds from the first step to the reply's last"),
            self.tr("t/s"): self.tr("Tokens per second of this reply"),
            self.tr("agrees with 1 for"): self.tr(
                "Words at the beginning that are the same as in the first column"
            ),
        }
        self.setColumnCount(len(heads))
        for place, (head, about) in enumerate(heads.items()):
            is_last = place == len(heads) - 1
            item = QTableWidgetItem(_GAP + head if is_last else head)
            item.setToolTip(tooltip(about) if about else "")
            item.setTextAlignment(self._side(place))
            self.setHorizontalHeaderItem(place, item)
        self.setAccessibleName(self.tr("Figures of the columns"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setMinimumSectionSize(0)
        self.horizontalScrollBar().rangeChanged.connect(self._fit)  # its bar takes no row's room
        self.setItemDelegateForColumn(len(heads) - 1, _AfterFigures(self))
        self._space_rows()

    def show_rows(self, rows: Sequence[tuple[str, Answer | None]]) -> None:
        """A name and an answer per row; the first row is what the others agree with."""
        first = rows[0][1] if rows else None
        self.setRowCount(len(rows))
        for row, (name, answer) in enumerate(rows):
            cells = [name, *self._figures(answer, first, is_first=row == 0)]
            for place, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setTextAlignment(self._side(place))
                self.setItem(row, place, item)
        self._fit()

    def _side(self, place: int) -> Qt.AlignmentFlag:
        """Words begin where a line does, also in the wide last column; figures end together."""
        is_text = place in (0, self.columnCount() - 1)
        side = Qt.AlignmentFlag.AlignLeading if is_text else Qt.AlignmentFlag.AlignTrailing
        return side | Qt.AlignmentFlag.AlignVCenter

    def _figures(self, answer: Answer | None, first: Answer | None, is_first: bool) -> list[str]:
        if answer is None or answer.is_running:
            return [""] * (self.columnCount() - 1)
        found = _measured(answer.text, first.text if first else "")
        rate = answer.tokens / answer.seconds if answer.seconds else None
        time = self.tr("%1 s").replace("%1", _number(answer.seconds, 1))
        return [
            str(found.words),
            str(found.sentences),
            _number(found.lix, 0),
            _number(found.distinct, 2),
            time,
            _number(rate, 0),
            "" if is_first or first is None else self._agreement(found.agreement, answer, first),
        ]

    def _agreement(self, count: int, answer: Answer, first: Answer) -> str:
        """How many words, and the first that differs."""
        here, there = words(answer.text), words(first.text)
        if count == len(here) == len(there):
            return self.tr("all words")
        text = self.tr("%n words", "", count)
        if count < min(len(here), len(there)):
            then = self.tr("%1, then “%2” for “%3”").replace("%1", text)
            return then.replace("%2", here[count]).replace("%3", there[count])
        return text

    def _space_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + GRID // 2)

    @property
    def usual_height(self) -> int:
        """Of as many rows as it shows beside the columns."""
        return self._height_of(min(self.rowCount(), _SHOWN_ROWS))

    def give_room(self, room: int) -> None:
        """Show as many rows as fit into this height, the usual ones at least."""
        if room != self._room:
            self._room = room
            self._fit()

    def _fit(self) -> None:
        rows = range(min(self.rowCount(), _SHOWN_ROWS), self.rowCount() + 1)
        fitting = [self._height_of(count) for count in rows]
        self.setFixedHeight(max([fitting[0], *(h for h in fitting if h <= self._room)]))

    def _height_of(self, rows: int) -> int:
        height = self.rowHeight(0) if self.rowCount() else 0
        head = self.horizontalHeader().sizeHint().height()
        bar = self.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.maximum() else 0
        return head + rows * height + GRID // 2 + below

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.maximumHeight())

    # Qt's

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._space_rows()
            self._fit()


class _AfterFigures(QStyledItemDelegate):
    """Words at a distance from the figures that end right before them."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        rect, gap = option.rect, option.fontMetrics.horizontalAdvance(_GAP)
        inside = rect.adjusted(gap, 0, 0, 0)
        option.rect = QStyle.visualRect(option.direction, rect, inside)
        super().paint(painter, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        gap = option.fontMetrics.horizontalAdvance(_GAP)
        return super().sizeHint(option, index) + QSize(gap, 0)


@lru_cache(maxsize=64)
def _measured(text: str, other: str) -> Measured:
    return measured(text, other)


def _number(value: float | None, digits: int) -> str:
    return "\N{EN DASH}" if value is None else QLocale().toString(float(value), "f", digits)
