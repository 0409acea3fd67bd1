"""What a user thinks of a reply: keep it, a vote, a note. Under replies in every view."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.theme import HALF


class ReplyMarks(QWidget):
    """Writes vote and note into the answer it shows, and says so."""

    keep_requested = Signal(object)  # Answer: keep it, or no more if it is kept
    marked = Signal(object)  # Answer: its vote or note is another
    noted = Signal(object)  # Answer: its note is being typed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: Answer | None = None
        self._shown: tuple[object, ...] = ()
        self._note = ""  # as the answer had it when it was shown
        self.keep = _button("check", self.tr("Keep"))
        self.up = _button("thumb-up", self.tr("A good reply"))
        self.down = _button("thumb-down", self.tr("A bad reply"))
        self.note_button = _button("note", self.tr("A note on this reply"))
        self.note = QLineEdit()
        self.row = QHBoxLayout()  # room for more at its end
        self._lay_out()
        self.keep.clicked.connect(self._on_keep_clicked)
        self.up.clicked.connect(lambda: self._vote(1))
        self.down.clicked.connect(lambda: self._vote(-1))
        self.note_button.toggled.connect(self._on_note_toggled)
        self.note.textEdited.connect(self._on_note_typed)
        self.note.editingFinished.connect(self._on_note_written)
        self.show_answer(None)

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """What Tab goes to, in the order of reading."""
        return (self.keep, self.up, self.down, self.note_button, self.note)

    def show_answer(self, answer: Answer | None, goes_on: bool = True) -> None:
        """`goes_on`: the conversation goes on from it, kept or not. Cheap where nothing changed."""
        can_keep = answer is not None and bool(answer.text.strip()) and not answer.is_running
        said = (answer.vote, answer.kept, answer.note) if answer else ()
        now = (answer, can_keep, goes_on, said)
        if now == self._shown:
            return
        self._shown = now
        for button in (self.up, self.down, self.note_button):
            button.setEnabled(answer is not None)
        self.keep.setEnabled(can_keep)
        self._show_kept(goes_on and answer is not None and answer.kept)
        self._show_vote(answer.vote if answer else 0)
        self._show_note(answer)

    def _show_kept(self, is_kept: bool) -> None:
        self.keep.setText(self.tr("Kept") if is_kept else self.tr("Keep"))
        self.keep.setAccessibleName(self.keep.text())
        self.keep.setChecked(is_kept)
        usual = self.tr("Go on with this reply; the others stay as versions")
        kept = self.tr("Kept: it goes on from here, and into training data. Click to take it back")
        self.keep.setToolTip(kept if is_kept else usual)
        self._fit()

    @property
    def least_width(self) -> int:
        """Pixels that all buttons need where *Keep* is a tick alone."""
        return self._wanted_width() - self.keep.sizeHint().width() + self.up.sizeHint().width()

    def _fit(self) -> None:
        """Where it is narrow, the tick alone says whether it is kept."""
        style = Qt.ToolButtonStyle
        self.keep.setToolButtonStyle(style.ToolButtonTextBesideIcon)
        if self._wanted_width() > self.width():
            self.keep.setToolButtonStyle(style.ToolButtonIconOnly)

    def _wanted_width(self) -> int:
        items = filter(None, (self.row.itemAt(place) for place in range(self.row.count())))
        return sum(item.sizeHint().width() + self.row.spacing() for item in items)

    def _show_vote(self, vote: int) -> None:
        self.up.setChecked(vote > 0)
        self.down.setChecked(vote < 0)

    def _show_note(self, answer: Answer | None) -> None:
        note = answer.note if answer else ""
        if answer is self._answer and note == self._note:
            return
        self._answer, self._note = answer, note
        if note != self.note.text():
            self.note.setText(note)
        self.note_button.setChecked(bool(note) or self.note.hasFocus())

    def _on_keep_clicked(self) -> None:
        if self._answer is not None:
            self.keep_requested.emit(self._answer)

    def _vote(self, vote: int) -> None:
        if self._answer is None:
            return
        self._answer.vote = 0 if self._answer.vote == vote else vote
        self._show_vote(self._answer.vote)
        self.marked.emit(self._answer)

    def _on_note_toggled(self, is_open: bool) -> None:
        self.note.setVisible(is_open)
        if is_open and self.note_button.hasFocus():
            self.note.setFocus()

    def _on_note_typed(self, text: str) -> None:
        if self._answer is not None:
            self._answer.note = self._note = text
            self.noted.emit(self._answer)

    def _on_note_written(self) -> None:
        if self._answer is not None:
            self._answer.note = self._note = self.note.text()
            self.marked.emit(self._answer)

    def _lay_out(self) -> None:
        self.note.setPlaceholderText(self.tr("Note"))
        self.note.setAccessibleName(self.tr("Note on this reply"))
        self.note.hide()
        self.row.setSpacing(HALF)
        for button in (self.keep, self.up, self.down, self.note_button):
            button.setCheckable(True)
            self.row.addWidget(button)
        self.row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(self.row)
        column.addWidget(self.note)

    # Qt's

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _button(name: str, what: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setAutoRaise(True)
    button.setToolTip(what)
    button.setAccessibleName(what)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    return button
