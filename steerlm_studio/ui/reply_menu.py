"""The ⋯ of a reply: what can be copied of it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from steerlm_studio.ui.icons import icon


def copies() -> dict[str, str]:
    """What can be copied of a reply, by the names that `transcript_copies` knows."""
    return {
        "prompt": _tr("Copy the exact prompt"),
        "curl": _tr("Copy as curl for llama-server"),
        "python": _tr("Copy as Python for llama-cpp-python"),
        "nemo": _tr("Copy as a request to NeMo"),
    }


def fill_copies(menu: QMenu, then: Callable[[str], None]) -> list[QAction]:
    """An action for each of `copies`; `then` gets its name."""
    actions = []
    for name, text in copies().items():
        action = menu.addAction(text)
        action.triggered.connect(partial(_choose, then, name))
        actions.append(action)
    return actions


class ReplyMenuButton(QToolButton):
    """The menu is made when it is first opened: a transcript has many of these."""

    chosen = Signal(str)  # a name of `copies`

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icon("more"))
        self.setAutoRaise(True)
        self.setToolTip(_tr("More to copy of this reply"))
        self.setAccessibleName(self.toolTip())
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.aboutToShow.connect(self._on_opened)
        self.setMenu(menu)

    def _on_opened(self) -> None:
        if self.menu().isEmpty():
            fill_copies(self.menu(), self.chosen.emit)


def _choose(then: Callable[[str], None], name: str, is_checked: bool = False) -> None:
    """Qt sends along whether the action is checked, which it never is."""
    then(name)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ReplyMenu", text)
