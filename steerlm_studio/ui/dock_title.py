"""The title of a dock in our own type: its name and a way to close it."""

from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import GRID


class DockTitle(QWidget):
    """Drawn where Qt would draw the title; dragging it moves the dock as usual."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Close (the View menu brings it back)"))
        close.setAccessibleName(self.tr("Close %1").replace("%1", dock.windowTitle()))
        close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 0, GRID, 0)
        row.addWidget(SmallLabel(dock.windowTitle()))
        row.addStretch(1)
        row.addWidget(close)
