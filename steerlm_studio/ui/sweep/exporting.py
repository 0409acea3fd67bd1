"""Taking a sweep out of the window: a page, a table, a picture."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from steerlm_studio.errors import StudioError
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.sweep.file import as_csv, as_html, write_text
from steerlm_studio.ui.sweep.page import SweepPage

_FINENESS = 2  # pixels of the picture per pixel of the screen


class SweepExport(QObject):
    """Fills the page's export menu; what goes wrong is said on the page."""

    def __init__(self, page: SweepPage) -> None:
        super().__init__(page)
        self._page = page
        menu = page.export_menu
        self.page_action = menu.addAction(icon("export"), self.tr("Page (HTML)…"))
        self.table_action = menu.addAction(icon("export"), self.tr("Table (CSV)…"))
        self.picture_action = menu.addAction(icon("export"), self.tr("Picture (PNG)…"))
        self.page_action.triggered.connect(lambda: self._ask(".html", self.save_page))
        self.table_action.triggered.connect(lambda: self._ask(".csv", self.save_table))
        self.picture_action.triggered.connect(lambda: self._ask(".png", self.save_picture))

    def save_page(self, file: Path) -> None:
        page = self._page
        question = page.answers[0].question
        self._write(as_html(page.sweep, question, page.answers), file)

    def save_table(self, file: Path) -> None:
        self._write(as_csv(self._page.sweep, self._page.answers), file)

    def save_picture(self, file: Path) -> None:
        """All cells, those out of sight included, finer than on the screen."""
        picture = self._page.grid.picture
        image = QImage(picture.size() * _FINENESS, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_FINENESS)
        image.fill(picture.palette().window().color())
        picture.render(image)
        if not image.save(str(file)):
            text = self.tr("The picture cannot be written to %1.")
            self._page.say(text.replace("%1", str(file)))

    def _write(self, text: str, file: Path) -> None:
        try:
            write_text(text, file)
        except StudioError as error:
            self._page.say(str(error))

    def _ask(self, ending: str, save: Callable[[Path], None]) -> None:
        """A dialog that the window does not wait for."""
        dialog = QFileDialog(self._page, self.tr("Export the sweep"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending.removeprefix("."))
        dialog.setNameFilter(f"*{ending}")
        dialog.selectFile(f"sweep{ending}")
        dialog.fileSelected.connect(lambda name: save(Path(name)))
        dialog.open()
