"""The control string to read and to type in: coloured by group, what changed lit, slips waved."""

import math
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from steerlm_studio.steer.lint import Problem
from steerlm_studio.steer.pasted import control_string_in
from steerlm_studio.ui.broken_text import BrokenText
from steerlm_studio.ui.control_layout import pieces_of, wrapped
from steerlm_studio.ui.control_look import formats_of
from steerlm_studio.ui.theme import colours_of, monospace

_MOST_LINES, _FEWEST_LINES = 4, 2  # on a screen with room for much text, or for little
_SHARE = 10  # of the lines that a screen holds, one is ours
_MARGIN = 2  # px around the text


class ControlText(BrokenText):
    """Shows and edits one string; what it means is the business of `ControlString`."""

    pasted = Signal(str)  # a whole control string, out of what was pasted
    entered = Signal()  # the user begins to type here
    finished = Signal()  # Enter, or the focus went on
    revert_asked = Signal()  # Esc

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lit: frozenset[str] = frozenset()
        self._problems: tuple[Problem, ...] = ()
        self._lines = 0
        self._dress()
        self._measure()

    @property
    def lit(self) -> frozenset[str]:
        """The keys that are shown as just changed."""
        return self._lit

    def show_string(self, string: str, lit: Iterable[str] = ()) -> None:
        """Show `string`, these keys lit; the cursor stays in its piece. Painted on return."""
        key, offset = self._place_in_piece()
        self._lit = frozenset(lit)
        self._problems = ()
        self.write(string)
        self.move_to(self._place_of(key, offset))
        self._show_lit_line()
        self.viewport().repaint()

    def mark(self, problems: Sequence[Problem], lit: Iterable[str]) -> None:
        """Wave below what is wrong with the string as typed; light what it has changed."""
        self._problems, self._lit = tuple(problems), frozenset(lit)
        self.colour()
        if problems and not self.hasFocus():
            self.move_to(problems[0].start)
            self.ensureCursorVisible()

    def _place_in_piece(self) -> tuple[str, int]:
        place = self.cursor_place()
        for piece in reversed(pieces_of(self.string)):
            if piece.start <= place:
                return piece.key, place - piece.start
        return "", place

    def _place_of(self, key: str, offset: int) -> int:
        for piece in pieces_of(self.string):
            if piece.key == key:
                return piece.start + min(offset, len(piece.text))
        return min(offset, len(self.string))

    def colour(self) -> None:
        """Set the formats of the layout itself: no pass of a highlighter, no second layout."""
        block = self.document().firstBlock()
        looks = formats_of(self.string, self._lit, self._problems, colours_of(self))
        block.layout().setFormats(looks)
        self.document().markContentsDirty(0, block.length())

    def _show_lit_line(self) -> None:
        """What a slider changed is in view, where the string has more lines than fit."""
        lit = next((p for p in pieces_of(self.string) if p.key in self._lit), None)
        if lit and self._lines > self._most_lines and not self.hasFocus():
            self.move_to(lit.start)
            self.ensureCursorVisible()

    def _measure(self) -> None:
        self._font = monospace(self.fontInfo().pixelSize())
        self.document().setDefaultFont(self._font)
        metrics = QFontMetricsF(self._font)
        self._column, self._line = metrics.horizontalAdvance("0"), metrics.lineSpacing()

    def fit(self) -> None:
        """Ask for another height only when the number of lines has changed."""
        lines = self._line_count(self.viewport().width())
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()
            many = lines > self._most_lines
            always, never = (
                Qt.ScrollBarPolicy.ScrollBarAsNeeded,
                Qt.ScrollBarPolicy.ScrollBarAlwaysOff,
            )
            self.setVerticalScrollBarPolicy(always if many else never)

    @property
    def _most_lines(self) -> int:
        on_screen = self.screen().availableGeometry().height() / self._line
        return max(_FEWEST_LINES, min(_MOST_LINES, int(on_screen / _SHARE)))

    def _line_count(self, width: float) -> int:
        columns = int((width - 2 * _MARGIN) / self._column)
        return max(1, len(wrapped(pieces_of(self.string), columns)))

    def _dress(self) -> None:
        self.setAccessibleName(self.tr("Control string"))
        self.setPlaceholderText(self.tr("Nothing is set: no control line is sent."))
        self.setToolTip(self.tr("What the sliders say, to the model. Type here to move them."))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUndoRedoEnabled(False)  # the panel's undo covers typing as well
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(_MARGIN)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    # Qt's

    def event(self, event: QEvent) -> bool:
        """Undo and redo go to the panel; Esc stays here while there is something to take back."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finished.emit()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.revert_asked.emit()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """A whole prompt, or a whole control string, takes the place of what is here."""
        text = source.text()
        if not text.strip():
            return  # nothing to paste must not empty what is selected
        if (found := control_string_in(text)) is not None:
            cursor = self.textCursor()
            cursor.clearSelection()
            self.setTextCursor(cursor)
            self.pasted.emit(found)
        else:
            self.insertPlainText(" ".join(text.split()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.finished.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_lines"):
            self._measure()
            self.colour()
            self.updateGeometry()
        elif event.type() == QEvent.Type.PaletteChange and hasattr(self, "_lines"):
            self.colour()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def heightForWidth(self, width: int) -> int:
        lines = min(self._line_count(width), self._most_lines)
        return math.ceil(lines * self._line) + 2 * _MARGIN + 2 * self.frameWidth() + 2

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(self.width() or 400))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, math.ceil(self._line) + 2 * _MARGIN)
