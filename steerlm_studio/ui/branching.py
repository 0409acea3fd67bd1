"""The tree of the open conversation at work, in a window of its own beside it."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from steerlm_studio.ui.conversing import Conversing
from steerlm_studio.ui.session import Session
from steerlm_studio.ui.tree_dialog import TreeDialog


class Branching(QObject):
    """Keeps the tree up with the conversation while it is open."""

    def __init__(self, window: QWidget, session: Session, conversing: Conversing) -> None:
        super().__init__(window)
        self._window, self._session, self._conversing = window, session, conversing
        self.dialog: TreeDialog | None = None
        conversing.changed.connect(self._refresh)

    def open_tree(self) -> TreeDialog:
        if self.dialog is None:
            self.dialog = TreeDialog(self._window)
            self.dialog.go_on_requested.connect(self._conversing.go_on_from)
            self.dialog.delete_requested.connect(self._conversing.delete_version)
        self.dialog.show()
        self._refresh()
        self.dialog.activateWindow()
        return self.dialog

    def _refresh(self) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.show_chat(self._session.chat)
