"""What stands beside each other where there is room, else one below the other."""

from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QWidget

from steerlm_studio.ui.theme import GRID, HALF

_CHARACTERS = 36  # that the sentence has in a line, at least, while the buttons stand beside it


class _Breaking(QWidget):
    """Looks again where its parts go whenever its size, its font or they change."""

    @abstractmethod
    def _place(self) -> None: ...

    # Qt's

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.FontChange):
            self._place()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()


class Beside(_Breaking):
    """A sentence and its buttons; what they say and do is their own business."""

    def __init__(self, words: QWidget, acts: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._acts = words, acts
        self._is_below: bool | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(0, 1)
        self._place()

    @property
    def is_below(self) -> bool:
        return bool(self._is_below)

    def _place(self) -> None:
        room = self.width() - self._acts.sizeHint().width() - GRID
        wanted = _CHARACTERS * self._words.fontMetrics().averageCharWidth()
        is_below = not self._acts.isHidden() and room < wanted
        if is_below == self._is_below:
            return
        self._is_below = is_below
        self._grid.addWidget(self._words, 0, 0, 1, 2 if is_below else 1)
        self._grid.addWidget(
            self._acts, int(is_below), 0 if is_below else 1, 1, 2 if is_below else 1,
            Qt.AlignmentFlag.AlignLeading if is_below else Qt.AlignmentFlag.AlignVCenter,
        )  # fmt: skip

    # Qt's

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider of the two: they stand below each other then."""
        both = (self._words.minimumSizeHint().width(), self._acts.minimumSizeHint().width())
        return QSize(max(both), super().minimumSizeHint().height())


class Rows(_Breaking):
    """Two rows of fields that share a line: equally, or the second gets what it needs."""

    def __init__(
        self, one: QWidget, other: QWidget, equal: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._both, self._equal, self._gap = (one, other), equal, 2 * GRID if equal else GRID
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(one, 1)
        self._box.addWidget(other, int(equal))
        self._place()

    def _place(self) -> None:
        is_below = self.width() < self._line([each.minimumSizeHint() for each in self._both])
        way = QBoxLayout.Direction
        self._box.setDirection(way.TopToBottom if is_below else way.LeftToRight)
        self._box.setSpacing(HALF if is_below else self._gap)

    def _line(self, sizes: Sequence[QSize]) -> int:
        """The width of both in one line."""
        one, other = (size.width() for size in sizes)
        return self._gap + (2 * max(one, other) if self._equal else one + other)

    # Qt's

    def sizeHint(self) -> QSize:
        """That of one line, also where there are two now, or they would never be one again."""
        line = self._line([each.sizeHint() for each in self._both])
        return QSize(line, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider of the two: they stand below each other then."""
        widest = max(each.minimumSizeHint().width() for each in self._both)
        return QSize(widest, super().minimumSizeHint().height())


def in_a_row(*widgets: QWidget) -> QWidget:
    """Fields in a line, at its end where there is more room than they need."""
    together = QWidget()
    line = QHBoxLayout(together)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(GRID)
    line.addStretch(1)
    for widget in widgets:
        line.addWidget(widget)
    return together
