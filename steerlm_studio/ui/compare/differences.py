"""Which differences the columns show: none, all words, or only what changed, against a column."""

from collections import deque
from typing import Literal, get_args

from PySide6.QtCore import QObject, QTimer

from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.compare.column_view import ColumnView
from steerlm_studio.word_diff import only_changed, word_diff

Shown = Literal["none", "words", "changed"]
SHOWN: tuple[Shown, ...] = get_args(Shown)


class Differences(QObject):
    """Compares replies that are done, one after the other, so that the window never waits."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shown: Shown = "none"
        self.against = 0  # the place of the column that the others are compared with
        self._waiting: deque[tuple[ColumnView, Answer, Answer]] = deque()
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._show_one)

    def show_in(self, views: list[ColumnView]) -> None:
        """Show them, or the plain replies again, in these columns."""
        self._waiting.clear()
        base = views[min(self.against, len(views) - 1)].answer
        for view in views:
            answer = view.answer
            if self.shown != "none" and answer and base and _are_comparable(answer, base):
                self._waiting.append((view, answer, base))
            else:
                view.text.show_pieces(None)
        self._next.start(0)

    def _show_one(self) -> None:
        if not self._waiting:
            return
        view, answer, base = self._waiting.popleft()
        if view.answer is answer:
            pieces = word_diff(answer.text.strip(), base.text.strip())
            view.text.show_pieces(only_changed(pieces) if self.shown == "changed" else pieces)
        self._next.start(0)


def _are_comparable(answer: Answer, base: Answer) -> bool:
    return answer is not base and not answer.is_running and not base.is_running
