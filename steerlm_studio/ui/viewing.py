"""Which view of the conversation is shown, and who answers the commands there."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from steerlm_studio.ui.answering import Answering
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.chat_page import View
from steerlm_studio.ui.compare.actions import CompareMenu
from steerlm_studio.ui.compare.comparing import Comparing
from steerlm_studio.ui.frame import Frame


class Viewing(QObject):
    """Asking and asking again mean one answer in the chat, and all columns in a comparison."""

    def __init__(
        self, window: QMainWindow, frame: Frame, answering: Answering, comparing: Comparing
    ) -> None:
        super().__init__(frame)
        self._frame, self._answering, self._comparing = frame, answering, comparing
        self.view: View = "chat"
        self.compare_menu = CompareMenu(window, comparing)
        bar = window.menuBar()
        bar.insertMenu(bar.actions()[-1], self.compare_menu)
        frame.actions.views.triggered.connect(self._on_view_chosen)
        page = frame.page
        page.composer.submitted.connect(self.ask)
        page.composer.edited.connect(self.ask_instead)
        page.empty.chosen.connect(self.ask)
        page.compare.top.edit_requested.connect(self._edit_compared)
        page.compare.top.presets_wanted.connect(self._offer_presets)
        frame.actions.again.triggered.connect(self.again)
        frame.actions.new_seed.triggered.connect(self.with_new_seed)
        frame.actions.resteer.triggered.connect(self.resteer)
        self._offer_presets()

    @property
    def is_comparing(self) -> bool:
        return self.view == "compare"

    def show(self, view: View) -> None:
        """Go to this view."""
        for action in self._frame.actions.views.actions():
            action.setChecked(action.data() == view)
        if view == self.view:
            return
        left, self.view = self.view, view
        if left == "compare":
            self._comparing.leave()
        self._frame.page.set_view(view)
        self.compare_menu.set_shown(view == "compare")
        if view == "compare":
            self._comparing.enter()

    def ask(self, question: str) -> None:
        (self._comparing if self.is_comparing else self._answering).ask(question)

    def ask_instead(self, answer: Answer, question: str) -> None:
        (self._comparing if self.is_comparing else self._answering).ask_instead(answer, question)

    def again(self) -> None:
        if self.is_comparing:
            self._comparing.answer_all()
        else:
            self._answering.again()

    def with_new_seed(self) -> None:
        (self._comparing if self.is_comparing else self._answering).with_new_seed()

    def resteer(self) -> None:
        if self.is_comparing:
            self._comparing.answer_missing()
        else:
            self._answering.resteer()

    def find(self) -> None:
        """Finding goes through the whole conversation, which only the chat shows."""
        self.show("chat")
        self._frame.page.find_bar.open()

    def _on_view_chosen(self, action: QAction) -> None:
        self.show(action.data())

    def _edit_compared(self) -> None:
        fork = self._frame.page.compare.fork
        if fork is not None and fork.current is not None:
            self._frame.page.edit(fork.current)

    def _offer_presets(self) -> None:
        page = self._frame.page.compare
        page.top.show_presets(self._frame.steering.presets.presets(), page.columns.is_full)
