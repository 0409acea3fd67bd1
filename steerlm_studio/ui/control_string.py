"""The control string as it stands: coloured by group, the change lit, its tokens, a copy button."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.control_text import ControlText
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallNumberLabel
from steerlm_studio.ui.theme import GRID, HALF

_COPIED_MS = 1500


class ControlString(QWidget):
    """Shows a steering as its control string; `set_steering` paints before it returns."""

    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ControlText()
        self.tokens = SmallNumberLabel()
        self.tokens.setAccessibleName(self.tr("Tokens of the control string"))
        self.copy_action = QAction(icon("copy"), self.tr("Copy control string"), self)
        self.copy_action.setShortcut("Ctrl+Alt+C")
        self.copy_action.triggered.connect(self.copy)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_COPIED_MS)
        self._copied.timeout.connect(lambda: self.copy_action.setIcon(icon("copy")))
        self._lay_out()
        self.set_token_count(None)

    @property
    def steering(self) -> Steering:
        return self.text.steering

    def set_steering(self, steering: Steering) -> None:
        """Show `steering` at once; what differs from the one before it is lit."""
        self.text.set_steering(steering)

    def set_token_count(self, count: int | None) -> None:
        """How many tokens the control string costs; None while nobody knows."""
        self.tokens.setText("" if count is None else self.tr("%n tokens", "", count))

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self.steering))
        self.copy_action.setIcon(icon("check"))
        self._copied.start()
        self.copied.emit()

    def _lay_out(self) -> None:
        button = QToolButton()
        button.setDefaultAction(self.copy_action)
        button.setAutoRaise(True)
        button.setAccessibleName(self.copy_action.text())
        side = QHBoxLayout()
        side.setSpacing(HALF)
        side.addWidget(self.tokens)
        side.addWidget(button)
        top = QVBoxLayout()
        top.addLayout(side)
        top.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.text, 1)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        row.addLayout(top)
