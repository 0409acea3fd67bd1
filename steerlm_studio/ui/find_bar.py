"""Finding words in the conversation: marks them all, goes from one to the next."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.labels import SmallNumberLabel
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.tool_button import icon_button
from steerlm_studio.ui.transcript import Transcript

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FindBar(QWidget):
    """Hidden until `open`. Turns that are not shown yet are counted by their text."""

    closed = Signal()

    def __init__(self, transcript: Transcript, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._transcript = transcript
        self._counts: list[int] = []  # matches of each turn
        self._at = -1  # the current one, over all turns
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find in this conversation"))
        self.field.setAccessibleName(self.tr("Find in this conversation"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._on_text_changed)
        self.count = SmallNumberLabel()
        self.previous = icon_button("chevron-up", self.tr("Previous match (Shift+Enter)"))
        self.next = icon_button("chevron-down", self.tr("Next match (Enter)"))
        self.close_button = icon_button("close", self.tr("Close (Esc)"))
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self.close_button.clicked.connect(self.end)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, HALF, 2 * GRID, HALF)
        row.setSpacing(HALF)
        row.addWidget(self.field, 1)
        for widget in (self.count, self.previous, self.next, self.close_button):
            row.addWidget(widget)
        self.count.setMinimumWidth(self.fontMetrics().horizontalAdvance("000 of 000"))
        self.hide()

    def open(self) -> None:
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self._on_text_changed()

    def end(self) -> None:
        """Take the marks away."""
        self.hide()
        self._mark("")
        self.closed.emit()

    def refresh(self) -> None:
        """The conversation is another, or has grown."""
        if not self.isHidden():
            self._count()
            self._at = min(self._at, sum(self._counts) - 1)
            self._show()

    def step(self, by: int) -> None:
        """Go to the next match, or with -1 to the one before; round at the ends."""
        self._count()
        total = sum(self._counts)
        if total:
            self._at = (self._at + by) % total if self._at >= 0 or by > 0 else total - 1
            self._go()
        self._show()

    def _on_text_changed(self) -> None:
        self._count()
        self._at = -1
        if sum(self._counts):
            self.step(1)
        self._show()

    def _count(self) -> None:
        words = self.field.text()
        self._counts = [
            self._count_in(turn, answer, words)
            for turn, answer in enumerate(self._transcript.turns())
        ]

    def _count_in(self, turn: int, answer: Answer, words: str) -> int:
        if view := self._transcript.view_of(turn):
            return view.show_matches(words)
        if not words:
            return 0
        found = (text.casefold().count(words.casefold()) for text in (answer.question, answer.text))
        return sum(found)

    def _go(self) -> None:
        """Bring the current match to the screen."""
        turn, number = self._place()
        words = self.field.text()
        view = self._transcript.reveal(turn)
        self._counts[turn] = view.show_matches(words)
        number = min(number, self._counts[turn] - 1)  # Markdown's signs are not shown
        if number >= 0:
            self._transcript.scroll_to(view, lambda: view.place_of_match(words, number))

    def _place(self) -> tuple[int, int]:
        """Turn of the current match, and its number there."""
        left = self._at
        for turn, count in enumerate(self._counts):
            if left < count:
                return turn, left
            left -= count
        return 0, -1

    def _show(self) -> None:
        self._mark(self.field.text())
        total = sum(self._counts)
        text = self.tr("%1 of %2").replace("%1", str(self._at + 1)).replace("%2", str(total))
        nothing = self.tr("none") if self.field.text() else ""
        self.count.setText(text if total else nothing)
        for button in (self.previous, self.next):
            button.setEnabled(total > 0)

    def _mark(self, words: str) -> None:
        here = self._place() if self._at >= 0 else (-1, -1)
        for turn in range(self._transcript.earlier, len(self._transcript.turns())):
            if view := self._transcript.view_of(turn):
                view.show_matches(words, here[1] if turn == here[0] else -1)

    # Qt's

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self.isHidden():
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() in _ENTER:
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.step(-1 if is_back else 1)
        else:
            super().keyPressEvent(event)
