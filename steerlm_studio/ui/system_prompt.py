"""The system text of a conversation: one line to read, unfolded to edit."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.tool_button import icon_button

_LINES = 4


class SystemPrompt(QWidget):
    """Shows the system text in one line; the pencil opens it."""

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.line = SmallElidedLabel()
        what = self.tr("Edit the system text of this conversation")
        self.edit_button = icon_button("edit", what)
        self.edit_button.setCheckable(True)
        self.editor = QPlainTextEdit()
        self.editor.setObjectName("systemText")
        self.editor.setTabChangesFocus(True)
        self.editor.setAccessibleName(self.tr("System text"))
        self.editor.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES + 2 * GRID)
        self.editor.hide()
        self.edit_button.toggled.connect(self._on_edit_toggled)
        self.editor.textChanged.connect(self._on_text_changed)
        self._lay_out()

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        """Show `text` without saying that it changed."""
        self._text = text
        self.editor.blockSignals(True)
        self.editor.setPlainText(text)
        self.editor.blockSignals(False)
        self._show_line()

    def _on_edit_toggled(self, is_open: bool) -> None:
        self.editor.setVisible(is_open)
        self.line.setVisible(not is_open)
        if is_open:
            self.editor.setFocus()

    def _on_text_changed(self) -> None:
        self._text = self.editor.toPlainText()
        self._show_line()
        self.changed.emit(self._text)

    def _show_line(self) -> None:
        line = shown(" ".join(self._text.split()))
        self.line.set_text(line or self.tr("No system text"))

    def _lay_out(self) -> None:
        caption = SmallLabel(self.tr("System"))
        caption.setBuddy(self.editor)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(caption)
        row.addWidget(self.line, 1)
        row.addWidget(self.edit_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(row)
        column.addWidget(self.editor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.edit_button.isChecked():
            self.edit_button.setChecked(False)
            return
        super().keyPressEvent(event)
