"""The bin: what was deleted, to be had back or thrown away for good."""

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from steerlm_studio.errors import StudioError
from steerlm_studio.store.shelf import Shelf
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.list_dialog import ListDialog, stretch_first
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.text_safety import shown

_ENTRY = Qt.ItemDataRole.UserRole
_CONVERSATION = Qt.ItemDataRole.UserRole + 1


class BinDialog(ListDialog):
    """Stays open beside the window; emptying it is the one thing that cannot be undone."""

    restored = Signal(int)  # the conversation that is back, or has something back

    def __init__(self, shelf: Shelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self.setWindowTitle(self.tr("Bin"))
        self.lines = QTreeWidget()
        self.empty_note = SmallLabel(self.tr("The bin is empty."))
        self.restore_button = QPushButton(self.tr("Put back"))
        self.empty_button = QPushButton(icon("delete"), self.tr("Empty the bin"))
        self.notice = Notice()
        self.notice.acted.connect(self._on_emptied)
        self.restore_button.clicked.connect(self._on_restore_clicked)
        self.empty_button.clicked.connect(self._on_empty_clicked)
        self.lines.itemSelectionChanged.connect(self._show_state)
        self.lines.itemActivated.connect(lambda: self._on_restore_clicked())
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Show what is in the bin now, the last first."""
        self.lines.clear()
        try:
            binned = self._shelf.bin()
        except StudioError as error:
            self.notice.say(str(error), is_error=True)
            return
        for entry in binned:
            what = self.tr("Conversation") if entry.turn is None else self.tr("Version")
            when = QLocale().toString(
                QDateTime.fromSecsSinceEpoch(int(entry.at)), QLocale.FormatType.ShortFormat
            )
            title = shown(entry.title) or self.tr("New conversation")
            item = QTreeWidgetItem([" ".join(title.split()), what, when])
            item.setData(0, _ENTRY, entry.id)
            item.setData(0, _CONVERSATION, entry.conversation)
            self.lines.addTopLevelItem(item)
        if (first := self.lines.topLevelItem(0)) is not None:
            self.lines.setCurrentItem(first)
        self._show_state()

    def _show_state(self) -> None:
        has_any = self.lines.topLevelItemCount() > 0
        self.lines.setVisible(has_any)
        self.empty_note.setVisible(not has_any)
        self.empty_button.setEnabled(has_any)
        self.restore_button.setEnabled(bool(self.lines.selectedItems()))

    def _on_restore_clicked(self) -> None:
        for item in self.lines.selectedItems():
            try:
                self._shelf.restore(item.data(0, _ENTRY))
            except StudioError as error:
                self.notice.say(str(error), is_error=True)
                continue
            self.restored.emit(item.data(0, _CONVERSATION))
        self.refresh()

    def _on_empty_clicked(self) -> None:
        self.notice.say(
            self.tr("What is deleted from the bin cannot be had back."),
            self.tr("Delete for good"),
        )

    def _on_emptied(self) -> None:
        try:
            self._shelf.empty_bin()
        except StudioError as error:
            self.notice.say(str(error), is_error=True)
        self.refresh()

    def _lay_out(self) -> None:
        lines = self.lines
        lines.setHeaderLabels([self.tr("Title"), self.tr("What"), self.tr("Deleted")])
        lines.setRootIsDecorated(False)
        lines.setAccessibleName(self.tr("What was deleted"))
        lines.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        stretch_first(lines)
        self.empty_note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.lay_out(lines, [self.empty_note, self.notice], self.empty_button, self.restore_button)
        self.resize(560, 400)
