"""Open model: one place for the disk, the catalogue, the hub and what is being fetched."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio import resources
from steerlm_studio.models.address import Address
from steerlm_studio.models.commands import list_command
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.model_files import local_paths_in
from steerlm_studio.ui.models.catalogue_page import CataloguePage
from steerlm_studio.ui.models.downloads import Downloads
from steerlm_studio.ui.models.downloads_page import DownloadsPage
from steerlm_studio.ui.models.file_card import FileCard
from steerlm_studio.ui.models.hub_card import HubCard
from steerlm_studio.ui.models.hub_page import HubPage
from steerlm_studio.ui.models.local_page import LocalPage
from steerlm_studio.ui.models.question import Question, Refusal
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.theme import GRID

_SIZE = (1200, 660)
_WIDTHS = (600, 420)  # px at first: list, card


class ModelBrowser(QDialog):
    """Never waits: lists and cards fill in as the children answer. Closing it only hides it."""

    open_requested = Signal(str)  # a GGUF
    export_requested = Signal(str)  # a checkpoint
    file_requested = Signal()  # the system's own dialog
    dropped = Signal(list)  # list[Path]

    def __init__(self, downloads: Downloads, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open model"))
        self._downloads = downloads
        self.places = QListWidget()
        self.places.setAccessibleName(self.tr("Where to look"))
        self.local, self.catalogue = LocalPage(), CataloguePage()
        self.hub, self.fetched = HubPage(), DownloadsPage(downloads)
        self.pages, self.cards = QStackedWidget(), QStackedWidget()
        self.file_card, self.hub_card = FileCard(), HubCard()
        self.nothing = SmallLabel(self.tr("Choose a model to see what it is and whether it fits."))
        self.notice = Notice()
        self.listing = Question(self)
        self._wanted = ""  # the path to show once it is listed
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()

    def look(self) -> None:
        """Show the dialog and list anew what is there."""
        self.refresh()
        self.show()
        self.activateWindow()
        if self.pages.currentWidget() is self.local:
            self.local.filter.setFocus()

    def refresh(self) -> None:
        self.listing.ask(list_command())

    def stop(self) -> None:
        """End the children of the dialog; downloads are not its own."""
        self.listing.stop()
        self.hub.stop()
        self.hub_card.stop()
        self.file_card.fit.stop()

    def _on_listed(self, said: Mapping[str, Any]) -> None:
        self.local.show_models(said["models"], said["folders"], said["cut"])
        self.catalogue.show_models(said["catalogue"])
        self._downloads.show_begun(said["unfinished"])
        if self._wanted:
            self.local.table.pick(self._wanted)
            self._wanted = ""

    def _on_refused(self, why: Refusal) -> None:
        self.notice.say(why.message, is_error=True)

    def _on_file_picked(self, model: Mapping[str, Any]) -> None:
        self.cards.setCurrentWidget(self.file_card)
        self.file_card.show_model(model)

    def _on_catalogued(self, card: Mapping[str, Any]) -> None:
        self.cards.setCurrentWidget(self.hub_card)
        self.hub_card.show_catalogued(card)

    def _on_repo_picked(self, model: Mapping[str, Any]) -> None:
        self.cards.setCurrentWidget(self.hub_card)
        self.hub_card.show_repo(model.get("address") or Address(model["repo"]))

    def _on_page_chosen(self, row: int) -> None:
        self.pages.setCurrentIndex(row)
        page = self.pages.currentWidget()
        self.cards.setVisible(page is not self.fetched)
        self.cards.setCurrentWidget(self.nothing)
        for shown in (self.local, self.catalogue, self.hub):
            shown.table.leave()
        if page is self.hub:
            self.hub.login.ask_who()

    def _on_download_wanted(self, address: Address) -> None:
        self._downloads.begin(address)
        self.places.setCurrentRow(self.pages.indexOf(self.fetched))

    def _on_path_chosen(self, path: str) -> None:
        if path.lower().endswith(".nemo"):
            self._export(path)
        else:
            self._open(path)

    def _open(self, path: str) -> None:
        self.hide()
        self.open_requested.emit(path)

    def _export(self, path: str) -> None:
        self.hide()
        self.export_requested.emit(path)

    def _on_row_opened(self, model: Mapping[str, Any] | None) -> None:
        if model is not None and not model["problem"]:
            self.file_card.open.click()

    def _count_downloads(self) -> None:
        count = len(self._downloads.active) + len(self._downloads.begun)
        text = self.tr("Downloads (%n)", "", count) if count else self.tr("Downloads")
        self.places.item(self.pages.indexOf(self.fetched)).setText(text)

    def _connect(self) -> None:
        self.listing.answered.connect(self._on_listed)
        self.listing.refused.connect(self._on_refused)
        self.places.currentRowChanged.connect(self._on_page_chosen)
        self.local.picked.connect(self._on_file_picked)
        self.local.opened.connect(self._on_row_opened)
        self.local.file_requested.connect(self.file_requested)
        self.local.changed.connect(self.refresh)
        self.local.refused.connect(lambda why: self.notice.say(why, is_error=True))
        self.catalogue.picked.connect(self._on_catalogued)
        self.hub.picked.connect(self._on_repo_picked)
        self.hub.asked.connect(lambda: self.cards.setCurrentWidget(self.nothing))
        self.hub_card.download_requested.connect(self._on_download_wanted)
        self.hub_card.demo_requested.connect(lambda: self._open(str(resources.demo_model())))
        self.file_card.open_requested.connect(self._open)
        self.file_card.export_requested.connect(self._export)
        self.fetched.open_requested.connect(self._on_path_chosen)
        self._downloads.changed.connect(self._count_downloads)
        self._downloads.finished.connect(lambda _: self.refresh())
        self._count_downloads()
        self.places.setCurrentRow(0)

    def _lay_out(self) -> None:
        names = (self.tr("This machine"), self.tr("SteerLM models"), self.tr("Hub"))
        pages = (self.local, self.catalogue, self.hub, self.fetched)
        for name, page in zip((*names, self.tr("Downloads")), pages, strict=True):
            self.places.addItem(name)
            self.pages.addWidget(page)
        self.places.setSpacing(GRID // 4)
        self.places.setFixedWidth(self.fontMetrics().averageCharWidth() * 18)
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for card in (self.nothing, self.file_card, self.hub_card):
            self.cards.addWidget(card)
        panes = QSplitter(Qt.Orientation.Horizontal)
        panes.addWidget(self.pages)
        panes.addWidget(self.cards)
        panes.setChildrenCollapsible(False)
        panes.setHandleWidth(2 * GRID)
        panes.setSizes(list(_WIDTHS))
        right = QVBoxLayout()
        right.setSpacing(GRID)
        right.addWidget(self.notice)
        right.addWidget(panes, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID, GRID, GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self.places)
        row.addLayout(right, 1)
        self.resize(*_SIZE)

    # Qt's

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_paths_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.hide()
        self.dropped.emit(local_paths_in(event.mimeData()))
