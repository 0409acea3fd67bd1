"""The button over a text that leads to its end."""

from PySide6.QtWidgets import QAbstractScrollArea, QToolButton

from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.theme import GRID

_OVER_TEXT = "#toEnd { background: palette(button); border: 1px solid palette(dark); }"


class EndButton(QToolButton):
    """Stands at the foot of a scroll area, in its middle; hidden at first."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self.setIcon(icon("to-bottom"))
        self.setToolTip(self.tr("Go to the end"))
        self.setAccessibleName(self.toolTip())
        self.setObjectName("toEnd")
        self.setStyleSheet(_OVER_TEXT)
        self.hide()

    def place(self) -> None:
        """Go where the area's foot is now."""
        seen, size = self._area.viewport().size(), self.sizeHint()
        left, top = (seen.width() - size.width()) // 2, seen.height() - size.height() - GRID
        self.setGeometry(left, top, size.width(), size.height())
        self.raise_()
