"""What is the matter with the conversations' file, in a banner with a way on."""

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.keeping import Keeping


class StoreNotes(QObject):
    """Says at the start how the file was found, and later when something could not be kept."""

    def __init__(self, banner: Banner, keeping: Keeping, notes: Sequence[str]) -> None:
        super().__init__(banner)
        self._banner = banner
        self._again = QAction(self.tr("Try again"), self)
        self._again.triggered.connect(keeping.keep_all)
        self._is_shown = False
        keeping.troubled.connect(self._on_troubled)
        if notes:
            banner.show_error("\n".join(notes))

    def _on_troubled(self, sentence: str) -> None:
        if sentence and sentence != self._banner.message.text():
            self._banner.show_error(sentence, actions=[self._again])
            self._is_shown = True
        elif not sentence and self._is_shown:
            self._banner.dismiss()
            self._is_shown = False
