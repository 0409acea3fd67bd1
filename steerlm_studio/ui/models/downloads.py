"""All downloads of the window: those that run and those begun at another time."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from steerlm_studio.models.address import Address
from steerlm_studio.ui.models.download import Download


class Downloads(QObject):
    """They run side by side, and go on while nobody looks."""

    added = Signal(object)  # Download
    removed = Signal(object)  # Download
    finished = Signal(str)  # the path of a file that is here now
    changed = Signal()  # any of them

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.all: list[Download] = []

    @property
    def active(self) -> list[Download]:
        return [each for each in self.all if each.is_active]

    @property
    def begun(self) -> list[Download]:
        """Those that are neither whole nor at work."""
        return [each for each in self.all if not each.is_active and each.state != "finished"]

    def begin(self, address: Address) -> Download:
        """Fetch this file; one that is in the list goes on."""
        download = self._known(address) or self._add(Download(address, parent=self))
        download.start()
        return download

    def show_begun(self, unfinished: Iterable[Mapping[str, Any]]) -> None:
        """Offer those that `models list` knows of from other times."""
        for note in unfinished:
            address = Address(note["repo"], note["file"], note["revision"])
            if self._known(address) is None:
                present = int(note.get("present", 0))
                self._add(Download(address, present, int(note["total"]), self))

    def stop(self) -> None:
        """End the children; the next start offers to go on."""
        for download in self.all:
            download.stop()

    def _known(self, address: Address) -> Download | None:
        return next((d for d in self.all if d.address == address), None)

    def _add(self, download: Download) -> Download:
        self.all.append(download)
        download.changed.connect(self.changed)
        download.finished.connect(self.finished)
        download.cancelled.connect(lambda: self.forget(download))
        self.added.emit(download)
        self.changed.emit()
        return download

    def forget(self, download: Download) -> None:
        """Take it off the list."""
        if download in self.all:
            self.all.remove(download)
            self.removed.emit(download)
            self.changed.emit()
            download.deleteLater()
