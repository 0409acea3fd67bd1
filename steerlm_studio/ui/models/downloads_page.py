"""The list of downloads: how far, how fast, how long still; pause, go on, cancel, open."""

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.ui.amounts import bytes_text, time_text
from steerlm_studio.ui.elided_label import ElidedLabel, SmallElidedLabel
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.models.download import Download
from steerlm_studio.ui.models.downloads import Downloads
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF

_MUCH = 20_000_000  # bytes that one press must not throw away
_SURE_MS = 5000
_UPDATE_MS = 200  # numbers change at most five times a second


class DownloadRow(QFrame):
    """One of them."""

    open_requested = Signal(str)  # the path of the file
    forget_requested = Signal()

    def __init__(self, download: Download, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.download = download
        self.name = ElidedLabel(shown(f"{download.address.repo} · {download.address.file}"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("How much is here"))
        self.facts = SmallElidedLabel()
        self.why = SmallLabel()
        self.why.setWordWrap(True)
        self.go = self._button(self._on_go)
        self.page = self._button(self._on_page)
        self.page.setText(self.tr("Open its page"))
        self.drop = self._button(self._on_drop)
        self._update = QTimer(self)
        self._update.setSingleShot(True)
        self._update.setInterval(_UPDATE_MS)
        self._update.timeout.connect(self.refresh)
        self._sure = QTimer(self)  # a second press while it runs throws much away
        self._sure.setSingleShot(True)
        self._sure.setInterval(_SURE_MS)
        self._sure.timeout.connect(self.refresh)
        download.changed.connect(self._on_changed)
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Show how it stands now."""
        at = self.download
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * at.present / at.total) if at.total else 0)
        self.bar.setVisible(at.state != "finished")
        self.facts.set_text(self._words())
        self.why.setText(shown(at.refusal.message) if at.refusal and at.state == "failed" else "")
        self.why.setVisible(bool(self.why.text()))
        self.page.setVisible(at.state == "failed" and bool(at.refusal and at.refusal.link))
        self.go.setText(self._next())
        self.drop.setText(self._way_out())
        for button in (self.go, self.drop, self.page):
            button.setAccessibleName(f"{button.text()}: {at.address.file}")

    def _next(self) -> str:
        if self.download.state == "finished":
            is_checkpoint = self.download.path.endswith(".nemo")
            return self.tr("Export…") if is_checkpoint else self.tr("Open")
        if self.download.is_active:
            return self.tr("Pause")
        return self.tr("Try again") if self.download.state == "failed" else self.tr("Resume")

    def _way_out(self) -> str:
        if self.download.state == "finished":
            return self.tr("Remove from list")
        if self._sure.isActive():
            return self.tr("Throw away %1?").replace("%1", bytes_text(self.download.present))
        return self.tr("Cancel")

    def _words(self) -> str:
        at = self.download
        done = self.tr("%1 of %2").replace("%1", bytes_text(at.present))
        done = done.replace("%2", bytes_text(at.total) if at.total else "…")
        if at.state == "finished":
            return self.tr("%1, checked").replace("%1", bytes_text(at.total))
        if at.state == "running" and at.rate:
            speed = self.tr("%1/s").replace("%1", bytes_text(at.rate))
            left = self.tr("%1 left").replace("%1", time_text(at.remaining or 0))
            return " · ".join((done, speed, left))
        words = {
            "checking": self.tr("checking what is here"),
            "waiting": self.tr("%1, trying again soon").replace("%1", shown(at.words)),
            "paused": self.tr("paused"),
            "failed": self.tr("stopped"),
            "running": self.tr("asking the hub"),
        }
        return " · ".join((done, words[at.state]))

    def _on_changed(self) -> None:
        if self.download.state != "running":
            self.refresh()
        elif not self._update.isActive():
            self._update.start()

    def _on_go(self) -> None:
        if self.download.state == "finished":
            self.open_requested.emit(self.download.path)
        elif self.download.is_active:
            self.download.pause()
        else:
            self.download.start()

    def _on_page(self) -> None:
        if self.download.refusal is not None:
            QDesktopServices.openUrl(QUrl(self.download.refusal.link))

    def _on_drop(self) -> None:
        if self.download.state == "finished":
            self.forget_requested.emit()
        elif self.download.present < _MUCH or self._sure.isActive():
            self.download.cancel()
        else:
            self._sure.start()
            self.refresh()

    def _button(self, clicked: object) -> QPushButton:
        button = QPushButton()
        button.clicked.connect(clicked)
        return button

    def _lay_out(self) -> None:
        text = QVBoxLayout()
        text.setSpacing(HALF)
        for widget in (self.name, self.bar, self.facts, self.why):
            text.addWidget(widget)
        self.bar.setMaximumHeight(GRID)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, GRID, 0, GRID)
        row.setSpacing(GRID)
        row.addLayout(text, 1)
        for button in (self.page, self.go, self.drop):
            row.addWidget(button)


class DownloadsPage(QWidget):
    """A row each, the latest below."""

    open_requested = Signal(str)

    def __init__(self, downloads: Downloads, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._downloads = downloads
        self.rows: list[DownloadRow] = []
        self._nothing = SmallLabel(
            self.tr(
                "Nothing is being downloaded. Files go into the Hugging Face cache, where other "
                "programs find them too; what was begun goes on even after a crash."
            )
        )
        self._nothing.setWordWrap(True)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, GRID, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        downloads.added.connect(self._on_added)
        downloads.removed.connect(self._on_removed)
        for download in downloads.all:
            self._on_added(download)

    def _on_added(self, download: Download) -> None:
        row = DownloadRow(download)
        row.open_requested.connect(self.open_requested)
        row.forget_requested.connect(lambda: self._downloads.forget(download))
        self.rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)
        self._nothing.hide()

    def _on_removed(self, download: Download) -> None:
        for row in [row for row in self.rows if row.download is download]:
            self.rows.remove(row)
            row.hide()
            row.deleteLater()
        self._nothing.setVisible(not self.rows)
