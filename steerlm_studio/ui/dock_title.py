"""The title of a dock in our own type: its name, what can be done there, a way to close it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import GRID, HALF


class DockTitle(QWidget):
    """Drawn where Qt would draw the title; dragging it moves the dock as usual.

    An action with a short text of its own (its icon text) shows that, others show their icon.
    """

    def __init__(self, dock: QDockWidget, actions: Sequence[QAction] = ()) -> None:
        super().__init__(dock)
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Close (the View menu brings it back)"))
        close.setAccessibleName(self.tr("Close %1").replace("%1", dock.windowTitle()))
        close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 0, GRID, 0)
        row.setSpacing(HALF)
        row.addWidget(SmallLabel(dock.windowTitle()))
        row.addStretch(1)
        for action in actions:
            row.addWidget(_button(action))
        row.addWidget(close)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    is_short = len(action.iconText()) <= 4
    style = Qt.ToolButtonStyle
    button.setToolButtonStyle(style.ToolButtonTextOnly if is_short else style.ToolButtonIconOnly)
    button.setAutoRaise(True)
    button.setAccessibleName(action.text())
    return button
