"""Conversations on pages of A4: versions of a reply side by side, a footer with the number.

Qt's own documents lay out pages, too, but lose frames behind a page break and draw long
paragraphs in quadratic time; here lines are set and drawn one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from steerlm_studio.ui.colours import LIGHT
from steerlm_studio.ui.paper_lines import Column, Device, Line, Look, Text
from steerlm_studio.ui.text_safety import shown

PAGE = (210.0, 297.0)  # mm
SIDE, TOP = 18.0, 20.0  # mm left free
_WIDTH, _HEIGHT = PAGE[0] - 2 * SIDE, 249.0  # mm of text
_FOOTER = 8.0  # mm from the text to the footer
_GAP = 3.0  # mm between rows and between columns
_MOST_COLUMNS = 3
_LONGEST_BESIDE = 30_000  # characters: longer replies stand below each other
_ROOM = 30.0  # mm: a page with less left takes no heading and no question any more

_TITLE, _HEADING = Look(17, is_bold=True), Look(11, is_bold=True)
_BODY, _SYSTEM = Look(10), Look(10, LIGHT.secondary)
_WHO = Look(8.5, LIGHT.secondary, is_bold=True, heads=True)
_CONTROL = Look(7.5, LIGHT.secondary, is_fixed=True, heads=True)
_SETTINGS = Look(8, LIGHT.secondary)


@dataclass(frozen=True)
class _Box:
    """What is drawn around a column; lengths in mm."""

    padding: float = 0.0
    fill: str = ""
    edge: str = ""
    thickness: float = 0.0


_OPEN, _FILLED = _Box(), _Box(2.5, LIGHT.window)
_RULED, _SHOWN = _Box(2.5, edge=LIGHT.edge, thickness=0.12), _Box(2.5, "", LIGHT.accent, 0.4)


class Paper:
    """Draws the lines of `store.transcripts.paper` on a painter, page after page.

    `new_page` is called between two pages; the painter's unit is the device's dot.
    """

    def __init__(self, painter: QPainter, device: Device, new_page: Callable[[], object]) -> None:
        self._painter, self._device, self._new_page = painter, device, new_page
        self._mm = device.logicalDpiX() / 25.4
        self._y = 0.0  # where the next row goes, in dots
        self._title = ""
        self.pages = 0

    def add(self, item: Mapping[str, Any]) -> None:
        if "title" in item:
            self._begin(item["title"])
        elif "system" in item:
            self._boxed("System", item["system"], _SYSTEM)
        elif "branch" in item:
            self._headed(item["branch"], _HEADING)
        elif "question" in item:
            self._boxed("User", item["question"], _BODY)
        elif "replies" in item:
            self._replies(item["replies"])

    def _begin(self, title: str) -> None:
        """A conversation begins a page."""
        self._title = title
        self._turn_page()
        self._headed(title, _TITLE)

    def _turn_page(self) -> None:
        if self.pages:
            self._new_page()
        self.pages += 1
        self._y = 0.0
        self._draw_footer()

    def _headed(self, text: str, look: Look) -> None:
        self._make_room()
        self._flow([[Text(text, look)]], [_OPEN])

    def _boxed(self, who: str, text: str, look: Look) -> None:
        self._make_room()
        self._flow([[Text(who, _WHO), Text(text, look)]], [_FILLED])

    def _replies(self, replies: Sequence[Mapping[str, Any]]) -> None:
        columns = _MOST_COLUMNS if len(replies) not in (1, 2, 4) else min(len(replies), 2)
        if max(len(each["text"]) for each in replies) > _LONGEST_BESIDE:
            columns = 1
        for place in range(0, len(replies), columns):
            row = replies[place : place + columns]
            boxes = [_SHOWN if each["shown"] else _RULED for each in row]
            texts = [self._reply(each) for each in row]
            self._flow(texts, boxes if len(replies) > 1 else [_OPEN], of=columns)

    def _reply(self, reply: Mapping[str, Any]) -> list[Text]:
        found = [Text(reply["who"], _WHO)]
        if reply["control"]:
            found.append(Text(reply["control"].replace(",", ",\u200b"), _CONTROL, self._mm))
        found.append(Text(reply["text"], _BODY))
        if reply["settings"]:
            said = "\u00a0· ".join(f"{name} {value}" for name, value in reply["settings"])
            found[-1] = Text(reply["text"], _BODY, self._mm)
            found.append(Text(said, _SETTINGS))
        return found

    # rows

    def _make_room(self) -> None:
        if self._left < _ROOM * self._mm:
            self._turn_page()

    @property
    def _left(self) -> float:
        return _HEIGHT * self._mm - self._y

    def _flow(self, texts: Sequence[Sequence[Text]], boxes: Sequence["_Box"], of: int = 1) -> None:
        """Columns side by side, each as wide as one `of` so many, over as many pages as need be."""
        pad = max(box.padding for box in boxes) * self._mm
        gap = _GAP * self._mm
        width = (_WIDTH * self._mm - (of - 1) * gap) / of
        columns = [Column(each, self._device, width - 2 * pad) for each in texts]
        while not all(column.is_done for column in columns):
            is_empty = self._y == 0.0
            taken = [column.take(self._left - 2 * pad, whatever=is_empty) for column in columns]
            height = max(sum(line.height for line in lines) for lines in taken)
            for place, (lines, box) in enumerate(zip(taken, boxes, strict=True)):
                area = QRectF(place * (width + gap), self._y, width, height + 2 * pad)
                if lines:
                    self._frame(area, box)
                self._draw(lines, area.x() + pad, self._y + pad)
            if any(taken):
                self._y += height + 2 * pad
            if not all(column.is_done for column in columns):
                self._turn_page()
        self._y += gap

    def _frame(self, area: QRectF, box: "_Box") -> None:
        if box.fill:
            self._painter.fillRect(area, QColor(box.fill))
        if box.edge:
            self._painter.setPen(QPen(QColor(box.edge), box.thickness * self._mm))
            self._painter.drawRect(area)

    def _draw(self, lines: Sequence[Line], x: float, y: float) -> None:
        for line in lines:
            line.draw(self._painter, x, y)
            y += line.height

    def _draw_footer(self) -> None:
        painter, number = self._painter, str(self.pages)
        painter.setFont(_SETTINGS.font())
        painter.setPen(QColor(LIGHT.secondary))
        metrics = QFontMetricsF(painter.font(), self._device)
        top = (_HEIGHT + _FOOTER) * self._mm
        area = QRectF(0, top, _WIDTH * self._mm, 2 * metrics.height())
        room = area.width() - metrics.horizontalAdvance(number) - 5 * self._mm
        name = metrics.elidedText(shown(self._title), Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft, name)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight, number)
