"""The conversations of this session, newest first."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QListView, QToolButton, QVBoxLayout, QWidget

from steerlm_studio.ui.chat import Chat
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.text_safety import shown, tooltip
from steerlm_studio.ui.theme import GRID

_Index = QModelIndex | QPersistentModelIndex


_SHEET = """
QListView { background: transparent; }
QListView::item { padding: 6px 8px; border-radius: 4px; color: palette(text); }
QListView::item:selected { background: palette(highlight); }
QListView::item:hover:!selected { background: palette(alternate-base); }
"""


class ConversationList(QAbstractListModel):
    """The chats as a Qt model; it owns none of them."""

    renamed = Signal(object, str)  # Chat and its new name, not yet given

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chats: list[Chat] = []

    def set_chats(self, chats: list[Chat]) -> None:
        self.beginResetModel()
        self._chats = list(chats)
        self.endResetModel()

    def chat(self, index: _Index) -> Chat | None:
        return self._chats[index.row()] if index.isValid() else None

    def index_of(self, chat: Chat) -> QModelIndex:
        return self.index(self._chats.index(chat)) if chat in self._chats else QModelIndex()

    def refresh(self, chat: Chat) -> None:
        """The title of `chat` may have changed."""
        place = self.index_of(chat)
        self.dataChanged.emit(place, place)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._chats)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        chat = self.chat(index)
        if chat is None:
            return None
        title = chat.title or self.tr("New conversation")
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(title)
        if role == Qt.ItemDataRole.EditRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(title)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        chat = self.chat(index)
        if chat is None or role != Qt.ItemDataRole.EditRole:
            return False
        if str(value) != chat.title:
            self.renamed.emit(chat, str(value))
        return True


class Conversations(QWidget):
    """The list with its button for a new one. No key deletes: a bin and a menu do."""

    chosen = Signal(object)  # Chat
    renamed = Signal(object, str)

    def __init__(
        self,
        new_action: QAction,
        of_one: Sequence[QAction] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.list = ConversationList(self)
        self.view = QListView()
        self.view.setModel(self.list)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setAccessibleName(self.tr("Conversations"))
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setUniformItemSizes(True)
        self.view.setStyleSheet(_SHEET)
        self.view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.view.addActions(list(of_one))
        # later: the list is shown anew then, which it must not be while it closes its editor
        self.list.renamed.connect(self.renamed, Qt.ConnectionType.QueuedConnection)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        button = QToolButton()
        button.setDefaultAction(new_action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setAutoRaise(True)
        button.setIcon(icon("plus"))
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, 0, GRID)
        column.setSpacing(GRID)
        column.addWidget(button)
        column.addWidget(self.view, 1)

    def show_chats(self, chats: list[Chat], current: Chat) -> None:
        """Show `chats` with `current` marked, without saying that it was chosen."""
        selection = self.view.selectionModel()
        selection.blockSignals(True)
        self.list.set_chats(chats)
        selection.setCurrentIndex(
            self.list.index_of(current), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        selection.blockSignals(False)
        self.view.viewport().update()

    def rename_current(self) -> None:
        """Edit the title in its place."""
        self.show()
        self.view.setFocus()
        self.view.edit(self.view.currentIndex())

    def _on_current_changed(self, current: QModelIndex) -> None:
        chat = self.list.chat(current)
        if chat is not None:
            self.chosen.emit(chat)
