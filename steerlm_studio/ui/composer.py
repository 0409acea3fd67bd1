"""Where the prompt is typed: Enter sends, Shift+Enter begins a line; grows with the text."""

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QIcon, QInputMethodEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.theme import GRID

_MAX_LINES = 10
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


_BUTTON_WIDTH = 88


class Composer(QWidget):
    """The input and its one button: Send, or Stop while an answer is written."""

    submitted = Signal(str)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.input = PromptInput()
        self.input.setPlaceholderText(self.tr("Ask, or paste a prompt…"))
        self.input.setAccessibleName(self.tr("Prompt"))
        self.button = QPushButton()
        self._is_running = False
        self._is_enabled = True
        self.button.setAccessibleDescription(self.tr("Enter sends, Esc stops"))
        self.button.clicked.connect(self._on_button_clicked)
        self.input.enter_pressed.connect(self._on_enter_pressed)
        self.input.textChanged.connect(self._show_state)
        self.input.fitted.connect(self._fit_button)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.input, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        self.button.setMinimumWidth(_BUTTON_WIDTH)
        self.setFocusProxy(self.input)
        self._show_state()
        self._fit_button()

    def text(self) -> str:
        return self.input.toPlainText()

    def set_text(self, text: str) -> None:
        self.input.setPlainText(text)
        self.input.moveCursor(self.input.textCursor().MoveOperation.End)

    def set_running(self, is_running: bool) -> None:
        """While an answer is written the button stops it."""
        self._is_running = is_running
        self._show_state()

    def set_ready(self, is_ready: bool) -> None:
        """Whether there is a model to send to."""
        self._is_enabled = is_ready
        self._show_state()

    def _on_enter_pressed(self) -> None:
        if self._is_running or not self._is_enabled or not self.text().strip():
            return
        text = self.text().strip()
        self.input.clear()
        self.submitted.emit(text)

    def _on_button_clicked(self) -> None:
        if self._is_running:
            self.stop_requested.emit()
        else:
            self._on_enter_pressed()
        self.input.setFocus()

    def _fit_button(self) -> None:
        self.button.setFixedHeight(self.input.height_of(1))

    def _show_state(self) -> None:
        running = self._is_running
        self.button.setText(self.tr("Stop") if running else self.tr("Send"))
        self.button.setIcon(icon("stop") if running else QIcon())
        self.button.setDefault(not running)
        self.button.setToolTip(
            self.tr("Stop and keep the text so far (Esc)") if running else self.tr("Send (Enter)")
        )
        self.button.setEnabled(running or (self._is_enabled and bool(self.text().strip())))


class PromptInput(QPlainTextEdit):
    """A plain text edit as high as its text, that leaves Enter to the composer."""

    enter_pressed = Signal()
    fitted = Signal()  # the height follows text and font

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_composing = False
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(GRID)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        if event.key() in _ENTER and plain and not self._is_composing:
            self.enter_pressed.emit()
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
