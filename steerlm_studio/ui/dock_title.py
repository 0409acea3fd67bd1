"""The title of a dock in our own type: its name, what can be done there, a way to close it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.tool_button import action_button, icon_button


class DockTitle(QWidget):
    """Drawn where Qt would draw the title; dragging it moves the dock as usual.

    An action with a short text of its own (its icon text) shows that, others show their icon.
    """

    def __init__(self, dock: QDockWidget, actions: Sequence[QAction] = ()) -> None:
        super().__init__(dock)
        close = icon_button("close", self.tr("Close (the View menu brings it back)"))
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
    button = action_button(action)
    if len(action.iconText()) <= 4:
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    return button
