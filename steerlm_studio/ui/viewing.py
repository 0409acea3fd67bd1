"""Which view of the conversation is shown, and who answers the commands there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import get_args

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.answering import Answering
from steerlm_studio.ui.chat import Answer, Fork
from steerlm_studio.ui.chat_page import View
from steerlm_studio.ui.compare.actions import CompareMenu
from steerlm_studio.ui.compare.comparing import Comparing
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.sweep.sweeping import Sweeping


class Viewing(QObject):
    """Asking and asking again mean one answer in the chat, all columns or cells elsewhere."""

    changed = Signal()  # another view is shown

    def __init__(
        self,
        window: QMainWindow,
        frame: Frame,
        answering: Answering,
        comparing: Comparing,
        sweeping: Sweeping,
    ) -> None:
        super().__init__(frame)
        self._frame, self._answering = frame, answering
        self._comparing, self._sweeping = comparing, sweeping
        self.view: View = "chat"
        self.compare_menu = CompareMenu(window, comparing)
        bar = window.menuBar()
        bar.insertMenu(bar.actions()[-1], self.compare_menu)
        frame.actions.views.triggered.connect(self._on_view_chosen)
        page = frame.page
        page.composer.submitted.connect(self.ask)
        page.composer.edited.connect(self.ask_instead)
        page.empty.chosen.connect(self._on_sample_chosen)
        page.compare.top.edit_requested.connect(self._edit_compared)
        page.compare.top.presets_wanted.connect(self._offer_presets)
        page.composer.stop_requested.connect(self.stop)
        sweeping.open_requested.connect(self._open_cell)
        frame.actions.stop.triggered.connect(self.stop)
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
        elif view == "sweep":
            self._sweeping.enter()
        self.changed.emit()

    def show_named(self, name: str) -> None:
        """The same by what `view` once was; an unknown name leaves all as it is."""
        for view in get_args(View):
            if view == name:
                self.show(view)

    def of_the_chat(self) -> tuple[Steering, Sampling]:
        """What the panels say in the chat, wherever they stand now."""
        if self.is_comparing:
            return self._comparing.of_the_chat
        return self._frame.steering.steering, self._frame.sampling.sampling()

    def set_schema(self, schema: Schema) -> None:
        """The attributes of another model family, in every view."""
        self._frame.steering.set_schema(schema)
        self._comparing.set_schema(schema)
        self._sweeping.set_schema()
        self._frame.page.show_steering(self._frame.steering.steering)

    @contextmanager
    def chats_panels(self) -> Iterator[None]:
        """What is set in the panels within this is the chat's, not the selected column's."""
        if self.is_comparing:
            self._comparing.leave()
        yield
        if self.is_comparing:
            self._comparing.enter()

    def restore_comparison(self, state: dict[str, object]) -> None:
        """Compare again as `ComparePage.state` once said."""
        self._comparing.restore(state)

    def ask(self, question: str) -> None:
        ways: dict[View, Callable[[str], None]] = {
            "chat": self._answering.ask,
            "compare": self._comparing.ask,
            "sweep": self._sweeping.ask,
        }
        ways[self.view](question)

    def ask_instead(self, answer: Answer, question: str) -> None:
        if self.view == "sweep":
            self.show("chat")
        (self._comparing if self.is_comparing else self._answering).ask_instead(answer, question)

    def again(self) -> None:
        if self.view == "chat":
            self._answering.again()
        else:
            self._run_view_again()

    def resteer(self) -> None:
        if self.view == "chat":
            self._answering.resteer()
        elif self.is_comparing:
            self._comparing.answer_missing()
        else:
            self._sweeping.run_again()

    def with_new_seed(self) -> None:
        if self.view == "chat":
            self._answering.with_new_seed()
        else:
            self._frame.sampling.draw_seed()
            self._run_view_again()

    def stop(self) -> None:
        """End what is being written, in whichever view."""
        if self._sweeping.is_running:
            self._sweeping.stop()
        else:
            self._answering.stop()

    def _run_view_again(self) -> None:
        if self.is_comparing:
            self._comparing.answer_all()
        else:
            self._sweeping.run_again()

    def _open_cell(self, answer: Answer, fork: Fork) -> None:
        """A cell of a sweep becomes a column."""
        self.show("compare")
        self._comparing.open(answer, fork)

    def find(self) -> None:
        """Finding goes through the whole conversation, which only the chat shows."""
        self.show("chat")
        self._frame.page.find_bar.open()

    def begin_tour(self) -> None:
        """It goes through the chat."""
        self.show("chat")
        self._frame.page.tour.begin()

    def _on_sample_chosen(self, prompt: str) -> None:
        """The button goes, so the next words go where one types."""
        self.ask(prompt)
        self._frame.page.composer.input.setFocus()

    def _on_view_chosen(self, action: QAction) -> None:
        self.show(action.data())

    def _edit_compared(self) -> None:
        fork = self._frame.page.compare.fork
        if fork is not None and fork.current is not None:
            self._frame.page.edit(fork.current)

    def _offer_presets(self) -> None:
        page = self._frame.page.compare
        page.top.show_presets(self._frame.steering.presets.presets(), page.columns.is_full)
