"""Transcripts on their way out of the window and in: the two dialogs, copies, drags."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from steerlm_studio.errors import StudioError
from steerlm_studio.store.store import Store
from steerlm_studio.ui.transcript_copies import conversation_text, dragged, reply_text, turn_of
from steerlm_studio.ui.transcript_export import TranscriptExportDialog
from steerlm_studio.ui.transcript_import import TranscriptImportDialog


@dataclass(frozen=True)
class Open:
    """What the window shows now, as the store knows it; `selected` is marked in its list."""

    conversation: int | None
    title: str = ""
    selected: tuple[int, ...] = ()


class Transferring(QObject):
    """The dialogs are made when they are first asked for; both go on when they are closed."""

    imported = Signal()  # there are more conversations than before
    failed = Signal(str)  # why something could not be copied

    def __init__(
        self, store: Store, settings: QSettings, window: QWidget, shown: Callable[[], Open]
    ) -> None:
        """`shown` keeps what is not yet kept, and says what that is."""
        super().__init__(window)
        self._store, self._settings, self._window = store, settings, window
        self._shown = shown
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.exporting: TranscriptExportDialog | None = None
        self.importing: TranscriptImportDialog | None = None

    def open_export(self) -> None:
        if self.exporting is None:
            self.exporting = TranscriptExportDialog(self._store, self._settings, self._window)
        shown = self._shown()
        self.exporting.open_for(shown.conversation, shown.title, shown.selected)

    def open_import(self, paths: Sequence[Path] = ()) -> None:
        """With files that were dropped; without, ask for some."""
        if self.importing is None:
            self.importing = TranscriptImportDialog(self._store, self._settings, self._window)
            self.importing.imported.connect(lambda: self.imported.emit())
        self.importing.open_for(paths)
        if not paths and not self.importing.process.is_running:
            self.importing.choose()

    def copy_conversation(self) -> None:
        number = self._shown().conversation
        if number is not None:
            self._copy(lambda: conversation_text(self._store.conversation(number)))

    def copy_reply_as(self, name: str, turn: int | None = None) -> None:
        """One of `reply_menu.copies`, of this turn or of the last one shown."""
        number = self._shown().conversation
        if number is not None:
            self._copy(lambda: self._reply_text(number, turn, name))

    def dragged(self, conversation: int) -> QMimeData | None:
        """A file of it, and its text; None when it cannot be written."""
        try:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="steerlm-studio-")
            self._shown()
            return dragged(self._store, [conversation], Path(self._folder.name))
        except (OSError, StudioError) as error:
            self.failed.emit(str(error))
            return None

    def stop(self) -> None:
        """With the window: children end, files that were dragged go."""
        for dialog in (self.exporting, self.importing):
            if dialog is not None:
                dialog.stop()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _reply_text(self, conversation: int, turn: int | None, name: str) -> str:
        record = self._store.conversation(conversation)
        path = record.path()
        if turn is None and not path:
            raise StudioError(self.tr("There is no reply yet to copy anything of."))
        return reply_text(record, path[-1] if turn is None else turn_of(record, turn), name)

    def _copy(self, text: Callable[[], str]) -> None:
        try:
            QGuiApplication.clipboard().setText(text())
        except StudioError as error:
            self.failed.emit(str(error))
