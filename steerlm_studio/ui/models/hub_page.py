"""The hub: search by words, or paste a name or a link."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from steerlm_studio.errors import StudioError
from steerlm_studio.models.address import address_in
from steerlm_studio.models.commands import search_command
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.models.login_row import LoginRow
from steerlm_studio.ui.models.question import Question, Refusal
from steerlm_studio.ui.models.table import Cell, ModelTable
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.theme import GRID


class HubPage(QWidget):
    """Nothing is asked of the hub before the user searches or logs in."""

    asked = Signal()  # for something else: what was picked before is over
    picked = Signal(object)  # a repository as `models search` has it, or {"repo": …}

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link = ""
        self.words = QLineEdit()
        self.words.setPlaceholderText(self.tr("Words of a name, owner/name, or a link"))
        self.words.setAccessibleName(self.tr("Search the hub"))
        self.words.setClearButtonEnabled(True)
        self.words.returnPressed.connect(self.search)
        self.go = QPushButton(self.tr("Search"))
        self.go.setAutoDefault(False)
        self.go.clicked.connect(self.search)
        columns = (self.tr("Repository"), self.tr("Access"), self.tr("Downloads"))
        self.table = ModelTable(self.tr("What the hub has"), columns)
        self.table.picked.connect(self.picked)
        self.state = SmallLabel(self.tr("Try: steerlm"))
        self.notice = Notice()
        self.notice.acted.connect(lambda: QDesktopServices.openUrl(QUrl(self._link)))
        self.login = LoginRow()
        self.login.refused.connect(self.show_refusal)
        self.login.logged_in.connect(self.notice.hide)
        self.question = Question(self)
        self.question.answered.connect(self._on_answered)
        self.question.refused.connect(self.show_refusal)
        self._lay_out()

    def search(self) -> None:
        """A name or a link is shown at once; words are searched for."""
        text = self.words.text().strip()
        self.notice.hide()
        if not text:
            return
        self.table.leave()
        self.asked.emit()
        if "/" in text:
            self._show_address(text)
            return
        self.state.setText(self.tr("Searching…"))
        self.question.ask(search_command(text))

    def show_refusal(self, why: Refusal) -> None:
        self._link = why.link
        self.state.setText("")
        button = self.tr("Open the page") if why.link else ""
        self.notice.say(why.message, button, is_error=True)

    def stop(self) -> None:
        self.question.stop()
        self.login.question.stop()

    def _show_address(self, text: str) -> None:
        try:
            address = address_in(text)
        except StudioError as error:
            self.show_refusal(Refusal(str(error)))
            return
        self.picked.emit({"repo": address.repo, "address": address})

    def _on_answered(self, said: Mapping[str, Any]) -> None:
        found = said["models"]
        self.table.show_rows([(model, self._cells(model)) for model in found])
        none = self.tr("The hub has no model of that name.")
        self.state.setText(self.tr("%n models", "", len(found)) if found else none)

    def _cells(self, model: Mapping[str, Any]) -> list[Cell]:
        access = self.tr("gated") if model["gated"] else self.tr("open")
        texts: list[Cell] = [(t, t.lower()) for t in (model["repo"], access)]
        return [*texts, (str(model["downloads"]), model["downloads"])]

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.words, 1)
        row.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(row)
        column.addWidget(self.notice)
        column.addWidget(self.table, 1)
        column.addWidget(self.state)
        column.addWidget(self.login)
