"""Colours for code in replies: what each stretch of a code block is painted with."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token
from pygments.util import ClassNotFound
from PySide6.QtGui import QColor

from steerlm_studio.ui.colours import Colours

LONGEST = 20_000  # characters: longer blocks stay in one colour, lexing them would take too long


@dataclass(frozen=True)
class CodeColours:
    """One colour per kind of word; each carries text on the background of code."""

    keyword: QColor
    name: QColor
    text: QColor
    number: QColor
    comment: QColor


def code_colours(colours: Colours) -> CodeColours:
    """Taken from the window's own colours, so that both modes are served."""
    return CodeColours(
        keyword=QColor(colours.accent),
        name=QColor(colours.safety),
        text=QColor(colours.good),
        number=QColor(colours.style),
        comment=QColor(colours.secondary),
    )


def coloured(code: str, language: str, colours: CodeColours) -> Iterator[tuple[int, int, QColor]]:
    """Stretches of `code` as (start, length, colour); none for an unknown language."""
    kinds = (
        (Token.Comment, colours.comment),
        (Token.Keyword, colours.keyword),
        (Token.Operator.Word, colours.keyword),
        (Token.Literal.String, colours.text),
        (Token.Literal.Number, colours.number),
        (Token.Name.Function, colours.name),
        (Token.Name.Class, colours.name),
        (Token.Name.Tag, colours.name),
        (Token.Name.Decorator, colours.name),
    )
    if not language or len(code) > LONGEST:
        return
    lexer = _lexer(language)
    if lexer is None:
        return
    for start, kind, piece in lexer.get_tokens_unprocessed(code):
        colour = next((colour for family, colour in kinds if kind in family), None)
        if colour is not None and piece.strip():
            yield start, len(piece), colour


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    """Kept, since looking one up takes longer than reading a block with it."""
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
