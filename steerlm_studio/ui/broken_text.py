"""Typing in one string that is shown with a place to end a line after each comma."""

from PySide6.QtCore import QMimeData, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from steerlm_studio.ui.control_layout import (
    BREAK,
    place_shown,
    place_typed,
    with_breaks,
    without_breaks,
)

_MODES, _PLACES = QTextCursor.MoveMode, QTextCursor.MoveOperation


class BrokenText(QPlainTextEdit):
    """A break stands after each comma on the screen, so that lines end between attributes.

    The cursor passes it together with its comma, and nothing that leaves the widget holds one.
    """

    edited = Signal(str)  # the string, after each change by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._string = ""
        self._is_writing = False
        self.textChanged.connect(self._on_text_changed)
        self.cursorPositionChanged.connect(self._pass_break)

    @property
    def string(self) -> str:
        """What stands here, right or wrong."""
        return self._string

    def cursor_place(self) -> int:
        """Where the cursor stands in `string`."""
        return place_typed(self.textCursor().position(), self.toPlainText())

    def move_to(self, place: int) -> None:
        """Put the cursor there in `string`; a selection stays."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.setPosition(place_shown(place, self._string))
            self.setTextCursor(cursor)

    def write(self, string: str) -> None:
        """Replace only what differs; text and colours are one edit, so one layout."""
        self._is_writing = True
        old, new = self.toPlainText(), with_breaks(string)
        start = _common(old, new)
        end = _common(old[start:][::-1], new[start:][::-1])
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(len(old) - end, _MODES.KeepAnchor)
        self._string = string
        cursor.beginEditBlock()
        if old != new:
            cursor.insertText(new[start : len(new) - end])
        self.colour()
        cursor.endEditBlock()
        self._is_writing = False
        self.fit()

    def colour(self) -> None:
        """Set the formats of the layout; within the edit that changed the string."""

    def fit(self) -> None:
        """The string is another: ask for the room that it needs."""

    def _on_text_changed(self) -> None:
        if self._is_writing:
            return
        before, shown = self._string, self.toPlainText()
        string, place = without_breaks(shown), self.cursor_place()
        if shown != with_breaks(string):
            self.write(string)
            self.move_to(min(place, len(string)))
        if string != before:
            self._string = string
            self.fit()
            self.edited.emit(string)

    def _pass_break(self) -> None:
        """The cursor never stands between a comma and its break."""
        cursor = self.textCursor()
        if self.document().characterAt(cursor.position()) == BREAK:
            move = _MODES.KeepAnchor if cursor.hasSelection() else _MODES.MoveAnchor
            cursor.setPosition(cursor.position() + 1, move)
            self.setTextCursor(cursor)

    def _go_to_end(self, event: QKeyEvent) -> None:
        """It is one string, however many lines it takes."""
        place = _PLACES.Start if event.key() == Qt.Key.Key_Home else _PLACES.End
        self.moveCursor(place, _MODES.KeepAnchor if _selects(event) else _MODES.MoveAnchor)

    def _step_before_break(self, event: QKeyEvent) -> None:
        """So that one press passes, or deletes, the comma together with its break."""
        cursor = self.textCursor()
        place = cursor.position()
        if cursor.hasSelection() and not _selects(event):
            return
        if place and self.document().characterAt(place - 1) == BREAK:
            mode = _MODES.KeepAnchor if _selects(event) else _MODES.MoveAnchor
            cursor.setPosition(place - 1, mode)
            with QSignalBlocker(self):
                self.setTextCursor(cursor)

    # Qt's

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to_end(event)
            return
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Backspace):
            self._step_before_break(event)
        super().keyPressEvent(event)

    def createMimeDataFromSelection(self) -> QMimeData:
        """Qt's object, without our breaks: one of ours would outlive Python in the clipboard."""
        copied = super().createMimeDataFromSelection()
        string = without_breaks(copied.text())
        copied.clear()
        copied.setText(string)
        return copied


def _selects(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
