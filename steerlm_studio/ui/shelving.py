"""The sidebar at work: its lines come from the store, and what is done to them goes there."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from steerlm_studio.errors import StudioError
from steerlm_studio.store.records import Entry
from steerlm_studio.store.search import Hit
from steerlm_studio.store.shelf import Shelf
from steerlm_studio.ui.bin_dialog import BinDialog
from steerlm_studio.ui.conversations import Conversations
from steerlm_studio.ui.conversing import Conversing
from steerlm_studio.ui.entry_menu import EntryMenus
from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.keeping import Keeping


class Shelving(QObject):
    """Shows what is stored, searches in it, sorts it, and brings back what was deleted."""

    def __init__(
        self, conversations: Conversations, keeping: Keeping, conversing: Conversing
    ) -> None:
        super().__init__(conversations)
        self._list, self._keeping, self._conversing = conversations, keeping, conversing
        self.bin: BinDialog | None = None
        self.menus = EntryMenus(self.shelf, conversations)
        self.menus.changed.connect(keeping.changed)
        self.menus.duplicated.connect(self._on_duplicated)
        self.menus.filter_chosen.connect(conversations.set_search)
        self.menus.failed.connect(keeping.troubled)
        keeping.changed.connect(self._on_changed)
        conversations.searched.connect(self._search)
        conversations.chosen.connect(conversing.open)
        conversations.found.connect(conversing.open_at)
        conversations.renamed.connect(conversing.rename)
        conversations.delete_requested.connect(conversing.delete)
        conversations.menu_wanted.connect(self._fill_menu)
        conversations.filters.aboutToShow.connect(
            lambda: self.menus.fill_filters(conversations.filters)
        )
        self.show_all()

    @property
    def shelf(self) -> Shelf:
        return self._keeping.store.shelf

    def show_all(self) -> None:
        """All lines anew."""
        try:
            self._list.show_all(self.shelf.entries())
        except StudioError as error:
            self._keeping.troubled.emit(str(error))

    def open_bin(self) -> BinDialog:
        """What was deleted, in a window of its own."""
        if self.bin is None:
            self.bin = BinDialog(self.shelf, self._list.window())
            self.bin.restored.connect(self._on_restored)
        self.bin.refresh()
        self.bin.show()
        self.bin.activateWindow()
        return self.bin

    def _on_changed(self, number: int) -> None:
        try:
            was_there, entry = self._list.list.knows(number), self.shelf.entry(number)
            self._list.put(number, entry)
            if self._list.list.is_searching and was_there != (entry is not None):
                self._list.search_again()  # it came back, or is gone
        except StudioError as error:
            self._keeping.troubled.emit(str(error))
        if self.bin is not None and self.bin.isVisible():
            self.bin.refresh()

    def _on_restored(self, number: int) -> None:
        """Its versions in memory are not those of the store any more: read it again."""
        self._keeping.changed.emit(number)
        self._conversing.read_again(number)

    def _on_duplicated(self, number: int) -> None:
        self._keeping.changed.emit(number)
        self._conversing.open(number)

    def _fill_menu(self, entry: Entry, menu: QMenu) -> None:
        self.menus.fill(menu, entry, self._keeping.store.duplicate)

    def _search(self, text: str) -> None:
        hits: list[Hit] | None = None
        sentence = ""
        if text:
            try:
                hits = self._keeping.store.search.find(text)
                sentence = "" if hits else self.tr("Nothing was found.")
            except StudioError as error:
                hits, sentence = [], in_words(str(error))
        self._list.show_hits(hits, sentence)
