"""What is the matter with the conversations' file, in a banner with a way on."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from steerlm_studio import folders
from steerlm_studio.errors import StudioError
from steerlm_studio.store.health import Opened, open_store
from steerlm_studio.store.moving import settle
from steerlm_studio.store.store import FILE_NAME, default_path
from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.keeping import Keeping
from steerlm_studio.ui.writing import Writing


class StoreNotes(QObject):
    """Says at the start how the file was found, and later when something could not be kept.

    `remember` writes down what is shown. `reopen` closes the window and opens the next, over what
    then is the place of the file.
    """

    def __init__(
        self,
        banner: Banner,
        keeping: Keeping,
        opened: Opened,
        remember: Callable[[], object],
        reopen: Callable[[], object],
    ) -> None:
        super().__init__(banner)
        self._remember = remember
        self._banner, self._keeping, self._opened = banner, keeping, opened
        self._reopen = reopen
        self.again = QAction(self.tr("Try again"), self)
        self.again.triggered.connect(self._try_again)
        self.elsewhere = QAction(self.tr("Choose another folder…"), self)
        self.elsewhere.triggered.connect(self.choose_folder)
        self._is_shown = False
        keeping.troubled.connect(self._on_troubled)
        if opened.notes:
            actions = [] if opened.lasting else [self.again, self.elsewhere]
            banner.show_error(" ".join(map(in_words, opened.notes)), actions=actions)

    def choose_folder(self) -> QFileDialog:
        """Ask where the conversations are to lie from now on."""
        title = self.tr("Where the conversations are kept")
        dialog = QFileDialog(self._banner.window(), title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda folder: self.move_to(Path(folder)))
        dialog.open()
        return dialog

    def move_to(self, folder: Path) -> None:
        """Go on there, with all that is in the window."""
        path = folder / FILE_NAME
        try:
            if self._opened.lasting and path.exists():
                there = self.tr(
                    "There is a file of conversations in %1 already. Choose a folder without one."
                )
                raise StudioError(there.replace("%1", str(folder)))
            self._settle(path)
            folders.choose_conversations(folder)
        except StudioError as error:
            self._show(str(error))
            return
        self._reopen()

    def _try_again(self) -> None:
        if self._opened.lasting:
            self._keeping.keep_all()
            return
        try:
            self._settle(default_path())
        except StudioError as error:
            self._show(str(error))
            return
        self._reopen()

    def _settle(self, path: Path) -> None:
        """Raises StudioError, with everything still where it was."""
        self._keeping.keep_all()
        self._remember()
        settle(self._opened.store, path, self._opened.since)
        if self._keeping.waiting:  # the old place would not have them
            opened = open_store(path)
            try:
                for chat in self._keeping.waiting:
                    Writing(opened.store, chat).write()
            finally:
                opened.close()

    def _show(self, sentence: str) -> None:
        self._banner.show_error(in_words(sentence), actions=[self.again, self.elsewhere])
        self._is_shown = True

    def _on_troubled(self, sentence: str) -> None:
        if sentence and in_words(sentence) != self._banner.message.text():
            self._show(sentence)
        elif not sentence and self._is_shown:
            self._banner.dismiss()
            self._is_shown = False
