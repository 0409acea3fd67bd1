"""A plain text edit as high as its text: which keys send, and what may be dropped on it."""

from typing import Literal

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from steerlm_studio.steer.pasted import prompt_in
from steerlm_studio.ui.text_files import text_file_in
from steerlm_studio.ui.theme import GRID

SendKey = Literal["Enter", "Ctrl+Enter"]
_MAX_LINES = 10
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PromptInput(QPlainTextEdit):
    """A plain text edit as high as its text, that leaves Enter to the composer."""

    enter_pressed = Signal()
    up_pressed = Signal()  # in an empty input
    file_dropped = Signal(object)  # Path
    prompt_pasted = Signal(object)  # steer.pasted.Pasted, of which the question is typed
    fitted = Signal()  # the height follows text and font

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.send_key: SendKey = "Enter"
        self._is_composing = False
        self._hint = ""
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(GRID)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def set_hint(self, text: str) -> None:
        """What to say while nothing is typed; Qt's own touches the edge from right to left."""
        self._hint = text
        self.viewport().update()

    def height_of(self, lines: int) -> int:
        """Pixels, for so many lines of text."""
        frame = 2 * self.frameWidth() + 2 * round(self.document().documentMargin())
        return lines * self.fontMetrics().lineSpacing() + frame

    def _fit(self) -> None:
        needed = max(int(self.document().size().height()), 1)
        lines = min(needed, _MAX_LINES)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if needed > lines else policy.ScrollBarAlwaysOff
        )
        self.setFixedHeight(self.height_of(lines))
        self.fitted.emit()

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._hint and self.document().isEmpty() and not self._is_composing:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            margin = round(self.document().documentMargin())
            area = self.viewport().rect().adjusted(margin, margin, -margin, 0)
            painter.setLayoutDirection(self.layoutDirection())
            painter.drawText(
                area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading, self._hint
            )
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._sends(event):
            self.enter_pressed.emit()
        elif event.key() == Qt.Key.Key_Up and not self.toPlainText() and not event.modifiers():
            self.up_pressed.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Ctrl+Enter is a key of the window too: where it sends, it is ours while there is text."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_ours = self.send_key == "Ctrl+Enter" and bool(self.toPlainText().strip())
            if is_ours and self._sends(event):
                event.accept()
                return True
        return super().event(event)

    def _sends(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        wanted = Qt.KeyboardModifier.NoModifier
        if self.send_key == "Ctrl+Enter":
            wanted = Qt.KeyboardModifier.ControlModifier
        return event.key() in _ENTER and modifiers == wanted and not self._is_composing

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        if source.hasUrls():
            return text_file_in(source) is not None
        return super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if path := text_file_in(source):
            self.file_dropped.emit(path)
        elif pasted := prompt_in(source.text()):
            self.insertPlainText(pasted.question)
            self.prompt_pasted.emit(pasted)
        else:
            super().insertFromMimeData(source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
