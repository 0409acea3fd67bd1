"""The sidebar at work: its lines come from the store, and what is done to them goes there."""

from PySide6.QtCore import QObject

from steerlm_studio.errors import StudioError
from steerlm_studio.store.search import Hit
from steerlm_studio.store.shelf import Shelf
from steerlm_studio.ui.conversations import Conversations
from steerlm_studio.ui.keeping import Keeping


class Shelving(QObject):
    """Shows what is stored, searches in it."""

    def __init__(self, conversations: Conversations, keeping: Keeping) -> None:
        super().__init__(conversations)
        self._list, self._keeping = conversations, keeping
        keeping.changed.connect(self._on_changed)
        conversations.searched.connect(self._search)
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

    def _on_changed(self, number: int) -> None:
        try:
            self._list.put(number, self.shelf.entry(number))
        except StudioError as error:
            self._keeping.troubled.emit(str(error))

    def _search(self, text: str) -> None:
        hits: list[Hit] | None = None
        sentence = ""
        if text:
            try:
                hits = self._keeping.store.search.find(text)
                sentence = "" if hits else self.tr("Nothing was found.")
            except StudioError as error:
                hits, sentence = [], str(error)
        self._list.show_hits(hits, sentence)
