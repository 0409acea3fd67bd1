"""A column's reply as it is read: streams, scrolls with its neighbours."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from steerlm_studio.ui.compare.diff_view import DiffView
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_view import TextView
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.word_diff import Piece

_NEAR = 4  # px from the end that still count as the end


class ColumnText(QScrollArea):
    """A text as high as it is, and a line under it; it follows the end for one who went there."""

    scrolled = Signal(int)  # by the user, to this pixel
    link_activated = Signal(QUrl)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = TextView()
        self.body.setAccessibleName(self.tr("Reply"))
        self.body.link_activated.connect(self.link_activated)
        self.diff = DiffView()
        self.diff.hide()
        self.note = SmallLabel()
        self.note.setWordWrap(True)
        self._is_diff = False
        self._follows = False  # one compares from the first word on
        self._lay_out()
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._on_range_changed)
        bar.actionTriggered.connect(self._on_moved_by_hand)

    def show_text(self, text: str) -> None:
        """The reply itself, as far as it is written."""
        self.body.show_markdown(text)
        self._show_views()

    def show_pieces(self, pieces: Sequence[Piece] | None) -> None:
        """How it differs from another reply, in its place; None shows the reply again."""
        self._is_diff = pieces is not None
        self.diff.show_pieces(pieces or ())
        self._show_views()

    def _show_views(self) -> None:
        self.diff.setVisible(self._is_diff)
        self.body.setVisible(not self._is_diff and bool(self.body.text))

    def scroll_to(self, value: int) -> None:
        """Show this pixel on top, as far as there is text."""
        bar = self.verticalScrollBar()
        bar.setValue(value)
        self._follows = 0 < value >= bar.maximum() - _NEAR

    def _on_moved_by_hand(self) -> None:
        bar = self.verticalScrollBar()
        place = min(max(bar.sliderPosition(), 0), bar.maximum())
        self._follows = 0 < place >= bar.maximum() - _NEAR
        self.scrolled.emit(place)

    def _on_range_changed(self, low: int, high: int) -> None:
        if self._follows:
            self.verticalScrollBar().setValue(high)

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to the text: it scrolls it
        self.setAccessibleName(self.tr("Reply"))
        page = QWidget()
        page.setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # it grows at its end
        column = QVBoxLayout(page)
        column.setContentsMargins(GRID, HALF, GRID, GRID)
        column.setSpacing(HALF)
        column.addWidget(self.body)
        column.addWidget(self.diff)
        column.addWidget(self.note)
        column.addStretch(1)
        self.setWidget(page)
        for behind in (page, self.viewport()):
            behind.setAutoFillBackground(False)
