"""Models come into the window here: from the browser, the system's dialog, a download."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QMainWindow, QToolButton

from steerlm_studio.ui.model_files import choose_model, is_checkpoint
from steerlm_studio.ui.models.browser import ModelBrowser
from steerlm_studio.ui.models.downloads import Downloads
from steerlm_studio.ui.settings import recent_models


class Opening(QObject):
    """Owns the downloads; the dialog is made when it is first asked for."""

    def __init__(
        self,
        settings: QSettings,
        window: QMainWindow,
        open_model: Callable[[Path], None],
        export: Callable[[Path], object],
    ) -> None:
        super().__init__(window)
        self._settings, self._window = settings, window
        self._open_model, self._export = open_model, export
        self.downloads = Downloads(self)
        self.browser: ModelBrowser | None = None
        self.status = QToolButton()
        self.status.setAutoRaise(True)
        self.status.setToolTip(self.tr("Show the downloads"))
        self.status.clicked.connect(self.show_downloads)
        self.status.hide()
        window.statusBar().addPermanentWidget(self.status)
        self.downloads.changed.connect(self._count)

    def open(self) -> ModelBrowser:
        """Show the dialog, with what is there listed anew."""
        if self.browser is None:
            self.browser = ModelBrowser(self.downloads, self._window)
            self.browser.open_requested.connect(lambda path: self._open_model(Path(path)))
            self.browser.export_requested.connect(lambda path: self._export(Path(path)))
            self.browser.file_requested.connect(self.choose_file)
        self.browser.look()
        return self.browser

    def show_downloads(self) -> None:
        browser = self.open()
        browser.places.setCurrentRow(browser.places.count() - 1)

    def choose_file(self) -> None:
        """The system's own dialog."""
        recent = recent_models(self._settings)
        choose_model(self._window, Path(recent[0]).parent if recent else None, self._on_chosen)

    def stop(self) -> None:
        """End all children; downloads go on at the next start if the user wants."""
        self.downloads.stop()
        if self.browser is not None:
            self.browser.stop()
            self.browser.close()

    def _on_chosen(self, path: Path) -> None:
        if self.browser is not None:
            self.browser.hide()
        take = self._export if is_checkpoint(path) else self._open_model
        take(path)

    def _count(self) -> None:
        active = len(self.downloads.active)
        self.status.setVisible(bool(active))
        self.status.setText(self.tr("%n downloads", "", active))
        self.status.setAccessibleName(self.status.text())
