"""The bar over everything: sidebar, the conversation's title, the model and how it is."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QSpacerItem, QToolButton, QWidget

from steerlm_studio.ui.elided_label import ElidedLabel, SmallElidedLabel
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.model_button import ModelButton
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, colours_of
from steerlm_studio.ui.tool_button import action_button
from steerlm_studio.ui.view_switch import ViewSwitch

State = Literal["none", "loading", "ready", "working", "lost"]
_DOT = 8


class TopBar(QWidget):
    """Says in a word and a dot how the engine is; the model's name opens its menu."""

    def __init__(
        self,
        sidebar: QAction,
        models: QMenu,
        views: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = ElidedLabel()
        self.model = ModelButton()
        self.model.setMenu(models)
        models.setLayoutDirection(self.layoutDirection())  # not that of the button, see below
        self.model.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.model.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.model.setIcon(icon("chevron-down"))
        self.model.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the sign after the name
        self.model.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.model.setAutoRaise(True)
        self.note = Note()
        self.state = SmallLabel()
        self.dot = Dot()
        self._rest = QSpacerItem(0, 0, QSizePolicy.Policy.Expanding)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, 2 * GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(action_button(sidebar))
        row.addWidget(self.title, 1)
        row.addWidget(ViewSwitch(views))
        row.addSpacerItem(self._rest)
        row.addWidget(self.note)
        row.addWidget(self.model)
        row.addWidget(self.dot)
        row.addWidget(self.state)
        self.set_model("")
        self.set_state("none")

    def set_title(self, title: str) -> None:
        self.title.set_text(shown(title) or self.tr("New conversation"))
        self._share_room()

    def set_model(self, name: str, note: str = "") -> None:
        """The model's name, "" when there is none; `note` is what one should know of it."""
        self.note.set_text(note)
        text = shown(name) or self.tr("Choose a model")
        self.model.set_name(text)
        self.model.setAccessibleName(self.tr("Model: %1").replace("%1", text))

    def set_state(self, state: State) -> None:
        words = {
            "none": self.tr("no model"),
            "loading": self.tr("loading"),
            "ready": self.tr("ready"),
            "working": self.tr("writing"),
            "lost": self.tr("stopped"),
        }
        self.state.setText(words[state])
        self.dot.set_state(state)

    def _share_room(self) -> None:
        """The switch stands in the middle of the room that is left, unless the title needs more."""
        room = self.title.width() + self._rest.geometry().width()
        title = max(room // 2, min(self.title.wanted_width, room), 1)
        self._row.setStretch(self._row.indexOf(self.title), title)
        self._row.setStretch(self._row.indexOf(self._rest), max(room - title, 0))

    # Qt's

    def event(self, event: QEvent) -> bool:
        """Whatever laid the row out anew may have left another room."""
        is_taken = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._share_room()
        return is_taken


class Note(SmallElidedLabel):
    """As wide as its text where there is room, and no wider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(self.wanted_width, super().sizeHint().height())


class Dot(QWidget):
    """A round sign beside the word: full, or a ring while there is nothing to use."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: State = "none"
        self.setFixedSize(_DOT + 2, _DOT + 2)

    def set_state(self, state: State) -> None:
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = colours_of(self)
        colour = {
            "none": colours.secondary,
            "loading": colours.warning,
            "ready": colours.good,
            "working": colours.accent,
            "lost": colours.error,
        }[self._state]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colour))
        if self._state not in ("none", "lost"):
            painter.setBrush(QColor(colour))
        painter.drawEllipse(1, 1, _DOT, _DOT)
        painter.end()
