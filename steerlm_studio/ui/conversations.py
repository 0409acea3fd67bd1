"""The sidebar: all conversations, the newest first, and a field that searches in them."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.store.records import Entry
from steerlm_studio.store.search import Hit
from steerlm_studio.ui.conversation_delegate import ConversationDelegate
from steerlm_studio.ui.conversation_list import ConversationList
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import GRID, HALF

_TYPING = 60  # ms without a key until a search begins


class Conversations(QWidget):
    """Says what is chosen and what is searched; the one it shows as open comes from outside."""

    chosen = Signal(int)  # a conversation's id
    found = Signal(int, int)  # the same, and the turn that was found in it
    renamed = Signal(int, str)
    delete_requested = Signal(int)
    searched = Signal(str)  # "" ends the search
    menu_wanted = Signal(object, object)  # Entry, the QMenu to be filled before it is shown

    def __init__(
        self,
        new_action: QAction,
        of_one: Sequence[QAction] = (),
        bin_action: QAction | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.list = ConversationList(self)
        self.view = _Lines()
        self.field = QLineEdit()
        self.note = SmallLabel()
        self.filters = QMenu(self)
        self._of_one = tuple(of_one)
        self._current: int | None = None
        self._waiting: dict[int, Entry | None] = {}  # while a name is edited
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self._on_typed)
        self._set_up_view()
        self._set_up_field()
        self._lay_out(new_action, bin_action)

    # what is shown

    def show_all(self, entries: Sequence[Entry]) -> None:
        self.list.set_entries(entries)
        self._mark()

    def put(self, number: int, entry: Entry | None) -> None:
        """The line of a conversation is another; None when it is gone."""
        self._waiting[number] = entry
        if self.view.state() != QListView.State.EditingState:
            self._put_waiting()

    def show_current(self, number: int | None) -> None:
        """Mark the open conversation, without saying that it was chosen."""
        self._current = number
        self._mark()

    def show_hits(self, hits: Sequence[Hit] | None, sentence: str = "") -> None:
        """What was found, None for all; the sentence says why there is nothing."""
        self.list.show_hits(hits)
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))
        self._mark()

    def search(self) -> None:
        """Begin to type a search."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def rename_current(self) -> None:
        """Edit the title in its place."""
        self.show()
        if self.list.is_searching and not self.view.currentIndex().isValid():
            self.field.clear()
            self._on_typed()
        if self.view.currentIndex().isValid():  # a new one has no line yet
            self.view.setFocus()
            self.view.edit(self.view.currentIndex())

    def _put_waiting(self) -> None:
        place = self.view.verticalScrollBar().value()
        for number, entry in self._waiting.items():
            self.list.put(number, entry)
        self._waiting.clear()
        self._mark()
        self.view.verticalScrollBar().setValue(place)

    def _mark(self) -> None:
        selection, place = self.view.selectionModel(), self.list.index_of(self._current)
        if place == self.view.currentIndex() and selection.isSelected(place):
            return  # others may be selected with it
        selection.blockSignals(True)
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect
        selection.setCurrentIndex(place, how)
        selection.blockSignals(False)
        self.view.viewport().update()

    def selected(self) -> tuple[int, ...]:
        """The conversations that are marked together, in the order of the list."""
        places = sorted(self.view.selectionModel().selectedIndexes(), key=QModelIndex.row)
        numbers = (self.list.number(place) for place in places)
        return tuple(dict.fromkeys(number for number in numbers if number is not None))

    # what the user does

    def _on_current_changed(self, current: QModelIndex) -> None:
        number, turn = self.list.number(current), self.list.turn(current)
        if number is None:
            return
        self._current = number
        if turn is None:
            self.chosen.emit(number)
        else:
            self.found.emit(number, turn)

    def _on_typed(self) -> None:
        self._typing.stop()
        self.searched.emit(self.field.text().strip())

    def _on_return(self) -> None:
        self._on_typed()
        self.view.setFocus()
        first = self.list.index(0)
        if self.list.is_searching and first.isValid():
            self.view.setCurrentIndex(first)

    def _on_delete_pressed(self) -> None:
        number = self.list.number(self.view.currentIndex())
        if number is not None:
            self.delete_requested.emit(number)

    def _show_menu(self, place: QPoint) -> None:
        entry = self.list.entry(self.view.currentIndex())
        if entry is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_wanted.emit(entry, menu)
        menu.addSeparator()
        menu.addActions(list(self._of_one))
        menu.popup(self.view.viewport().mapToGlobal(place))

    def search_again(self) -> None:
        """What is found is another, and stays where it is scrolled to."""
        place = self.view.verticalScrollBar().value()
        self._on_typed()
        self.view.verticalScrollBar().setValue(place)

    def set_search(self, typed: str) -> None:
        """Search for this as if it had been typed."""
        self.field.setText(typed)
        self._on_typed()
        self.field.setFocus()

    # parts

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.list)
        view.setItemDelegate(ConversationDelegate(self))
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setAccessibleName(self.tr("Conversations"))
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setUniformItemSizes(True)
        view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        view.setDragEnabled(True)
        view.setDragDropMode(QListView.DragDropMode.DragOnly)
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setStyleSheet("QListView { background: transparent; }")
        view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        # later: the list is shown anew then, which it must not be while it closes its editor
        self.list.renamed.connect(self.renamed, Qt.ConnectionType.QueuedConnection)
        closed = view.itemDelegate().closeEditor
        closed.connect(lambda: QTimer.singleShot(0, self, self._put_waiting))
        view.delete_pressed.connect(self._on_delete_pressed)
        view.selectionModel().currentChanged.connect(self._on_current_changed)

    def _set_up_field(self) -> None:
        field = self.field
        field.setPlaceholderText(self.tr("Search"))
        field.setAccessibleName(self.tr("Search in all conversations"))
        field.setToolTip(
            self.tr(
                'Words, "a phrase", -without, humor>=3, lang:de, model:demo, tag:…, folder:…, '
                "has:vote, has:note, is:pinned, after:2026-01-31"
            )
        )
        field.setClearButtonEnabled(True)
        sign = field.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        sign.setToolTip(field.accessibleName())
        field.textChanged.connect(lambda: self._typing.start())
        field.returnPressed.connect(self._on_return)

    def _lay_out(self, new_action: QAction, bin_action: QAction | None) -> None:
        button = _button(new_action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIcon(icon("plus"))
        head = QHBoxLayout()
        head.setSpacing(HALF)
        head.addWidget(button)
        head.addStretch(1)
        if bin_action is not None:
            head.addWidget(_button(bin_action))
        filters = QToolButton()
        filters.setIcon(icon("chevron-down"))
        filters.setToolTip(self.tr("Narrow the list"))
        filters.setAccessibleName(filters.toolTip())
        filters.setMenu(self.filters)
        filters.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        filters.setAutoRaise(True)
        search = QHBoxLayout()
        search.setSpacing(HALF)
        search.addWidget(self.field, 1)
        search.addWidget(filters)
        self.note.setWordWrap(True)
        self.note.hide()
        row = QHBoxLayout(self)  # its spacing changes sides from right to left, margins do not
        row.setContentsMargins(0, GRID, 0, GRID)
        row.setSpacing(0)
        row.addSpacing(GRID)
        column = QVBoxLayout()
        row.addLayout(column)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addLayout(search)
        column.addWidget(self.note)
        column.addWidget(self.view, 1)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAutoRaise(True)
    button.setAccessibleName(action.text())
    return button


class _Lines(QListView):
    delete_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete asks for a deletion, which can be undone; Backspace is no such key."""
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        elif event.key() != Qt.Key.Key_Backspace:
            super().keyPressEvent(event)
