"""Where the prompt is typed: Enter sends, Shift+Enter begins a line; grows with the text."""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from steerlm_studio.errors import StudioError
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.key_names import keys_in_words
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.prompt_input import PromptInput, SendKey
from steerlm_studio.ui.text_files import text_of_file
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.tool_button import icon_button

_BUTTON_WIDTH = 88


class Composer(QWidget):
    """The input and its one button: Send, or Stop while an answer is written."""

    submitted = Signal(str)
    stop_requested = Signal()
    edit_last_requested = Signal()  # ↑ in an empty input
    edited = Signal(object, str)  # what was to be edited, its new text
    refused = Signal(str)  # why a dropped file cannot be taken: a sentence

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.input = PromptInput()
        self.input.set_hint(self.tr("Ask, or paste a prompt…"))
        self.input.setAccessibleName(self.tr("Prompt"))
        self.button = QPushButton()
        self._is_running = False
        self._edited: object | None = None
        self._held = ""  # what was typed before the editing began
        self._is_enabled = True
        self.button.setAccessibleDescription(self.tr("Enter sends, Esc stops"))
        self.button.clicked.connect(self._on_button_clicked)
        self.input.enter_pressed.connect(self._on_enter_pressed)
        self.input.textChanged.connect(self._show_state)
        self.input.fitted.connect(self._fit_button)
        self.input.up_pressed.connect(self.edit_last_requested)
        self.input.file_dropped.connect(self._on_file_dropped)
        self.button.setMinimumWidth(_BUTTON_WIDTH)
        self._lay_out()
        self.setFocusProxy(self.input)
        self._show_state()
        self._fit_button()

    @property
    def is_editing(self) -> bool:
        """Whether what is typed takes the place of an earlier question."""
        return self._edited is not None

    def begin_edit(self, what: object, text: str) -> None:
        """Change an earlier question; what was typed comes back when that is over."""
        if not self.is_editing:
            self._held = self.text()
        self._edited = what
        self.set_text(text)
        self._editing.show()
        self.input.setFocus()

    def end_edit(self) -> None:
        if self.is_editing:
            self._edited = None
            self._editing.hide()
            self.set_text(self._held)
            self.input.setFocus()

    def draft(self) -> str:
        """What was typed for a new question."""
        return self._held if self.is_editing else self.text()

    def set_draft(self, text: str) -> None:
        """Show what was typed for a new question; no earlier one is edited any more."""
        self._edited = None
        self._editing.hide()
        self.set_text(text)

    def set_send_key(self, key: SendKey) -> None:
        self.input.send_key = key
        self._show_state()

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
        if self.is_editing:
            edited = self._edited
            self.end_edit()
            self.edited.emit(edited, text)
        else:
            self.input.clear()
            self.submitted.emit(text)

    def _on_file_dropped(self, path: Path) -> None:
        try:
            self.input.insertPlainText(text_of_file(path))
        except StudioError as error:
            self.refused.emit(str(error))

    def _on_button_clicked(self) -> None:
        if self._is_running:
            self.stop_requested.emit()
        else:
            self._on_enter_pressed()
        self.input.setFocus()

    def _lay_out(self) -> None:
        self._editing = QWidget()
        cancel = icon_button("close", self.tr("Leave the question as it was (Esc)"))
        cancel.clicked.connect(self.end_edit)
        note = QHBoxLayout(self._editing)
        note.setContentsMargins(0, 0, 0, 0)
        note.addWidget(SmallLabel(self.tr("Editing a question: sending it begins a branch")))
        note.addWidget(cancel)
        note.addStretch(1)
        self._editing.hide()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.input, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addWidget(self._editing)
        column.addLayout(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_editing:
            self.end_edit()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Esc ends the editing before it stops an answer."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.is_editing
        ):
            event.accept()
            return True
        return super().event(event)

    def _fit_button(self) -> None:
        self.button.setFixedHeight(self.input.height_of(1))

    def _show_state(self) -> None:
        running = self._is_running
        self.button.setText(self.tr("Stop") if running else self.tr("Send"))
        self.button.setIcon(icon("stop") if running else QIcon())
        self.button.setDefault(not running)
        send = self.tr("Send (%1)").replace("%1", keys_in_words(self.input.send_key))
        self.button.setToolTip(self.tr("Stop and keep the text so far (Esc)") if running else send)
        self.button.setEnabled(running or (self._is_enabled and bool(self.text().strip())))
