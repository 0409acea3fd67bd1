"""Flat buttons that show a sign: each has a tooltip for the eye and a name for a screen reader."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from steerlm_studio.ui.icons import icon


def icon_button(name: str, what: str) -> QToolButton:
    """One with the icon `name`; `what` may end with its key: "Close (Esc)"."""
    button = QToolButton()
    button.setIcon(icon(name))
    button.setAutoRaise(True)
    button.setToolTip(what)
    button.setAccessibleName(what.partition(" (")[0])
    return button


def action_button(action: QAction) -> QToolButton:
    """One that shows the icon of an action and triggers it."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setAutoRaise(True)
    button.setAccessibleName(action.text())
    return button
