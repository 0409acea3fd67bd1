"""A reply beside another: what was put in is underlined, what was left out struck through."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor

from steerlm_studio.measures import words
from steerlm_studio.ui.rich_text import LINE_HEIGHT
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.text_view import TextView
from steerlm_studio.ui.theme import colours_of
from steerlm_studio.word_diff import Kind, Piece


class DiffView(TextView):
    """Shows pieces of a word diff; its accessible description counts them."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: tuple[Piece, ...] = ()
        self.setAccessibleName(self.tr("Differences"))

    def show_pieces(self, pieces: Sequence[Piece]) -> None:
        if tuple(pieces) == self._pieces:
            return
        self._pieces = tuple(pieces)
        self._draw()
        text = self.tr("%1 words inserted, %2 deleted").replace("%1", self._count("inserted"))
        self.setAccessibleDescription(text.replace("%2", self._count("deleted")))

    def _count(self, kind: Kind) -> str:
        return str(sum(len(words(piece.text)) for piece in self._pieces if piece.kind == kind))

    def _draw(self) -> None:
        formats = self._formats()
        self.show_plain("")
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.setBlockFormat(self._block_format())
        if not self._changes():
            cursor.insertText(self.tr("No difference."), formats["left out"])
        before = ""
        for piece in self._pieces if self._changes() else ():
            if before[-1:].isalnum() and piece.text[:1].isalnum():
                cursor.insertText(" ", formats["same"])  # a word in place of another
            before = piece.text
            words_at = len(piece.text) - len(piece.text.lstrip())
            cursor.insertText(piece.text[:words_at], formats["same"])
            cursor.insertText(shown(piece.text[words_at:]), formats[piece.kind])
        cursor.endEditBlock()

    def _changes(self) -> bool:
        return any(piece.kind in ("inserted", "deleted") for piece in self._pieces)

    def _block_format(self) -> QTextBlockFormat:
        """Lines as far apart as in the reply itself."""
        form = QTextBlockFormat()
        form.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        return form

    def _formats(self) -> dict[Kind, QTextCharFormat]:
        colours = colours_of(self)
        kinds: dict[Kind, str] = {
            "same": colours.text,
            "inserted": colours.good,
            "deleted": colours.error,
            "left out": colours.secondary,
        }
        formats = {}
        for kind, colour in kinds.items():
            form = QTextCharFormat()
            form.setForeground(QColor(colour))
            form.setFontUnderline(kind == "inserted")
            form.setFontStrikeOut(kind == "deleted")
            formats[kind] = form
        return formats

    # Qt's

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._pieces:
            self._draw()
