"""The beginning of an export, as the file will hold it; a PDF as its first page."""

import json
import time
from collections.abc import Iterable, Iterator

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QWidget

from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.store import Store
from steerlm_studio.ui.colours import LIGHT
from steerlm_studio.ui.paper import PAGE, SIDE, TOP, Paper
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, monospace
from steerlm_studio.ui.transcript_request import TranscriptRequest

_LENGTH = 20_000  # characters
_PATIENCE = 0.25  # seconds that looking for something to show may take
_DOTS = 150  # per inch of the page


class TranscriptPreview(QStackedWidget):
    """Says why when there is nothing to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Beginning of the file"))
        self.text.setTabChangesFocus(True)
        self.page = PagePreview()
        self.page.setAccessibleName(self.tr("First page"))
        self.addWidget(self.text)
        self.addWidget(self.page)

    def show_request(self, request: TranscriptRequest, store: Store) -> None:
        records = Soon(request.records(store))
        self.text.setFont(monospace(self.fontInfo().pixelSize()))
        if request.kind.print:
            image = first_page(request, records)
            self.page.show_image(image)
            self.setCurrentWidget(self.page if image else self.text)
            self.text.setPlainText("" if image else self._nothing())
            return
        text = beginning(request, records)
        self.setCurrentWidget(self.text)
        self.text.setPlainText(shown(text) or self._nothing())

    def _nothing(self) -> str:
        return self.tr("Nothing so far: no reply here is what “Replies” asks for.")


class PagePreview(QWidget):
    """A page as wide as there is room, on what lies under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None

    def show_image(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        room = QRectF(self.rect()).adjusted(GRID, GRID, -GRID, -GRID)
        scale = min(room.width() / PAGE[0], room.height() / PAGE[1])
        area = QRectF(0, 0, PAGE[0] * scale, PAGE[1] * scale)
        area.moveCenter(room.center())
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        scaled = self._image.scaled(
            (area.size() * ratio).toSize(),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter.drawImage(area, scaled)
        painter.setPen(QColor(LIGHT.edge))
        painter.drawRect(area)
        painter.end()


def beginning(request: TranscriptRequest, records: Iterable[StoredConversation]) -> str:
    """The first characters of the file; of a page, those behind its style."""
    found: list[str] = []
    length = 0
    for piece in request.kind.write(request.options.holding(records), request.options):
        if request.format == "html" and not found:
            piece = piece.partition("<body>\n")[2]
        found.append(piece)
        length += len(piece)
        if length > _LENGTH:
            break
    return "".join(found)[:_LENGTH].removeprefix("</body>\n</html>\n")


def first_page(request: TranscriptRequest, records: Iterable[StoredConversation]) -> QImage | None:
    """None when there is no page."""
    dots = _DOTS / 25.4
    image = QImage(round(PAGE[0] * dots), round(PAGE[1] * dots), QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(dots * 1000))
    image.setDotsPerMeterY(round(dots * 1000))
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(SIDE * dots, TOP * dots)
    paper = Paper(painter, image, _turned)
    try:
        for line in request.kind.write(request.options.holding(records), request.options):
            paper.add(json.loads(line))
    except _PageIsFull:
        pass
    finally:
        painter.end()
    return image if paper.pages else None


class _PageIsFull(Exception):
    pass


def _turned() -> None:
    raise _PageIsFull


class Soon:
    """As many records as are read in a moment, one at least; `is_cut` when there are more."""

    def __init__(self, records: Iterator[StoredConversation]) -> None:
        self._records = records
        self.is_cut = False

    def __iter__(self) -> Iterator[StoredConversation]:
        ends = time.monotonic() + _PATIENCE
        for record in self._records:
            yield record
            if time.monotonic() > ends:
                self.is_cut = True
                return
