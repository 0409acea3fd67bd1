"""A model of the catalogue or the hub: its card, its licence, its files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from steerlm_studio.models.address import Address
from steerlm_studio.models.commands import show_command
from steerlm_studio.models.licences import Licence, licence_named
from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.labels import SmallLabel, TitleLabel
from steerlm_studio.ui.models.facts import Facts, wrapped
from steerlm_studio.ui.models.hub_files import HubFiles
from steerlm_studio.ui.models.licence_box import LicenceBox
from steerlm_studio.ui.models.question import Question, Refusal, refusal
from steerlm_studio.ui.models.scores import Scores
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID
from steerlm_studio.ui.translations import card_in_words, language_in_words


class HubCard(QWidget):
    """The card is there at once where the catalogue has it; the files come from the hub."""

    download_requested = Signal(object)  # Address
    demo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address, self._link = Address(""), ""
        self.title = TitleLabel()
        self.title.setWordWrap(True)
        self.summary, self.use, self.limits = wrapped(""), wrapped(""), wrapped("")
        self.facts, self.scores, self.files = Facts(), Scores(), HubFiles()
        self.licence = LicenceBox()
        self.page = QPushButton(self.tr("Open its page"))
        self.page.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._address.page)))
        self.notice = Notice()
        self.notice.acted.connect(lambda: QDesktopServices.openUrl(QUrl(self._link)))
        self.open_demo = QPushButton(self.tr("Open"))
        self.open_demo.setDefault(True)
        self.open_demo.clicked.connect(self.demo_requested)
        self.files.wanted.connect(self._on_wanted)
        self.licence.accepted.connect(self._on_accepted)
        self.question = Question(self)
        self.question.answered.connect(self._on_answered)
        self.question.refused.connect(self._on_refused)
        self._heads: dict[str, SmallLabel] = {}
        self._lay_out()

    def show_catalogued(self, card: Mapping[str, Any]) -> None:
        """An entry of the catalogue; its files are asked for."""
        self._begin(card["name"], Address(card.get("repo", "")))
        self._show_card(card)
        self.open_demo.setVisible(bool(card.get("bundled")))
        self._show_licence(licence_named(card["licence"]))
        if self._address.repo:
            self._ask()

    def show_repo(self, address: Address) -> None:
        """A repository of the hub; where a file of it is named, its button has the focus."""
        self._begin(address.repo, address)
        self._show_card({})
        self.open_demo.hide()
        self._ask()

    def stop(self) -> None:
        self.question.stop()

    def _begin(self, name: str, address: Address) -> None:
        self.question.stop()
        self._address = address
        self.title.setText(shown(name))
        self.notice.hide()
        self.files.show_files([])
        self._show_licence(None)
        self._show_parts(files=False)
        self.page.setVisible(bool(address.repo))

    def _ask(self) -> None:
        self.notice.say(self.tr("Asking the hub for its files…"))
        self.question.ask(show_command(self._address.text))

    def _on_answered(self, said: Mapping[str, Any]) -> None:
        self.notice.hide()
        if said["card"]:
            self._show_card(said["card"])
        self._show_licence(Licence(**said["licence"]))
        hub = said["hub"]
        if hub:
            self._address = replace(self._address, repo=hub["repo"])
            if not said["card"]:
                self._show_hub(hub)
            self.files.show_files(said["files"])
            self._show_parts(files=True)
            self._allow()
            if self._address.file in self.files.buttons:
                self.files.go_to(self._address.file)
            if hub["gated"]:
                self._say_gated()
        if said["error"]:
            self._on_refused(refusal(said["error"]))

    def _on_refused(self, why: Refusal) -> None:
        self._link = why.link
        button = self.tr("Open the page") if why.link else ""
        self.notice.say(why.message, button, is_error=True)

    def _say_gated(self) -> None:
        self._link = self._address.page
        self.notice.say(
            self.tr(
                "This model is gated: log in (under “Hub”), and accept its conditions on its page, "
                "before its files can be downloaded."
            ),
            self.tr("Open the page"),
        )

    def _allow(self) -> None:
        why = self.tr("Accept the licence first")
        self.files.allow(self.licence.is_accepted, why)

    def _on_accepted(self) -> None:
        self._allow()
        self.files.go_to(self._address.file)

    def _on_wanted(self, name: str) -> None:
        self.download_requested.emit(replace(self._address, file=name))

    def _show_hub(self, hub: Mapping[str, Any]) -> None:
        gated = {
            "": self.tr("open"),
            "auto": self.tr("gated, at once"),
            "manual": self.tr("gated, by hand"),
        }
        self.title.setText(shown(hub["repo"]))
        self.facts.show_facts(
            (
                (self.tr("Revision"), self._revision),
                (self.tr("Licence"), hub["licence"] or self.tr("none named")),
                (self.tr("Access"), gated.get(hub["gated"], hub["gated"])),
                (self.tr("Downloads"), str(hub["downloads"])),
                (self.tr("Likes"), str(hub["likes"])),
            )
        )

    @property
    def _revision(self) -> str:
        return "" if self._address.revision == "main" else self._address.revision

    def _show_card(self, card: Mapping[str, Any]) -> None:
        self.summary.setText(card_in_words(card.get("summary", "")))
        self.use.setText(card_in_words(card.get("intended_use", "")))
        limits = (card_in_words(limit) for limit in card.get("limitations", ()))
        self.limits.setText("\n".join(f"• {limit}" for limit in limits))
        self.scores.show_scores(card.get("mt_bench", {}))
        self.facts.show_facts(self._facts_of(card) if card else ())
        self._show_parts(files=bool(self.files.buttons))

    def _facts_of(self, card: Mapping[str, Any]) -> list[tuple[str, str]]:
        guessed = self.tr("%1 (guessed)").replace("%1", card["schema"])
        size = bytes_text(card["bytes"]) if card["bytes"] else ""
        return [
            (self.tr("Where"), card["repo"] or self.tr("comes with the program")),
            (self.tr("Parameters"), card["parameters"]),
            (self.tr("Download"), " · ".join(x for x in (size, card["format"]) if x)),
            (self.tr("Context"), self.tr("%n tokens", "", card["context"])),
            (self.tr("Attributes"), guessed if card["schema_is_a_guess"] else card["schema"]),
            (self.tr("Template"), card["template"]),
            (self.tr("Languages"), ", ".join(map(language_in_words, card["languages"]))),
            (self.tr("Access"), self.tr("gated") if card["gated"] else self.tr("open")),
            (self.tr("From"), card_in_words(card["source"])),
        ]

    def _show_licence(self, licence: Licence | None) -> None:
        """None while it is not known: that of the model before must not stand here."""
        self._heads["licence"].setVisible(licence is not None)
        self.licence.setVisible(licence is not None)
        if licence is not None:
            self.licence.show_licence(licence)

    def _show_parts(self, files: bool) -> None:
        self._heads["use"].setVisible(bool(self.use.text()))
        self.use.setVisible(bool(self.use.text()))
        self._heads["limits"].setVisible(bool(self.limits.text()))
        self.limits.setVisible(bool(self.limits.text()))
        self._heads["scores"].setVisible(not self.scores.isHidden())
        self.summary.setVisible(bool(self.summary.text()))
        self._heads["files"].setVisible(files)
        self.files.setVisible(files)

    def _lay_out(self) -> None:
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, GRID, 0)
        inside.setSpacing(GRID)
        sections: tuple[tuple[str, str, QWidget], ...] = (
            ("files", self.tr("Files"), self.files),
            ("licence", self.tr("Licence"), self.licence),
            ("use", self.tr("Intended use"), self.use),
            ("limits", self.tr("Limitations"), self.limits),
            ("scores", self.tr("MT-Bench, 0 to 10"), self.scores),
        )
        for widget in (self.title, self.summary, self.notice, self.open_demo, self.facts):
            inside.addWidget(widget)
        for key, head, section in sections:
            self._heads[key] = SmallLabel(head)
            inside.addWidget(self._heads[key])
            inside.addWidget(section)
        inside.addWidget(self.page)
        inside.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
