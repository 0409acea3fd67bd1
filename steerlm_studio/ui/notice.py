"""One sentence in a panel, with at most one thing to do about it: an undo, a warning."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.icons import icon, tinted
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import HALF, colours_of


class Notice(QWidget):
    """Hidden until there is something to say; stays until it is closed or replaced."""

    acted = Signal()  # the button was pressed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = SmallLabel()
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.message.setSizePolicy(policy)
        self.button = QPushButton()
        self.button.clicked.connect(self._on_clicked)
        self._sign = QLabel()
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Close this message"))
        close.setAccessibleName(close.toolTip())
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        row.addWidget(self._sign)
        row.addWidget(self.message, 1)
        row.addWidget(self.button)
        row.addWidget(close)
        self.hide()

    def say(self, sentence: str, button: str = "", is_error: bool = False) -> None:
        """Show the sentence, and a button that ends in `acted` when `button` names it."""
        sentence = in_words(sentence) if is_error else sentence
        self.message.setText(shown(sentence))
        self.setAccessibleName(sentence)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        colours = colours_of(self)
        name, colour = ("warning", colours.error) if is_error else ("info", colours.secondary)
        side = self.fontInfo().pixelSize() + 1
        self._sign.setPixmap(tinted(name, QColor(colour), side, self.devicePixelRatioF()))
        self.show()

    def add(self, sentence: str) -> None:
        """Say this as well where something was said already, and nothing is offered with it."""
        is_open = not self.isHidden() and not self.button.text()
        self.say(f"{self.accessibleName()} {sentence}" if is_open else sentence)

    def _on_clicked(self) -> None:
        self.hide()
        self.acted.emit()
