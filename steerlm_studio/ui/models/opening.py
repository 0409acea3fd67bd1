"""Models come into the window here: from the browser, the system's dialog, a download."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QMainWindow, QToolButton

from steerlm_studio.gguf_parts import parts_of
from steerlm_studio.models.unfinished import unfinished
from steerlm_studio.ui.model_files import choose_model, is_checkpoint
from steerlm_studio.ui.model_loading import ModelLoading
from steerlm_studio.ui.models.browser import ModelBrowser
from steerlm_studio.ui.models.downloads import Downloads
from steerlm_studio.ui.settings import recent_models


class Opening(QObject):
    """Owns the downloads; the dialog is made when it is first asked for."""

    dropped = Signal(list)  # list[Path]: on the dialog

    def __init__(
        self,
        settings: QSettings,
        window: QMainWindow,
        loading: ModelLoading,
        export: Callable[[Path], object],
        is_busy: Callable[[], bool],
    ) -> None:
        """While the window `is_busy` with its model, no other is opened without a further word."""
        super().__init__(window)
        self._settings, self._window = settings, window
        self._loading, self._open_model, self._export = loading, loading.open, export
        self._is_busy = is_busy
        self._is_news = False  # something was fetched, and nobody has looked since
        self.downloads = Downloads(self)
        self.browser: ModelBrowser | None = None
        self.status = QToolButton()
        self.status.setAutoRaise(True)
        self.status.setToolTip(self.tr("Show the downloads"))
        self.status.clicked.connect(self.show_downloads)
        self.status.hide()
        window.statusBar().addPermanentWidget(self.status)
        self.downloads.changed.connect(self._count)
        self.downloads.finished.connect(self._on_fetched)
        self.downloads.show_begun(
            msgspec.to_builtins(note) | {"present": note.present} for note in unfinished()
        )

    def open(self) -> ModelBrowser:
        """Show the dialog, with what is there listed anew."""
        if self.browser is None:
            self.browser = ModelBrowser(self.downloads, self._window)
            self.browser.open_requested.connect(lambda path: self._open_model(Path(path)))
            self.browser.export_requested.connect(lambda path: self._export(Path(path)))
            self.browser.file_requested.connect(self.choose_file)
            self.browser.dropped.connect(self.dropped)
        self.browser.look()
        return self.browser

    def show_downloads(self) -> None:
        browser = self.open()
        browser.places.setCurrentRow(browser.places.count() - 1)
        self._is_news = False
        self._count()

    def search_in(self, folder: Path) -> None:
        """Look for models there from now on, and show them."""
        browser = self.open()
        browser.places.setCurrentRow(0)
        browser.local.add_folder(str(folder))

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

    def _on_fetched(self, path: str) -> None:
        """Goes on by itself where it is waited for, or in nobody's way; else it is offered."""
        file = Path(path)
        if is_checkpoint(file):
            is_wanted, go_on = self._is_waited_for, self._export
        else:
            file = file.with_name(next(parts_of(file.name)))
            is_in_no_way = self._loading.is_spare and self._is_alone
            is_wanted = not self._is_busy() and (self._is_waited_for or is_in_no_way)
            go_on = self._open_model
        if not _is_whole(file):
            return  # the last of its parts brings the model
        if is_wanted:
            if self.browser is not None:
                self.browser.hide()
            go_on(file)
        else:
            self._is_news = True
            self._count()

    @property
    def _is_waited_for(self) -> bool:
        """Whether the user is looking at the downloads."""
        browser = self.browser
        return (
            browser is not None
            and browser.isVisible()
            and browser.pages.currentWidget() is browser.fetched
        )

    @property
    def _is_alone(self) -> bool:
        """Whether the dialog is closed, so that no other choice is being made."""
        return self.browser is None or not self.browser.isVisible()

    def _count(self) -> None:
        active, begun = len(self.downloads.active), len(self.downloads.begun)
        text = self.tr("Download finished") if self._is_news else ""
        if active:
            text = self.tr("%n downloads", "", active)
        elif begun and not text:
            text = self.tr("%n unfinished downloads", "", begun)
        self.status.setVisible(bool(text))
        self.status.setText(text)
        self.status.setAccessibleName(text)


def _is_whole(file: Path) -> bool:
    return all(file.with_name(name).is_file() for name in parts_of(file.name))
