"""A prompt to read: nothing of it is markup, and what kind of stretch each is can be seen."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from steerlm_studio.ui.prompt_spans import BYTE, Span
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, Colours, colours_of, monospace

_NEWLINE = "\N{RETURN SYMBOL}\n"


class PromptText(QTextEdit):
    """Control tokens stand framed in bold; look-alikes are waved; a token's number is its tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spans: tuple[Span, ...] = ()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setAcceptRichText(False)
        self.setAccessibleName(self.tr("Prompt as it is sent"))
        self.document().setDocumentMargin(GRID)

    def show_spans(self, spans: Sequence[Span]) -> None:
        """Show these, the view staying where it was scrolled to."""
        if tuple(spans) == self._spans:
            return
        self._spans = tuple(spans)
        self._fill()

    def _fill(self) -> None:
        place = self.verticalScrollBar().value()
        colours, font = colours_of(self), monospace(self.fontInfo().pixelSize())
        self.setUpdatesEnabled(False)
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for span in self._spans:
            text = shown(span.text).replace("\n", _NEWLINE).replace(BYTE, "\N{MIDDLE DOT}")
            cursor.insertText(text, _look(span, colours, font))
        cursor.endEditBlock()
        self.setUpdatesEnabled(True)
        self.verticalScrollBar().setValue(place)

    # Qt's

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        changes = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in changes and hasattr(self, "_spans"):
            self._fill()


def _look(span: Span, colours: Colours, font: QFont) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setFont(font)
    look.setForeground(QColor(colours.text))
    if span.kind == "control":
        look.setFontWeight(QFont.Weight.Bold)
        look.setForeground(QColor(colours.on_accent))
        look.setBackground(QColor(colours.accent))
    elif span.kind == "lookalike":
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(QColor(colours.warning))
        look.setForeground(QColor(colours.warning))
    elif span.kind == "steering":
        look.setForeground(QColor(colours.quality))
    if span.token is not None:
        _mark_token(look, span, colours)
    return look


def _mark_token(look: QTextCharFormat, span: Span, colours: Colours) -> None:
    """Every other token is shaded; one that must be read anew is underlined."""
    if span.kind != "control" and (span.token or 0) % 2:
        look.setBackground(QColor(colours.selection))
    if not span.is_cached:
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        look.setUnderlineColor(QColor(colours.text))
