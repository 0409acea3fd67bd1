"""Under which licence a checkpoint is, and the user's word on its terms, asked once."""

from contextlib import suppress

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from steerlm_studio.models.catalog import CatalogModel, card_of
from steerlm_studio.models.licences import (
    Licence,
    accept,
    is_accepted,
    known_licences,
    licence_named,
    usual_licence,
)
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.translations import card_in_words


class LicenceChoice(QWidget):
    """The licence that goes into the files; one with conditions needs a tick, once."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names = Choice()
        self.names.setAccessibleName(self.tr("Licence of the checkpoint"))
        self.names.setMinimumContentsLength(24)
        self.read = QPushButton(self.tr("Read it…"))
        self.link = SmallLabel()
        self.link.setWordWrap(True)
        self.link.setTextInteractionFlags(self.link.textInteractionFlags().TextSelectableByMouse)
        self.agree = QCheckBox(self.tr("I have read this licence and accept its terms"))
        self.note = SmallLabel()
        self.card = SmallLabel()  # what the publisher says it is for, and where it ends
        for label in (self.note, self.card):
            label.setWordWrap(True)
        self._licences: list[Licence] = []
        self._card: CatalogModel | None = None
        self._lay_out()
        self.names.activated.connect(self._on_chosen)
        self.read.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self.licence.link)))
        self.agree.toggled.connect(self.changed)
        self.suggest("", "")

    @property
    def licence(self) -> Licence:
        return self._licences[self.names.currentIndex()]

    @property
    def may_go_on(self) -> bool:
        return is_accepted(self.licence) or self.agree.isChecked()

    def suggest(self, said: str, schema: str) -> None:
        """Select what the checkpoint says, else what its family was published under."""
        known = known_licences()
        first = licence_named(said) if said else usual_licence(schema)
        others = [licence for licence in known if licence.id != first.id]
        self._licences = [first, *others]
        self.names.clear()
        self.names.addItems([shown(licence.name) for licence in self._licences])
        note = self.tr("The checkpoint says so itself.") if said else ""
        self.note.setText(
            note or self.tr("The checkpoint names none; models of its family have this one.")
        )
        self._card = card_of(schema)
        self._on_chosen()

    def accept(self) -> None:
        """Remember the user's tick; where that cannot be written, it is asked again next time."""
        if not is_accepted(self.licence):
            with suppress(OSError):  # a full disk is no reason against an export to another one
                accept(self.licence)

    def _on_chosen(self) -> None:
        licence = self.licence
        self.link.setText(shown(licence.link))
        self.link.setVisible(bool(licence.link))
        self.read.setEnabled(bool(licence.link))
        self.note.setVisible(self.names.currentIndex() == 0)
        is_its_own = self._card is not None and self._card.licence == licence.id
        self.card.setText(self._card_text() if is_its_own else "")
        self.card.setVisible(is_its_own)
        self.agree.setChecked(False)
        self.agree.setVisible(not is_accepted(licence))
        self.changed.emit()

    def _card_text(self) -> str:
        if self._card is None:
            return ""
        title = self.tr("From the card of %1:").replace("%1", self._card.name)
        lines = map(card_in_words, (self._card.intended_use, *self._card.limitations))
        return "\n".join([title, *(f"• {line}" for line in lines)])

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.names, 1)
        row.addWidget(self.read)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(row)
        column.addWidget(self.link)
        column.addWidget(self.note)
        column.addWidget(self.card)
        column.addWidget(self.agree)
