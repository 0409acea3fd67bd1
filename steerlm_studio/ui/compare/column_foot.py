"""Under a column: its numbers, and what can be done with its reply."""

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.measures import words
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.theme import GRID, HALF


class ColumnFoot(QWidget):
    """Writes vote and note into the answer it shows, and says so."""

    keep_requested = Signal(object)  # Answer
    marked = Signal(object)  # Answer: its vote or note is another

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: Answer | None = None
        self.numbers = SmallElidedLabel()
        self.keep = QPushButton()
        self.up = _button("thumb-up", self.tr("A good reply"))
        self.down = _button("thumb-down", self.tr("A bad reply"))
        self.note_button = _button("note", self.tr("A note on this reply"))
        self.note = QLineEdit()
        self.more = QToolButton()
        self.more.setMenu(menu)
        self._lay_out()
        self.keep.clicked.connect(self._on_keep_clicked)
        self.up.clicked.connect(lambda: self._vote(1))
        self.down.clicked.connect(lambda: self._vote(-1))
        self.note_button.toggled.connect(self._on_note_toggled)
        self.note.editingFinished.connect(self._on_note_written)
        self.show_answer(None)

    def show_answer(self, answer: Answer | None, goes_on: bool = False) -> None:
        """`goes_on`: the conversation goes on from it, kept or not."""
        is_other = answer is not self._answer
        self._answer = answer
        for button in (self.up, self.down, self.note_button):
            button.setEnabled(answer is not None)
        can_keep = answer is not None and bool(answer.text.strip()) and not answer.is_running
        is_kept = goes_on and answer is not None and answer.kept
        self.keep.setEnabled(can_keep and not is_kept)
        self.keep.setText(self.tr("Kept") if is_kept else self.tr("Keep"))
        self.keep.setIcon(icon("check") if is_kept else QIcon())
        usual = self.tr("Go on with this reply; the others stay as versions")
        first = self.tr("The conversation goes on from here unless another reply is kept")
        self.keep.setToolTip(first if goes_on and not is_kept else usual)
        self.up.setChecked(answer is not None and answer.vote > 0)
        self.down.setChecked(answer is not None and answer.vote < 0)
        if is_other:
            self.note.setText(answer.note if answer else "")
            self.note_button.setChecked(bool(self.note.text()))
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
        count = len(words(answer.text))
        found = [self.tr("%n words", "", count)]
        if answer.seconds > 0:
            rate = QLocale().toString(answer.tokens / answer.seconds, "f", 0)
            found.append(self.tr("%1 t/s").replace("%1", rate))
        return [*found, *filter(None, [self._end(answer)])]

    def _end(self, answer: Answer) -> str:
        ends: dict[str | None, str] = {
            None: self.tr("writing"),
            "stop": self.tr("done"),
            "length": self.tr("cut off at %1 tokens").replace("%1", str(answer.tokens)),
            "context": self.tr("context full"),
            "cancelled": self.tr("stopped"),
            "lost": self.tr("server lost"),
            "refused": self.tr("refused"),
            "failed": self.tr("engine lost"),
        }
        return ends.get(answer.finish, "")

    def _on_keep_clicked(self) -> None:
        if self._answer is not None:
            self.keep_requested.emit(self._answer)

    def _vote(self, vote: int) -> None:
        if self._answer is None:
            return
        self._answer.vote = 0 if self._answer.vote == vote else vote
        self.up.setChecked(self._answer.vote > 0)
        self.down.setChecked(self._answer.vote < 0)
        self.marked.emit(self._answer)

    def _on_note_toggled(self, is_open: bool) -> None:
        self.note.setVisible(is_open)
        if is_open and self.note_button.hasFocus():
            self.note.setFocus()

    def _on_note_written(self) -> None:
        if self._answer is not None and self._answer.note != self.note.text():
            self._answer.note = self.note.text()
            self.marked.emit(self._answer)

    def _lay_out(self) -> None:
        self.note.setPlaceholderText(self.tr("Note"))
        self.note.setAccessibleName(self.tr("Note on this reply"))
        self.note.hide()
        for button in (self.up, self.down, self.note_button):
            button.setCheckable(True)
        self.more.setIcon(icon("more"))
        self.more.setAutoRaise(True)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip(self.tr("More about this column"))
        self.more.setAccessibleName(self.more.toolTip())
        row = QHBoxLayout()
        row.setSpacing(HALF)
        row.addWidget(self.keep)
        row.addStretch(1)
        for button in (self.up, self.down, self.note_button, self.more):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, HALF, GRID, GRID)
        column.setSpacing(HALF)
        column.addWidget(self.numbers)
        column.addWidget(self.note)
        column.addLayout(row)


def _button(name: str, what: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setAutoRaise(True)
    button.setToolTip(what)
    button.setAccessibleName(what)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    return button
