"""The licence of a model: its name, its text, and that the user has read and accepts it, once."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from steerlm_studio.models.licences import Licence, accept, is_accepted
from steerlm_studio.ui.models.facts import wrapped
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.theme import GRID, HALF


class LicenceBox(QWidget):
    """What was accepted is written down in the program's own file, with the day.

    Where that cannot be written, it counts until the program ends.
    """

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._licence: Licence | None = None
        self._unwritten: set[str] = set()  # ids that were accepted, and no disk to keep it
        self.notice = Notice()
        self.name = wrapped("")
        self.read = QPushButton(self.tr("Read it"))
        self.read.clicked.connect(self._on_read)
        self.agree = QCheckBox(self.tr("I have read this licence and accept its terms"))
        self.agree.toggled.connect(self._on_toggled)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.name, 1)
        row.addWidget(self.read)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(row)
        column.addWidget(self.agree)
        column.addWidget(self.notice)

    @property
    def is_accepted(self) -> bool:
        return self._licence is not None and self._counts(self._licence)

    def show_licence(self, licence: Licence) -> None:
        self._licence = licence
        self.notice.hide()
        self.name.setText(licence.name if licence.id else self.tr("no licence named"))
        self.read.setVisible(licence.link.startswith(("https://", "http://")))
        self.read.setAccessibleName(f"{self.read.text()}: {licence.name}")
        self.read.setToolTip(licence.link)
        self.agree.blockSignals(True)
        self.agree.setChecked(self._counts(licence))
        self.agree.blockSignals(False)
        self.agree.setVisible(licence.asks)
        self.agree.setEnabled(not self.agree.isChecked())

    def _on_read(self) -> None:
        if self._licence is not None:
            QDesktopServices.openUrl(QUrl(self._licence.link))

    def _on_toggled(self, checked: bool) -> None:
        if checked and self._licence is not None:
            self._write(self._licence)
            self.agree.setEnabled(False)
            self.accepted.emit()

    def _counts(self, licence: Licence) -> bool:
        return licence.id in self._unwritten or is_accepted(licence)

    def _write(self, licence: Licence) -> None:
        try:
            accept(licence)
        except OSError as error:
            self._unwritten.add(licence.id)
            text = self.tr("This cannot be written down (%1), so it will be asked again next time.")
            self.notice.say(text.replace("%1", error.strerror or str(error)), is_error=True)
