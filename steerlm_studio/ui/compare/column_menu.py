"""What can be done with one column and its reply."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.reply_menu import fill_copies


class ColumnMenu(QMenu):
    """Holds the commands; the column connects them."""

    copy_chosen = Signal(str)  # a name of `reply_menu.copies`

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.again = self._add(self.tr("Answer again"), "regenerate")
        self.copy = self._add(self.tr("Copy the reply"), "copy")
        copying = self.addMenu(self.tr("Copy as"))
        self.copies = fill_copies(copying, self.copy_chosen.emit)
        self.details = self._add(self.tr("How it was made…"), "info")
        self.addSeparator()
        self.own_sampling = self._add(self.tr("Own sampling and seed"))
        self.own_sampling.setCheckable(True)
        self.duplicate = self._add(self.tr("Duplicate the column"), "compare")
        self.earlier = self._add(self.tr("Move the column back"), "chevron-left")
        self.later = self._add(self.tr("Move the column on"), "chevron-right")
        self.remove = self._add(self.tr("Remove the column"), "delete")

    def show_state(self, place: int, count: int, has_answer: bool, is_own: bool) -> None:
        """Offer what is possible for column `place` of `count`."""
        for action in (self.again, self.copy, *self.copies, self.details):
            action.setEnabled(has_answer)
        self.own_sampling.setChecked(is_own)
        self.earlier.setEnabled(place > 0)
        self.later.setEnabled(place < count - 1)
        self.remove.setEnabled(count > 1)

    def _add(self, text: str, icon_name: str = "") -> QAction:
        action = self.addAction(text)
        if icon_name:
            action.setIcon(icon(icon_name))
        return action
