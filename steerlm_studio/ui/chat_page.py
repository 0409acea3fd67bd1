"""The middle of the window: system text, transcript, control string, composer."""

from typing import Literal

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from steerlm_studio.steer.pasted import Pasted
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.compare.page import ComparePage
from steerlm_studio.ui.composer import Composer
from steerlm_studio.ui.control_string import ControlString
from steerlm_studio.ui.empty_state import EmptyState
from steerlm_studio.ui.find_bar import FindBar
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.reading_column import ReadingColumn
from steerlm_studio.ui.sweep.page import SweepPage
from steerlm_studio.ui.system_prompt import SystemPrompt
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.tour import Tour
from steerlm_studio.ui.transcript import Transcript

View = Literal["chat", "compare", "sweep"]


class ChatPage(QWidget):
    """Shows one conversation; what the user does leaves through the widgets' own signals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = Banner()
        self.keeping = Banner()  # what is the matter with the conversations' file
        self.notice = Notice()
        self.system = SystemPrompt()
        self.transcript = Transcript()
        self.find_bar = FindBar(self.transcript)
        self.empty = EmptyState()
        self.control = ControlString()
        self.composer = Composer()
        self.tour = Tour()
        self._chat: Chat | None = None
        self._middle = QStackedWidget()
        self._middle.addWidget(self.empty)
        self._middle.addWidget(self.transcript)
        self._middle.setMinimumHeight(5 * GRID)  # it scrolls; what is said around it does not
        self.compare = ComparePage()
        self._middle.addWidget(self.compare)
        self.sweep = SweepPage()
        self._middle.addWidget(self.sweep)
        self._view: View = "chat"
        self._lay_out()
        self.transcript.link_activated.connect(self._on_link_activated)
        self.compare.link_activated.connect(self._on_link_activated)
        self.transcript.edit_requested.connect(self.edit)
        self.composer.edit_last_requested.connect(self.edit_last)
        for closed in (self.find_bar.closed, self.tour.left):
            closed.connect(self.composer.setFocus)
        self.composer.refused.connect(lambda why: self.notice.say(why, is_error=True))
        self.composer.input.prompt_pasted.connect(self._on_prompt_pasted)
        self.system.changed.connect(self._on_system_changed)

    def show_chat(self, chat: Chat, steering: Steering) -> None:
        """Show `chat`, and what was typed for it."""
        if chat is not self._chat:
            self._chat = chat
            self.composer.set_draft(chat.draft)
            self.system.set_text(chat.system)
        self.transcript.show_chat(chat)
        self.transcript.offer_resteer(steering)
        self.find_bar.refresh()
        self._show_middle()

    def set_view(self, view: View) -> None:
        """Read the conversation, or compare settings of its questions."""
        self._view = view
        self.find_bar.hide()
        self.system.setVisible(view == "chat")
        self.tour.setVisible(view == "chat" and self.tour.step > 0)  # it speaks of the chat
        hints: dict[View, str] = {
            "chat": self.tr("Ask, or paste a prompt…"),
            "compare": self.tr("Ask in every column…"),
            "sweep": self.tr("Ask in every cell…"),
        }
        self.composer.input.set_hint(hints[view])
        self._show_middle()

    def _show_middle(self) -> None:
        is_empty = self._chat is None or self._chat.last is None
        if not is_empty:  # there is something to steer
            self.tour.asked(is_again=False)
        chat = self.empty if is_empty else self.transcript
        pages: dict[View, QWidget] = {"chat": chat, "compare": self.compare, "sweep": self.sweep}
        self._middle.setCurrentWidget(pages[self._view])

    def show_steering(self, steering: Steering) -> None:
        """The sliders stand so now: redraw the control string at once."""
        self.control.set_steering(steering)
        self.control.set_token_count(None)
        self.transcript.offer_resteer(steering)

    def edit(self, answer: Answer) -> None:
        """Change the question of `answer` in the composer."""
        self.composer.begin_edit(answer, answer.question)

    def edit_last(self) -> None:
        if self._chat is not None and self._chat.last is not None:
            self.edit(self._chat.last)

    def _on_system_changed(self, text: str) -> None:
        if self._chat is not None:
            self._chat.system = text

    def _on_prompt_pasted(self, pasted: Pasted) -> None:
        """Its question is typed; sliders and system text follow, this in a new conversation."""
        if pasted.control:
            self.control.type(pasted.control)
        if self._chat is None or pasted.system == self._chat.system:
            return
        if self._chat.last is None:
            self.system.editor.setPlainText(pasted.system)
        else:
            self.notice.say(
                self.tr(
                    "The pasted prompt has another system text than this conversation, which was "
                    "kept. A new conversation (Ctrl+N) would take it."
                )
            )

    def _on_link_activated(self, url: QUrl) -> None:
        """Nothing from a reply is opened without a look at where it leads."""
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Open a link"))
        box.setTextFormat(box.textFormat().PlainText)
        box.setText(self.tr("Open this address in your browser?"))
        box.setInformativeText(shown(url.toString()))
        box.setStandardButtons(QMessageBox.StandardButton.Open | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.accepted.connect(lambda: QDesktopServices.openUrl(url))
        box.open()

    def _lay_out(self) -> None:
        above = ReadingColumn(GRID, GRID)
        above.column.addWidget(self.system)
        above.column.addWidget(self.notice)
        below = ReadingColumn(GRID, GRID + HALF)
        below.column.setSpacing(GRID)
        below.column.addWidget(self.tour)
        below.column.addWidget(self.control)
        below.column.addWidget(self.composer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.keeping)
        column.addWidget(self.banner)
        column.addWidget(above)
        column.addWidget(self.find_bar)
        column.addWidget(self._middle, 1)
        column.addWidget(below)
