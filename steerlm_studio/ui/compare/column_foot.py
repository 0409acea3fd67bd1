"""Under a column: its numbers, and what can be done with its reply."""

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from steerlm_studio.measures import WordCount
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.reply_marks import ReplyMarks
from steerlm_studio.ui.theme import GRID, HALF


class ColumnFoot(QWidget):
    """The numbers over the marks, and the column's menu beside these."""

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: Answer | None = None
        self._words = WordCount()
        self.numbers = SmallElidedLabel()
        self.marks = ReplyMarks()
        self.more = QToolButton()
        self.more.setMenu(menu)
        self._lay_out()
        self.show_answer(None)

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """What Tab goes to, in the order of reading."""
        *marks, note = self.marks.tab_stops
        return (*marks, self.more, note)

    def show_answer(self, answer: Answer | None, goes_on: bool = False) -> None:
        """`goes_on`: the conversation goes on from it, kept or not."""
        self._answer = answer
        self.marks.show_answer(answer, goes_on)
        if goes_on and answer is not None and not answer.kept:
            first = self.tr("The conversation goes on from here unless another reply is kept")
            self.marks.keep.setToolTip(first)
        self.show_numbers()

    def show_numbers(self) -> None:
        """Length, pace and end as they are now."""
        if self._answer is not None:
            self.numbers.set_text(" · ".join(self._numbers(self._answer)))
        else:
            self.numbers.set_text("")

    def _numbers(self, answer: Answer) -> list[str]:
        if answer.is_running and not answer.text:
            return [self.tr("reading…")]
        count = self._words.of(answer.text)
        found = [self.tr("%n words", "", count)]
        if answer.seconds > 0:
            rate = QLocale().toString(answer.tokens / answer.seconds, "f", 0)
            found.append(self.tr("%1 t/s").replace("%1", rate))
        return [*found, *filter(None, [self._end(answer)])]

    def _end(self, answer: Answer) -> str:
        ends: dict[str | None, str] = {
            None: self.tr("writing"),
            "stop": self.tr("done"),
            "length": self.tr("cut at %1 tokens").replace("%1", str(answer.tokens)),
            "context": self.tr("context full"),
            "cancelled": self.tr("stopped"),
            "lost": self.tr("server lost"),
            "refused": self.tr("refused"),
            "failed": self.tr("engine lost"),
            "interrupted": self.tr("cut off"),
        }
        return ends.get(answer.finish, "")

    def _lay_out(self) -> None:
        self.more.setIcon(icon("more"))
        self.more.setAutoRaise(True)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip(self.tr("More about this column"))
        self.more.setAccessibleName(self.more.toolTip())
        self.marks.row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, HALF, GRID, GRID)
        column.setSpacing(HALF)
        column.addWidget(self.numbers)
        column.addWidget(self.marks)
