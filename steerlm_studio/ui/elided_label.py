"""A line of text that gives way where there is no room for it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from steerlm_studio.ui.labels import PlainLabel
from steerlm_studio.ui.text_safety import tooltip

_LEAST = 4  # characters, … among them: what says less is not shown


class ElidedLabel(PlainLabel):
    """One line that ends in … where it does not fit; the whole text is its tooltip."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self._elide()
        self.updateGeometry()  # what is shown may be the same: nothing

    @property
    def wanted_width(self) -> int:
        """Pixels that the whole text needs."""
        return self.fontMetrics().horizontalAdvance(self._whole) + 1

    def _elide(self) -> None:
        line = self.fontMetrics().elidedText(
            self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 0)
        )
        if line != self._whole and len(line) < _LEAST:
            line = ""
        self.setText(line)
        # Left as it stands would mean the text's own beginning, whichever way the window runs.
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        absolute = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        self.setAlignment(side | absolute)
        self.setToolTip(tooltip(self._whole) if line != self._whole else "")
        self.setAccessibleDescription(self._whole)  # else the tooltip's markup would be read

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()


class SmallElidedLabel(ElidedLabel):
    """The same in secondary text; the style sheet knows it by name."""
