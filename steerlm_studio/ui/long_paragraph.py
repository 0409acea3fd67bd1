"""A paragraph that grows without end, in parts: Qt lays a whole block out for each new word."""

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat

LONG = 1000  # characters from which on full lines are parted from the growing one
_IS_PART = QTextFormat.Property.UserProperty.value + 1


def part(document: QTextDocument) -> bool:
    """Give the full lines of a long last paragraph a block of their own; whether it was done.

    The space at the end of the last full line becomes the end of the block, so that nothing moves:
    neither a letter on the screen nor the position of any in the document.
    """
    block = document.lastBlock()
    shape, lines = block.blockFormat(), block.layout().lineCount()
    if block.length() < LONG or lines < 2 or block.textList() is not None or shape.headingLevel():
        return False
    start = block.position() + block.layout().lineAt(lines - 1).textStart()
    form = _format_at(document, start)
    if document.characterAt(start - 1) != " " or form != _format_at(document, start + 1):
        return False
    if QTextCursor(block).currentTable() is not None:
        return False
    cursor = _over(document, start - 1)
    cursor.beginEditBlock()
    rest = block.blockFormat()
    rest.setTopMargin(0)
    rest.setLayoutDirection(block.textDirection())  # its own first letters may run otherwise
    rest.setProperty(_IS_PART, True)
    cursor.insertBlock(rest, form)
    shape.setBottomMargin(0)
    QTextCursor(document.findBlock(start - 1)).setBlockFormat(shape)
    cursor.endEditBlock()
    return True


def join(document: QTextDocument) -> None:
    """Make one block of the last paragraph's parts again."""
    block = document.lastBlock()
    if not _is_part(block):
        return
    bottom = block.blockFormat().bottomMargin()
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    while _is_part(block):
        start = block.position()
        block = block.previous()
        shape = block.blockFormat()
        _over(document, start - 1).insertText(" ", _format_at(document, start - 1))
        block = document.findBlock(start - 1)
        QTextCursor(block).setBlockFormat(shape)
    shape.setBottomMargin(bottom)
    QTextCursor(block).setBlockFormat(shape)
    cursor.endEditBlock()


def _is_part(block: QTextBlock) -> bool:
    return block.blockFormat().hasProperty(_IS_PART)


def _over(document: QTextDocument, position: int) -> QTextCursor:
    """One character, selected."""
    cursor = QTextCursor(document)
    cursor.setPosition(position)
    cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def _format_at(document: QTextDocument, position: int) -> QTextCharFormat:
    """That of the character before `position`."""
    cursor = QTextCursor(document)
    cursor.setPosition(position)
    return cursor.charFormat()
