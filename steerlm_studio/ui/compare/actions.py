"""The commands of a comparison, with their keys: what can be done by mouse, by keyboard too."""

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from steerlm_studio.ui.compare.comparing import Comparing
from steerlm_studio.ui.icons import icon


class CompareMenu(QMenu):
    """Its commands work while a comparison is shown."""

    def __init__(self, window: QMainWindow, comparing: Comparing) -> None:
        super().__init__(window)
        self.setTitle(self.tr("&Compare"))
        at = comparing
        self._window = window
        self._add(self.tr("Answer in new and changed columns"), "", "steer", at.answer_missing)
        self._add(self.tr("Answer in all columns again"), "", "regenerate", at.answer_all)
        self._add(self.tr("Keep this one"), "Ctrl+Shift+K", "check", at.keep_selected)
        self.addSeparator()
        self._add(self.tr("Add a column"), "Ctrl+Shift+N", "plus", lambda: at.add(None))
        self._add(self.tr("Duplicate the column"), "Ctrl+D", "compare", at.duplicate_selected)
        self._add(self.tr("Remove the column"), "Ctrl+W", "delete", at.remove_selected)
        self.addSeparator()
        self._add(self.tr("Column before"), "Ctrl+PgUp", "chevron-left", lambda: at.step(-1))
        self._add(self.tr("Column after"), "Ctrl+PgDown", "chevron-right", lambda: at.step(1))
        self._add(self.tr("Move the column back"), "Ctrl+Shift+PgUp", "", lambda: at.move(-1))
        self._add(self.tr("Move the column on"), "Ctrl+Shift+PgDown", "", lambda: at.move(1))
        self.set_shown(False)

    def set_shown(self, is_shown: bool) -> None:
        """Whether there are columns to do it to."""
        for action in self.actions():
            action.setEnabled(is_shown)

    def _add(self, text: str, keys: str, icon_name: str, obey: Callable[[], object]) -> None:
        action = QAction(text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
        if icon_name:
            action.setIcon(icon(icon_name))
        action.triggered.connect(lambda: obey())
        self.addAction(action)
        self._window.addAction(action)
