"""One question and the answers to it, of which one is shown; it may still be streaming."""

from PySide6.QtCore import QRect, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.chat import Answer, Fork
from steerlm_studio.ui.chips import ChipRow, chips_of
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.reply_details import show_details
from steerlm_studio.ui.reply_marks import ReplyMarks
from steerlm_studio.ui.reply_menu import ReplyMenuButton
from steerlm_studio.ui.reply_note import note_on
from steerlm_studio.ui.steer_menu import SteerMenu
from steerlm_studio.ui.text_view import TextView
from steerlm_studio.ui.theme import GRID, HALF, colours_of
from steerlm_studio.ui.tool_button import icon_button


class ReplyView(QWidget):
    """Shows the current answer of a fork; asks for others by signals."""

    version_requested = Signal(object, int)  # Fork, -1 or 1
    again_requested = Signal(object)  # Answer
    new_seed_requested = Signal(object)
    resteer_requested = Signal(object)
    steering_requested = Signal(object, object)  # Answer, the Steering to answer under instead
    sliders_requested = Signal(object)  # Steering to set the sliders to
    edit_requested = Signal(object)
    delete_requested = Signal(object)
    keep_requested = Signal(object)
    marked = Signal(object)
    noted = Signal(object)
    copy_requested = Signal(object, str)  # Answer, a name of `reply_menu.copies`
    link_activated = Signal(QUrl)

    def __init__(self, fork: Fork, reference: Steering, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fork = fork
        self._reference = reference
        self._shown: tuple[Answer, int] | None = None
        self.question = TextView()
        self.question.setAccessibleName(self.tr("Question"))
        self.chips = ChipRow()
        self.steer_menu = SteerMenu(self)
        self.steer = icon_button("steer", self.tr("Answer under another setting, as a branch"))
        self.steer.setMenu(self.steer_menu)
        self.steer.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.version = SmallLabel()
        self.previous = icon_button("chevron-left", self.tr("Previous version (Alt+Left)"))
        self.next = icon_button("chevron-right", self.tr("Next version (Alt+Right)"))
        self.copy_button = icon_button("copy", self.tr("Copy the reply"))
        self.again = icon_button("regenerate", self.tr("Answer again with a new seed"))
        self.edit = icon_button("edit", self.tr("Edit the question and ask anew, as a branch"))
        self.details = icon_button("info", self.tr("How the reply was made"))
        self.delete = icon_button("delete", "")
        self.more = ReplyMenuButton()
        self.body = TextView()
        self.body.setAccessibleName(self.tr("Reply"))
        self.note = SmallLabel()
        self.marks = ReplyMarks()
        self.resteer = QToolButton()
        self._lay_out()
        self._connect()
        self.refresh()

    @property
    def answer(self) -> Answer:
        return self.fork.answers[self.fork.shown]

    @property
    def tab_stops(self) -> tuple[QWidget, ...]:
        """What Tab goes to, in the order of reading."""
        versions = (self.resteer, self.previous, self.next)
        rest = (self.steer, self.copy_button, self.again, self.details, self.delete, self.more)
        head = (*versions, *rest)
        return (self.edit, self.question, *head, self.body, *self.marks.tab_stops)

    def refresh(self) -> None:
        """Show the fork's current answer in whole, where it is another than is shown."""
        answer, count = self.answer, len(self.fork.answers)
        if self._shown == (answer, count):
            self.grow()
            return
        self._shown = (answer, count)
        if self.question.text != answer.question:
            self.question.show_plain(answer.question)
        self.chips.set_chips(chips_of(answer.steering, self._told_before()), str(answer.steering))
        differences = answer.steering.differences(self._told_before())
        self.steer_menu.set_told(answer.steering, tuple(key for key, _, _ in differences))
        self.version.setText(
            self.tr("%1 of %2").replace("%1", str(self.fork.shown + 1)).replace("%2", str(count))
        )
        self.previous.setEnabled(self.fork.shown > 0)
        self.next.setEnabled(self.fork.shown < count - 1)
        for widget in (self.version, self.previous, self.next):
            widget.setVisible(count > 1)
        self._name_delete(count)
        self.grow()

    def _name_delete(self, count: int) -> None:
        what = self.tr("Delete this question and what follows")
        if count > 1:
            what = self.tr("Delete this version")
        self.delete.setToolTip(what)
        self.delete.setAccessibleName(what)

    def grow(self) -> None:
        """Show what was added to the answer."""
        answer = self.answer
        text = answer.text.lstrip()
        self.body.show_markdown(text)
        self.body.setVisible(bool(text))
        self.note.setText(note_on(self.answer))
        self.note.setVisible(bool(self.note.text()))
        self.marks.show_answer(answer)

    def offer_resteer(self, is_offered: bool) -> None:
        """Whether the sliders stand elsewhere than for this answer."""
        self.resteer.setVisible(is_offered)

    def _told_before(self) -> Steering:
        """The steering that the chips compare with: the version before, else the reply before."""
        if self.fork.shown > 0:
            return self.fork.answers[self.fork.shown - 1].steering
        return self._reference

    def show_matches(self, words: str, current: int = -1) -> int:
        """Mark `words` in question and reply, the one numbered `current` stronger; how many."""
        before = self.question.show_matches(words, current)
        return before + self.body.show_matches(words, max(current - before, -1))

    def place_of_match(self, words: str, number: int) -> QRect:
        """The line of a match, in pixels of this view."""
        before = self.question.count_matches(words)
        is_asked = number < before
        view = self.question if is_asked else self.body
        number -= 0 if is_asked else before
        rect = view.place_of_match(words, number)
        return QRect(view.mapTo(self, rect.topLeft()), rect.size())

    def _connect(self) -> None:
        self.chips.clicked.connect(self.steer.showMenu)
        self.steer_menu.chosen.connect(
            lambda steering: self.steering_requested.emit(self.answer, steering)
        )
        self.steer_menu.taken.connect(self.sliders_requested)
        self.previous.clicked.connect(lambda: self.version_requested.emit(self.fork, -1))
        self.next.clicked.connect(lambda: self.version_requested.emit(self.fork, 1))
        self.again.clicked.connect(lambda: self.again_requested.emit(self.answer))
        self.resteer.clicked.connect(lambda: self.resteer_requested.emit(self.answer))
        self.edit.clicked.connect(lambda: self.edit_requested.emit(self.answer))
        self.more.chosen.connect(lambda name: self.copy_requested.emit(self.answer, name))
        self.delete.clicked.connect(lambda: self.delete_requested.emit(self.answer))
        self.details.clicked.connect(lambda: show_details(self.window(), self.answer))
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.marks.keep_requested.connect(self.keep_requested)
        self.marks.marked.connect(self.marked)
        self.marks.noted.connect(self.noted)
        self.body.link_activated.connect(self.link_activated)
        self.question.link_activated.connect(self.link_activated)

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.answer.text.strip())

    def _lay_out(self) -> None:
        self.resteer.setText(self.tr("Re-steer"))
        self.resteer.setIcon(icon("steer"))
        self.resteer.setToolTip(self.tr("The same question under the sliders as they are now"))
        self.resteer.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.resteer.setObjectName("resteer")
        self.resteer.hide()
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(SmallLabel(self.tr("Assistant")))
        head.addWidget(self.chips, 1)
        for widget in (
            self.resteer,
            self.previous,
            self.version,
            self.next,
            self.steer,
            self.copy_button,
            self.again,
            self.details,
            self.delete,
            self.more,
        ):
            head.addWidget(widget)
        asked = QHBoxLayout()
        asked.addWidget(SmallLabel(self.tr("You")))
        asked.addStretch(1)
        asked.addWidget(self.edit)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # it grows at its foot
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, GRID)
        column.setSpacing(HALF)
        column.addLayout(asked)
        card = QFrame()
        card.setObjectName("question")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(GRID + HALF, GRID, GRID + HALF, GRID)
        inside.addWidget(self.question)
        column.addWidget(card)
        column.addSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.body)
        column.addWidget(self.note)
        column.addWidget(self.marks)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for height in (event.oldSize().height(), event.size().height()):  # the line moves
            self.update(0, height - 1, self.width(), 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(colours_of(self).line))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()
