"""Who the hub takes the user for, and logging in with a token."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from steerlm_studio.models.commands import login_command, who_command
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.models.question import Question, Refusal
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID


class LoginRow(QWidget):
    """The token goes to the child on its stdin and is kept by the hub's own library only."""

    refused = Signal(object)  # Refusal
    logged_in = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.who = SmallElidedLabel(self.tr("Not logged in"))
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(self.tr("Token of your Hugging Face account (hf_…)"))
        self.token.setAccessibleName(self.token.placeholderText())
        self.token.returnPressed.connect(self._log_in)
        self.button = QPushButton(self.tr("Log in…"))
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._on_clicked)
        self.token.hide()
        self.question = Question(self)
        self.question.answered.connect(self._on_answered)
        self.question.refused.connect(self._on_refused)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.who, 1)
        row.addWidget(self.token, 2)
        row.addWidget(self.button)

    def ask_who(self) -> None:
        """Ask the hub whose token is kept, if any."""
        if not self.question.is_asking:
            self.question.ask(who_command())

    def _on_clicked(self) -> None:
        if self.token.isVisible():
            self._log_in()
        else:
            self.token.show()
            self.token.setFocus()
            self.button.setText(self.tr("Log in"))

    def _log_in(self) -> None:
        token = self.token.text().strip()
        if token:
            self.question.ask(login_command(), given=token)
            self.who.set_text(self.tr("Asking the hub…"))
        self.token.clear()

    def _on_answered(self, said: dict[str, Any]) -> None:
        name = said["account"]
        known = self.tr("Logged in as %1").replace("%1", shown(name))
        self.who.set_text(known if name else self.tr("Not logged in"))
        if name:
            self.token.hide()
            self.button.setText(self.tr("Another token…"))
            self.logged_in.emit()

    def _on_refused(self, why: Refusal) -> None:
        self.who.set_text(self.tr("Not logged in"))
        self.refused.emit(why)
