"""What can be done with one line of the sidebar, and which folders and tags narrow the list."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from steerlm_studio.errors import StudioError
from steerlm_studio.store.records import Entry
from steerlm_studio.store.shelf import Shelf
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.text_safety import shown

_MOST_NAME = 80  # characters


class EntryMenus(QObject):
    """Menus made when they are opened: folders and tags are those there are then."""

    changed = Signal(int)  # this conversation's line is another
    duplicated = Signal(int)  # the copy
    filter_chosen = Signal(str)  # as one would type it
    failed = Signal(str)  # why not

    def __init__(self, shelf: Shelf, parent: QWidget) -> None:
        super().__init__(parent)
        self._shelf, self._window = shelf, parent

    def fill(self, menu: QMenu, entry: Entry, duplicate: Callable[[int], int]) -> None:
        """The commands on one conversation."""
        pin = menu.addAction(icon("pin"), self.tr("Unpin") if entry.pinned else self.tr("Pin"))
        pin.triggered.connect(
            partial(self._do, entry.id, lambda: self._shelf.pin(entry.id, not entry.pinned))
        )
        self._fill_folders(menu.addMenu(self.tr("Folder")), entry)
        self._fill_tags(menu.addMenu(self.tr("Tags")), entry)
        copy = menu.addAction(icon("copy"), self.tr("Duplicate"))
        copy.triggered.connect(partial(self._duplicate, entry.id, duplicate))

    def fill_filters(self, menu: QMenu) -> None:
        """What narrows the list without knowing how a search is written."""
        menu.clear()
        common = {
            self.tr("With votes"): "has:vote",
            self.tr("With notes"): "has:note",
            self.tr("With a kept reply"): "has:kept",
            self.tr("With versions"): "has:versions",
            self.tr("With replies that were cut"): "is:interrupted",
        }
        for title, typed in common.items():
            self._add_filter(menu, title, typed)
        for title, key, names in (
            (self.tr("Folders"), "folder", self._shelf.folders()),
            (self.tr("Tags"), "tag", self._shelf.tags()),
        ):
            if names:
                menu.addSection(title)
            for name in names:
                self._add_filter(menu, name, f'{key}:"{name}"')

    def _fill_folders(self, menu: QMenu, entry: Entry) -> None:
        for name in self._shelf.folders():
            action = self._add_named(menu, name, name == entry.folder)
            place = "" if name == entry.folder else name
            action.triggered.connect(
                partial(self._do, entry.id, partial(self._shelf.move, entry.id, place))
            )
        menu.addSeparator()
        new = menu.addAction(self.tr("New folder…"))
        new.triggered.connect(lambda: self._ask_folder(entry.id))

    def _fill_tags(self, menu: QMenu, entry: Entry) -> None:
        own = self._shelf.tags_of(entry.id)
        for name in self._shelf.tags():
            action = self._add_named(menu, name, name in own)
            act = self._shelf.untag if name in own else self._shelf.tag
            action.triggered.connect(partial(self._do, entry.id, partial(act, entry.id, name)))
        menu.addSeparator()
        new = menu.addAction(self.tr("New tag…"))
        new.triggered.connect(lambda: self._ask_tag(entry.id))

    def _ask_folder(self, number: int) -> None:
        title = self.tr("New folder")
        self._ask(title, lambda name: self._do(number, lambda: self._shelf.move(number, name)))

    def _ask_tag(self, number: int) -> None:
        title = self.tr("New tag")
        self._ask(title, lambda name: self._do(number, lambda: self._shelf.tag(number, name)))

    def _ask(self, title: str, then: Callable[[str], None]) -> None:
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(title)
        dialog.setLabelText(self.tr("Name"))
        dialog.textValueSelected.connect(
            lambda text: then(" ".join(text.split())[:_MOST_NAME]) if text.strip() else None
        )
        dialog.open()

    def _do(self, number: int, act: Callable[[], object], *_: object) -> None:
        try:
            act()
        except StudioError as error:
            self.failed.emit(str(error))
            return
        self.changed.emit(number)

    def _duplicate(self, number: int, duplicate: Callable[[int], int], *_: object) -> None:
        try:
            self.duplicated.emit(duplicate(number))
        except StudioError as error:
            self.failed.emit(str(error))

    def _add_named(self, menu: QMenu, name: str, is_on: bool) -> QAction:
        action = menu.addAction(shown(name).replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(is_on)
        return action

    def _add_filter(self, menu: QMenu, title: str, typed: str) -> None:
        action = menu.addAction(shown(title).replace("&", "&&"))
        action.triggered.connect(lambda: self.filter_chosen.emit(typed))
