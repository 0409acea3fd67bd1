"""Text set in lines for paper, one after the other, so that a megabyte takes little memory."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import bidirectional

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QImage,
    QPagedPaintDevice,
    QPainter,
    QTextLayout,
    QTextLine,
    QTextOption,
)

from steerlm_studio.ui.colours import LIGHT
from steerlm_studio.ui.text_safety import shown

Device = QPagedPaintDevice | QImage
LEADING = 1.15  # of a line's own height
_LONGEST = 16_000  # characters set at once
_TAB = 8  # letters


@dataclass(frozen=True)
class Look:
    """How a text is set; `heads` keeps its lines on the page of what follows."""

    points: float
    colour: str = LIGHT.text
    is_bold: bool = False
    is_fixed: bool = False
    heads: bool = False

    def font(self) -> QFont:
        """Without ligatures: who copies from the file would get one sign for two letters."""
        kind = QFontDatabase.SystemFont
        font = QFontDatabase.systemFont(kind.FixedFont if self.is_fixed else kind.GeneralFont)
        font.setPointSizeF(self.points)
        font.setBold(self.is_bold)
        font.setFeature(QFont.Tag("liga"), 0)
        return font


@dataclass(frozen=True)
class Line:
    """One line, ready to be drawn; `height` has the space around it."""

    line: QTextLine
    layout: QTextLayout  # owns `line`
    colour: str
    heads: bool
    above: float
    height: float

    def draw(self, painter: QPainter, x: float, y: float) -> None:
        painter.setPen(self.colour)
        self.line.draw(painter, QPointF(x, y + self.above - self.line.y()))


@dataclass(frozen=True)
class Text:
    """A text and its look; `below` is what is left free under it, in dots."""

    text: str
    look: Look
    below: float = 0.0

    def lines(self, device: Device, width: float) -> Iterator[Line]:
        font = self.look.font()
        pieces = list(_pieces(self.text))
        for place, piece in enumerate(pieces):
            layout = _set(piece, font, device, width, is_fixed=self.look.is_fixed)
            count = layout.lineCount()
            for number in range(count):
                line = layout.lineAt(number)
                space = line.height() * (LEADING - 1)
                is_last = place == len(pieces) - 1 and number == count - 1
                height = line.height() + space + (self.below if is_last else 0)
                yield Line(line, layout, self.look.colour, self.look.heads, space / 2, height)


class Column:
    """Lines one below the other, set when they are asked for."""

    def __init__(self, texts: Iterable[Text], device: Device, width: float) -> None:
        self._source = (line for text in texts for line in text.lines(device, width))
        self._waiting: deque[Line] = deque()

    @property
    def is_done(self) -> bool:
        if not self._waiting:
            self._waiting.extend(_first(self._source))
        return not self._waiting

    def take(self, height: float, *, whatever: bool = False) -> list[Line]:
        """The lines that fit, without headings at their end; `whatever` takes one at least."""
        found: list[Line] = []
        while not self.is_done and (height >= self._waiting[0].height or (whatever and not found)):
            line = self._waiting.popleft()
            height -= line.height
            found.append(line)
        kept = list(found)
        while not self.is_done and kept and kept[-1].heads:
            kept.pop()
        if not kept and whatever:
            return found
        self._waiting.extendleft(reversed(found[len(kept) :]))
        return kept


def _first(source: Iterator[Line]) -> list[Line]:
    line = next(source, None)
    return [] if line is None else [line]


def _set(text: str, font: QFont, device: Device, width: float, *, is_fixed: bool) -> QTextLayout:
    layout = QTextLayout(text, font, device)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    direction = Qt.LayoutDirection
    option.setTextDirection(direction.LeftToRight if is_fixed else direction.LayoutDirectionAuto)
    if not is_fixed and _is_right_to_left(text):
        option.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
    layout.setTextOption(option)
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, y))
        y += line.height()
    layout.endLayout()
    return layout


def _is_right_to_left(text: str) -> bool:
    """By its first letter that has a direction, as Unicode's rule P2 says."""
    kinds = (bidirectional(letter) for letter in text)
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), False)


def _pieces(text: str) -> Iterator[str]:
    """The lines, endless ones in pieces."""
    for line in shown(text.replace("\r\n", "\n")).expandtabs(_TAB).split("\n"):
        while len(line) > _LONGEST:
            place = max(line.rfind(" ", 0, _LONGEST), line.rfind("\u200b", 0, _LONGEST))
            place = _LONGEST if place < _LONGEST // 2 else place + 1
            yield line[:place]
            line = line[place:]
        yield line
