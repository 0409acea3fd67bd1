"""What went wrong, in the place it concerns: a sentence, a button for it, details on demand."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.ui.beside import Beside
from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.icons import icon, tinted
from steerlm_studio.ui.labels import PlainLabel
from steerlm_studio.ui.theme import GRID, HALF, colours_of

_ICON = 18
_DETAIL_LINES = 8


class Banner(QFrame):
    """Hidden until `show_error`; never takes the focus and never waits for anyone."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = PlainLabel()
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.message.setSizePolicy(policy)
        self._sign = QLabel()
        self._acts = QWidget()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(HALF)
        self.unfold = QToolButton()
        self.unfold.setText(self.tr("Details"))
        self.unfold.setCheckable(True)
        self.unfold.setAutoRaise(True)
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName(self.tr("Details of the error"))
        self.detail.setMaximumHeight(self.fontMetrics().lineSpacing() * (_DETAIL_LINES + 1))
        self.unfold.toggled.connect(self.detail.setVisible)
        self._lay_out()
        self.hide()

    def show_error(self, message: str, detail: str = "", actions: Sequence[QAction] = ()) -> None:
        """Show the sentence with a button per action; an earlier error gives way."""
        message = in_words(message)
        self.message.setText(message)
        self.detail.setPlainText(detail)
        self.unfold.setChecked(False)
        self.unfold.setVisible(bool(detail))
        self.detail.hide()
        self._set_actions(actions)
        self._acts.setVisible(bool(detail or actions))
        self.setAccessibleName(message)
        self._sign.setPixmap(
            tinted("warning", QColor(colours_of(self).error), _ICON, self.devicePixelRatioF())
        )
        self.show()

    def dismiss(self) -> None:
        self.hide()
        self.closed.emit()

    def _set_actions(self, actions: Sequence[QAction]) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for action in actions:
            button = QPushButton(action.text())
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            self._buttons.addWidget(button)

    def _lay_out(self) -> None:
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Close this message"))
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.dismiss)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self._sign)
        acts = QHBoxLayout(self._acts)
        acts.setContentsMargins(0, 0, 0, 0)
        acts.setSpacing(GRID)
        acts.addLayout(self._buttons)
        acts.addWidget(self.unfold)
        row.addWidget(Beside(self.message, self._acts), 1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + HALF, GRID, GRID, GRID)
        column.setSpacing(HALF)
        column.addLayout(row)
        column.addWidget(self.detail)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.base))
        is_mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        start = self.width() - HALF if is_mirrored else 0
        painter.fillRect(start, 0, HALF, self.height(), QColor(colours.error))
        painter.end()
