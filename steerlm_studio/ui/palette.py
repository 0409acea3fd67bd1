"""Every command of the window by name: type a few letters, press Enter."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import (
    QAction,
    QIcon,
    QKeyEvent,
    QPixmap,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QMenu,
    QStyle,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.ui.key_names import keys_in_words
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import GRID

_ACTION = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_LINES = 22
_PASSED_ON = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Palette(QDialog):
    """Lists the menus' commands; those that cannot be used now are grey and come last."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Commands"))
        self.input = QLineEdit()
        self.input.setPlaceholderText(self.tr("Type a command"))
        self.input.setAccessibleName(self.tr("Command"))
        self.input.setClearButtonEnabled(True)
        self.list = QTreeView()
        self.list.setAccessibleName(self.tr("Commands"))
        self.nothing = SmallLabel(self.tr("No command has these words in its name."))
        self._found = _Filter(self)
        self._found.setSourceModel(_model(window, self))
        self._lay_out(window)
        self.input.textChanged.connect(self._on_text_changed)
        self.input.returnPressed.connect(self._on_entered)
        self.input.installEventFilter(self)
        self.list.activated.connect(self._on_activated)
        self._on_text_changed("")

    def names(self) -> list[str]:
        """What is listed now."""
        rows = range(self._found.rowCount())
        return [str(self._found.index(row, 0).data()) for row in rows]

    def _on_text_changed(self, text: str) -> None:
        self._found.set_words(text)
        self.nothing.setVisible(not self._found.rowCount())
        self.list.setCurrentIndex(self._found.index(0, 0))

    def _on_entered(self) -> None:
        self._on_activated(self.list.currentIndex())

    def _on_activated(self, index: QModelIndex) -> None:
        action = index.siblingAtColumn(0).data(_ACTION)
        if isinstance(action, QAction) and action.isEnabled():
            self.close()
            action.trigger()

    def _lay_out(self, window: QWidget) -> None:
        view = self.list
        view.setModel(self._found)
        view.setRootIsDecorated(False)
        view.setHeaderHidden(True)
        view.setUniformRowHeights(True)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.header().setStretchLastSection(False)
        view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        view.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.setSpacing(GRID)
        for widget in (self.input, self.list, self.nothing):
            column.addWidget(widget)
        self.resize(self._wanted_width(window), _LINES * self.fontMetrics().lineSpacing())

    def _wanted_width(self, window: QWidget) -> int:
        """What the longest name needs beside the longest keys, as far as the window goes."""
        view = self.list
        bar = view.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        columns = sum(view.sizeHintForColumn(column) for column in range(2))
        return min(columns + bar + 4 * GRID, window.width() - 2 * GRID)

    # Qt's

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow keys walk the list while the words are typed."""
        is_press = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in _PASSED_ON:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)


def open_palette(window: QMainWindow) -> Palette:
    """Show the palette in the upper middle of the window."""
    palette = Palette(window)
    middle = window.geometry().center()
    palette.move(middle.x() - palette.width() // 2, window.geometry().top() + 10 * GRID)
    palette.show()
    palette.input.setFocus()
    return palette


class _Filter(QSortFilterProxyModel):
    """Rows that hold every word, in any order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._words: Sequence[str] = ()

    def set_words(self, text: str) -> None:
        self._words = text.casefold().split()
        self.invalidate()
        self.sort(0)

    # Qt's

    def lessThan(self, left: _Index, right: _Index) -> bool:
        """What can be used first, then names with the words at the start of theirs."""
        return self._rank(left) < self._rank(right)

    def _rank(self, index: _Index) -> tuple[bool, bool, int]:
        action = index.data(_ACTION)
        starts = str(index.data()).casefold().split()
        begun = all(any(start.startswith(word) for start in starts) for word in self._words)
        return not (isinstance(action, QAction) and action.isEnabled()), not begun, index.row()

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:
        name = str(self.sourceModel().index(row, 0, parent).data()).casefold()
        return all(word in name for word in self._words)


def _model(window: QMainWindow, parent: QWidget) -> QStandardItemModel:
    model = QStandardItemModel(0, 2, parent)
    commands = [
        (f"{path}{_plain(action)}", action)
        for menu in _menus_of(window)
        for path, action in _commands(menu, "")
    ]
    for name, action in commands:
        item, keys = QStandardItem(_icon(action), name), QStandardItem(_keys(action))
        item.setData(action, _ACTION)
        item.setEnabled(action.isEnabled())
        keys.setEnabled(action.isEnabled())
        model.appendRow([item, keys])
    return model


def _icon(action: QAction) -> QIcon:
    """Its own, or room for one, so that all names begin below each other."""
    if not action.icon().isNull():
        return action.icon()
    room = QPixmap(16, 16)
    room.fill(Qt.GlobalColor.transparent)
    return QIcon(room)


def _menus_of(window: QMainWindow) -> list[QMenu]:
    menus = (action.menu() for action in window.menuBar().actions())
    return [menu for menu in menus if isinstance(menu, QMenu)]


def _commands(menu: QMenu, path: str) -> list[tuple[str, QAction]]:
    path += menu.title().replace("&", "") + " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
    found: list[tuple[str, QAction]] = []
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            found += _commands(inner, path)
        elif not action.isSeparator() and action.isVisible():
            found.append((path, action))
    return found


def _plain(action: QAction) -> str:
    name = action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
    return f"{name} \N{CHECK MARK}" if action.isChecked() else name


def _keys(action: QAction) -> str:
    keys = action.shortcuts()
    return keys_in_words(keys[0]) if keys else ""
