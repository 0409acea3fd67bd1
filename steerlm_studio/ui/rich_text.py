"""Markdown from outside as formatted text that loads nothing and can be added block by block."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFormat,
    QTextFragment,
)

from steerlm_studio.ui.code_colours import CodeColours, coloured

_FEATURES = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)
LINE_HEIGHT = 135.0  # per cent
_CODE_FENCE = QTextFormat.Property.BlockCodeFence
_LANGUAGE = QTextFormat.Property.BlockCodeLanguage


@dataclass(frozen=True)
class TextStyle:
    """What the formatting takes from the window's looks."""

    code_font: QFont
    code_background: QColor
    code_colours: CodeColours
    gap: int = 8  # pixels between blocks


class SealedDocument(QTextDocument):
    """A document whose text can name files and addresses, but never makes it open one."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        return None


def append_markdown(document: QTextDocument, markdown: str, style: TextStyle) -> None:
    """Add `markdown` as new blocks at the end of `document`."""
    piece = _parsed(markdown, style)
    first = piece.begin()
    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    if not document.isEmpty():
        cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
    start = cursor.position()
    shape = QTextBlockFormat(first.blockFormat())
    shape.setObjectIndex(-1)  # it would name a list of the other document
    cursor.setBlockFormat(shape)
    cursor.insertFragment(QTextDocumentFragment(piece))
    if first.textList() is not None:
        _drop_empty_block(document, start)


def _drop_empty_block(document: QTextDocument, position: int) -> None:
    """A list never starts in the block it is inserted at: take that one away."""
    block = document.findBlock(position)
    if block.text() or not block.next().isValid():
        return
    cursor = QTextCursor(block)
    cursor.deleteChar()


def _parsed(markdown: str, style: TextStyle) -> SealedDocument:
    document = SealedDocument()
    document.setMarkdown(markdown, _FEATURES)
    block = document.begin()
    while block.isValid():
        _mend_fragments(document, block, style)
        _dress(block, style)
        block = block.next()
    _colour_code(document, style)
    return document


def _colour_code(document: QTextDocument, style: TextStyle) -> None:
    """Each fenced block is lexed as a whole: a string or comment may go over several lines."""
    block = document.begin()
    while block.isValid():
        first, language = block, _language(block)
        lines = []
        while _is_code(block) and _language(block) == language:
            lines.append(block.text())
            block = block.next()
        if lines:
            code = "\n".join(lines)
            place = _qt_places(code)
            for start, length, colour in coloured(code, language, style.code_colours):
                begin, end = place[start], place[start + length]
                _paint(document, first.position() + begin, end - begin, colour)
        else:
            block = block.next()


def _qt_places(text: str) -> Sequence[int]:
    """Where each character stands for Qt, which counts those beyond 65,535 twice."""
    if text.isascii():
        return range(len(text) + 1)
    return [0, *accumulate(1 + (ord(character) > 0xFFFF) for character in text)]


def _language(block: QTextBlock) -> str:
    return str(block.blockFormat().property(_LANGUAGE) or "")


def _paint(document: QTextDocument, start: int, length: int, colour: QColor) -> None:
    form = QTextCharFormat()
    form.setForeground(colour)
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
    cursor.mergeCharFormat(form)


def _mend_fragments(document: QTextDocument, block: QTextBlock, style: TextStyle) -> None:
    """Code gets its font; an image becomes its address in brackets: it is never fetched."""
    for fragment in reversed(_fragments(block)):
        form = fragment.charFormat()
        if form.isImageFormat():
            name = form.toImageFormat().name()
            _selected(document, fragment).insertText(f"[{name}]", QTextCharFormat())
        elif form.fontFixedPitch():
            code = QTextCharFormat()
            code.setFont(style.code_font)
            _selected(document, fragment).mergeCharFormat(code)


def _fragments(block: QTextBlock) -> list[QTextFragment]:
    """Stretches of one character format."""
    found, fragments = block.begin(), []
    while not found.atEnd():
        fragments.append(found.fragment())
        found += 1
    return fragments


def _dress(block: QTextBlock, style: TextStyle) -> None:
    shape = block.blockFormat()
    cursor = QTextCursor(block)
    if cursor.currentTable() is not None:
        return
    if _is_code(block):
        shape.setTopMargin(0 if _is_code(block.previous()) else style.gap // 2)
        shape.setBottomMargin(0 if _is_code(block.next()) else style.gap)
        shape.setLeftMargin(style.gap)
        shape.setBackground(style.code_background)
        shape.setNonBreakableLines(False)
        shape.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # code is read so everywhere
    else:
        top, bottom = _margins(block, style)
        shape.setTopMargin(top)
        shape.setBottomMargin(bottom)
        proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight
        shape.setLineHeight(LINE_HEIGHT, proportional.value)
    cursor.setBlockFormat(shape)


def _selected(document: QTextDocument, fragment: QTextFragment) -> QTextCursor:
    cursor = QTextCursor(document)
    cursor.setPosition(fragment.position())
    cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _is_code(block: QTextBlock) -> bool:
    shape = block.blockFormat()
    return block.isValid() and (shape.hasProperty(_CODE_FENCE) or shape.hasProperty(_LANGUAGE))


def _margins(block: QTextBlock, style: TextStyle) -> tuple[int, int]:
    """Pixels above and below."""
    if block.textList() is not None:
        return 0, style.gap // 2
    if block.blockFormat().headingLevel():
        above = style.gap if block.previous().isValid() else 0
        return above, style.gap // 2
    return 0, style.gap
