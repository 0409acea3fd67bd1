"""How a control string looks: coloured by group, what changed lit, slips waved."""

from collections.abc import Collection, Sequence

from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextLayout

from steerlm_studio.steer.lint import Problem
from steerlm_studio.ui.colours import Colours
from steerlm_studio.ui.control_layout import Piece, pieces_of, place_shown


def formats_of(
    string: str, lit: Collection[str], problems: Sequence[Problem], colours: Colours
) -> list[QTextLayout.FormatRange]:
    """The formats of what is shown for `string`, the keys of `lit` as just changed."""
    pieces = [_piece(piece, string, piece.key in lit, colours) for piece in pieces_of(string)]
    return pieces + [_wave(problem, string, colours) for problem in problems]


def _piece(piece: Piece, string: str, is_lit: bool, colours: Colours) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setForeground(colours.group(piece.group) if piece.group else QColor(colours.text))
    if is_lit:
        look.setBackground(QColor(colours.changed))
        look.setFontWeight(QFont.Weight.Bold)
    return _range(place_shown(piece.start, string), len(piece.text), look)


def _wave(problem: Problem, string: str, colours: Colours) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    look.setUnderlineColor(QColor(colours.error if problem.is_error else colours.warning))
    start = place_shown(problem.start, string)
    return _range(start, place_shown(problem.end, string) - start, look)


def _range(start: int, length: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = start, length, look
    return found
