"""Transcripts on their way out of the window and in: the two dialogs, copies, drags."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QSettings, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from steerlm_studio.errors import StudioError
from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.store import Store
from steerlm_studio.ui.chat import Answer
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
        self._copy(lambda: conversation_text(self._record()))

    def copy_last_as(self, name: str, is_checked: bool = False) -> None:
        """One of `reply_menu.copies`, of the last reply shown; from an action of a menu."""
        self._copy(lambda: self._reply_text(None, name))

    def copy_answer_as(self, answer: Answer, name: str) -> None:
        self._copy(lambda: self._reply_text(answer, name))

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

    def _record(self) -> StoredConversation:
        number = self._shown().conversation
        if number is None:
            raise StudioError(self.tr("There is nothing yet to copy: ask something first."))
        return self._store.conversation(number)

    def _reply_text(self, answer: Answer | None, name: str) -> str:
        record = self._record()
        path = record.path()
        if not path:
            raise StudioError(self.tr("There is nothing yet to copy: ask something first."))
        turn = path[-1] if answer is None else turn_of(record, answer.id)
        return reply_text(record, turn, name)

    def _copy(self, text: Callable[[], str]) -> None:
        try:
            QGuiApplication.clipboard().setText(text())
        except StudioError as error:
            self.failed.emit(str(error))
