"""Where a server is, which of its models is meant, and the key for it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio import server_key
from steerlm_studio.errors import StudioError
from steerlm_studio.server_address import address_of
from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.labels import PlainLabel, SmallLabel
from steerlm_studio.ui.models.question import Question, Refusal
from steerlm_studio.ui.server import Server
from steerlm_studio.ui.theme import GRID, indent

_WIDTH = 520
_MOST = 256  # requests at a time


class ConnectDialog(QDialog):
    """Gives the server that is wanted; what comes of it the window tells."""

    chosen = Signal(object)  # Server

    def __init__(
        self, recent: Sequence[str], tried: Server | None, parent: QWidget | None = None
    ) -> None:
        """`recent` are addresses, `tried` is what was chosen last in this session."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Connect to a server"))
        self.address = QComboBox()
        self.model = QLineEdit()
        self.key = QLineEdit()
        self.remember = QCheckBox(self.tr("Keep the key in the keyring of this desktop"))
        self.concurrency = QSpinBox()
        indent(self.concurrency)
        self.note = SmallLabel()
        self.connect_button = QPushButton(self.tr("Connect"))
        self.close_button = QPushButton(self.tr("Close"))
        self._dress(recent)
        self._lay_out()
        self._recalled = ""  # the key that was offered
        self._kept = ""  # the key that the keyring has for the address
        self._asked: str | None = None  # the address of which the keyring was asked
        self._is_wanted = False  # Connect was pressed while the keyring was asked
        self._finding, self._keeping = Question(self), Question(self)
        self._connect()
        if tried is not None:
            self._offer(tried)
        self._ask_keyring()
        self._show()

    def _connect(self) -> None:
        self.address.editTextChanged.connect(self._show)
        self.address.activated.connect(self._ask_keyring)
        if (edit := self.address.lineEdit()) is not None:
            edit.editingFinished.connect(self._ask_keyring)
        self.key.textChanged.connect(self._show)
        self.connect_button.clicked.connect(self._on_connect)
        self.close_button.clicked.connect(self.close)
        self._finding.answered.connect(self._on_found)
        self._finding.refused.connect(self._on_not_found)
        self._keeping.answered.connect(self._choose)
        self._keeping.refused.connect(self._on_not_kept)
        for question in (self._finding, self._keeping):
            self.finished.connect(question.stop)

    def _ask_keyring(self) -> None:
        """Offer the key of the environment or of the keyring, unless one was typed."""
        url = address_of(self._typed).url if self._is_sound else ""
        if url == self._asked:
            return
        self._asked, self._kept = url, ""
        self._recall(server_key.given_key() or "")
        self._finding.ask(server_key.find_command(url))

    def _recall(self, key: str) -> None:
        if self.key.text() == self._recalled:
            self._recalled = key
            self.key.setText(key)

    def _on_found(self, found: dict[str, Any]) -> None:
        can, self._kept = bool(found.get("can")), str(found.get("key", ""))
        self.remember.setEnabled(can)
        self.remember.setText(
            self.tr("Keep the key in the keyring of this desktop")
            if can
            else self.tr("There is no keyring here: the key is kept until quitting")
        )
        is_given = server_key.given_key() is not None
        if not is_given:
            self._recall(self._kept)
        is_kept = bool(self._kept) and self._kept == self.key.text()
        self.remember.setChecked(is_kept and not is_given)
        self._go_on()

    def _on_not_found(self, refusal: Refusal) -> None:
        self._go_on()
        self.note.setText(refusal.message)

    def _go_on(self) -> None:
        if self._is_wanted:
            self._is_wanted = False
            self._on_connect()

    def _offer(self, tried: Server) -> None:
        """What was typed before, to be mended or used again."""
        self.address.setEditText(tried.url)
        self.model.setText(tried.model)
        self.concurrency.setValue(tried.concurrency)
        if tried.key != server_key.given_key():
            self.key.setText(tried.key)

    def _on_connect(self) -> None:
        self._ask_keyring()
        if self._finding.is_asking:  # it may have the key
            self._is_wanted = True
            self.note.setText(self.tr("The keyring of this desktop is asked for the key…"))
            return
        url, key, keep = address_of(self._typed).url, self._key, self.remember.isChecked()
        is_given = key == server_key.given_key()  # then what the keyring has is not about it
        if keep or (self._kept and not is_given):
            self.connect_button.setEnabled(False)
            self._keeping.ask(server_key.keep_command(url), key if keep else "")
        else:
            self._choose()

    def _choose(self) -> None:
        url = address_of(self._typed).url
        self.chosen.emit(
            Server(url, self.model.text().strip(), self.concurrency.value(), self._key)
        )
        self.close()

    def _on_not_kept(self, refusal: Refusal) -> None:
        self._show()
        self.note.setText(in_words(refusal.message))

    @property
    def _key(self) -> str:
        return self.key.text().strip()

    def _show(self) -> None:
        self.connect_button.setEnabled(self._is_sound)
        self.note.setText(self._note())

    def _note(self) -> str:
        if not self._typed:
            return self.tr(
                "A llama-server is asked by token ids, with its prompt cache. vLLM, NIM and others "
                "with /v1/completions get the prompt as text."
            )
        try:
            address = address_of(self._typed)
        except StudioError as error:
            return in_words(str(error))
        if self.key.text() and not address.is_encrypted:
            return self.tr("http:// sends the key unencrypted to another machine. Use https://.")
        text = self.tr("%1 is asked; your questions go there.")
        return text.replace("%1", address.url)

    @property
    def _typed(self) -> str:
        return self.address.currentText().strip()

    @property
    def _is_sound(self) -> bool:
        try:
            return bool(address_of(self._typed))
        except StudioError:
            return False

    def _dress(self, recent: Sequence[str]) -> None:
        self.address.setEditable(True)
        self.address.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.address.addItems(list(recent))
        if (edit := self.address.lineEdit()) is not None:
            edit.setPlaceholderText("http://localhost:8080")
        self.model.setPlaceholderText(self.tr("only where the server has several"))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(self.tr("where the server wants one"))
        self.remember.setEnabled(False)  # until a keyring was found
        self.concurrency.setRange(1, _MOST)
        self.concurrency.setValue(8)
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing())
        self.connect_button.setDefault(True)
        self.close_button.setAutoDefault(False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        rows = (
            (self.tr("Address"), self.address),
            (self.tr("Model"), self.model),
            (self.tr("Key"), self.key),
        )
        for caption, widget in rows:
            widget.setAccessibleName(caption)
            form.addRow(PlainLabel(caption), widget)
        form.addRow("", self.remember)
        caption = self.tr("Requests at a time")
        self.concurrency.setAccessibleName(caption)
        form.addRow(PlainLabel(caption), self.concurrency)
        form.addRow("", self.note)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.connect_button)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addLayout(form)
        column.addStretch(1)
        column.addLayout(buttons)
        self.resize(_WIDTH, 0)
