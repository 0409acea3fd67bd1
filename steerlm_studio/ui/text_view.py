"""Text as high as it is: plain or streaming Markdown, with no scroll bar of its own."""

from math import ceil

from PySide6.QtCore import QEvent, QMimeData, QRect, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit, QWidget

from steerlm_studio.ui import long_paragraph
from steerlm_studio.ui.code_colours import code_colours
from steerlm_studio.ui.markdown_blocks import are_plain_words, finished_length, pieces, takes_words
from steerlm_studio.ui.rich_text import SealedDocument, TextStyle, append_markdown
from steerlm_studio.ui.text_safety import LONGEST_RUN, shown
from steerlm_studio.ui.theme import colours_of, monospace

_KEY = Qt.Key
_SCROLLING = (_KEY.Key_Up, _KEY.Key_Down, _KEY.Key_PageUp, _KEY.Key_PageDown)
_SAFE_SCHEMES = ("http", "https", "mailto")
_AT_REST_MS = 300  # without a new word


class TextView(QTextBrowser):
    """Shows outside text: it opens no file, fetches nothing, and hides no direction override."""

    link_activated = Signal(QUrl)  # http, https and mailto only

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = ""
        self._is_plain = True
        self._finished = 0  # characters of the source that are shown for good
        self._tail = 0  # where in the document the growing block begins
        self._kept_style: TextStyle | None = None
        self._takes_words = False  # whether that block can go on without being made anew
        self._at_rest = QTimer(self)
        self._at_rest.setSingleShot(True)
        self._at_rest.timeout.connect(self._join)
        self.setDocument(SealedDocument(self))
        self.document().setDocumentMargin(0)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setUndoRedoEnabled(False)
        self.viewport().setAutoFillBackground(False)
        for grows_below in (self, self.viewport()):  # what stands above is not painted again
            grows_below.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self.anchorClicked.connect(self._on_anchor_clicked)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    @property
    def text(self) -> str:
        """The text as it was given, for copying."""
        return self._source

    def show_plain(self, text: str) -> None:
        self._source, self._is_plain = text, True
        self.setPlainText(shown(text))

    def show_markdown(self, text: str) -> None:
        """Show `text`; where it goes on from what is shown, only its last block is made anew."""
        if text == self._source and not self._is_plain:
            return
        grows = not self._is_plain and text.startswith(self._source[: self._finished])
        if grows and self._go_on(text):
            return
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        if not grows:
            self._finished = self._tail = 0
        self._cut_tail()
        style = self._style()
        finished = self._finished + finished_length(text[self._finished :])
        if finished > self._finished:
            self._append(text[self._finished : finished], style)
            self._finished = finished
            self._tail = self.document().characterCount() - 1
        if tail := text[finished:]:
            self._append(tail, style)
        cursor.endEditBlock()
        self._source, self._is_plain = text, False
        self._takes_words = takes_words(tail)

    def _append(self, markdown: str, style: TextStyle) -> None:
        for piece in pieces(markdown):
            if piece.strip():
                append_markdown(self.document(), shown(piece), style)

    def _go_on(self, text: str) -> bool:
        """Only put the new words behind the last one, where that is all that Markdown would do.

        Most words come so; each would else have its block parsed anew, however long it is.
        """
        old = self._source
        added = text[len(old) :]
        if not (self._takes_words and text.startswith(old) and are_plain_words(added, old)):
            return False
        run = max(old.rstrip(" ").rfind(" "), self._finished)  # where the last word begins
        if len(text) - run > LONGEST_RUN:
            return False
        here = shown(old[run:].rstrip(" "))
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(shown(text[run:].rstrip(" "))[len(here) :])
        self._source = text
        if long_paragraph.part(self.document()) or self._at_rest.isActive():
            self._at_rest.start(_AT_REST_MS)
        return True

    def _join(self) -> None:
        """What grows is in parts; what is searched, copied or given another width is not."""
        if self._at_rest.isActive():
            self._at_rest.stop()
        long_paragraph.join(self.document())

    def show_matches(self, words: str, current: int = -1) -> int:
        """Mark where `words` stand, the one numbered `current` stronger; returns how many."""
        marks = [_mark(found, self) for found in self._found(words)]
        if 0 <= current < len(marks):
            marks[current] = _mark(marks[current].cursor, self, is_current=True)
        self.setExtraSelections(marks)
        return len(marks)

    def count_matches(self, words: str) -> int:
        return len(self._found(words))

    def place_of_match(self, words: str, number: int) -> QRect:
        """The line of a match, in pixels of this widget."""
        found = self._found(words)
        return self.cursorRect(found[number]) if number < len(found) else QRect()

    def _found(self, words: str) -> list[QTextCursor]:
        self._join()
        cursors, cursor = [], QTextCursor(self.document())
        while words and not (cursor := self.document().find(words, cursor)).isNull():
            cursors.append(cursor)
        return cursors

    def _cut_tail(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._tail)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _style(self) -> TextStyle:
        """Kept until the palette or the font is another: a growing text asks for it each time."""
        if self._kept_style is None:
            colours = colours_of(self)
            font = monospace(self.fontInfo().pixelSize())
            raised = QColor(colours.raised)
            self._kept_style = TextStyle(font, raised, code_colours(colours))
        return self._kept_style

    def _fit(self) -> None:
        self.setFixedHeight(max(ceil(self.document().size().height()), self._line_height()))

    def _line_height(self) -> int:
        return QFontMetrics(self.font()).lineSpacing()

    def _on_anchor_clicked(self, url: QUrl) -> None:
        if url.scheme().lower() in _SAFE_SCHEMES:
            self.link_activated.emit(url)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        restyled = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in restyled:
            self._kept_style = None
        if event.type() in restyled and not self._is_plain:
            source, self._source, self._finished = self._source, "", 0
            self._is_plain = True
            self.show_markdown(source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if event.size().width() != event.oldSize().width():
            self.viewport().update()
            if self._at_rest.isActive():
                self._at_rest.start(0)  # its parts end where lines ended
        for height in (event.oldSize().height(), event.size().height()):  # the frame of the focus
            self.viewport().update(0, height - 1, self.width(), 1)

    def createMimeDataFromSelection(self) -> QMimeData:
        self._join()
        return super().createMimeDataFromSelection()

    def sizeHint(self) -> QSize:
        return QSize(400, self._line_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self._line_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(colours_of(self).accent))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _SCROLLING and not event.modifiers():
            event.ignore()  # the transcript scrolls, not the reply
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the transcript scrolls, not the reply


def _mark(
    cursor: QTextCursor, view: TextView, is_current: bool = False
) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.cursor = cursor
    colours = colours_of(view)
    mark.format.setBackground(QColor(colours.selection if is_current else colours.changed))
    mark.format.setForeground(QColor(colours.text))
    mark.format.setFontUnderline(is_current)
    return mark
