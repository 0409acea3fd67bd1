"""The middle of the window while one compares: the question, its columns, how they are read."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from steerlm_studio.protocol import Done, Mode, Sampling
from steerlm_studio.ui.chat import Answer, Chat, Fork
from steerlm_studio.ui.compare.columns import Column, Columns
from steerlm_studio.ui.compare.differences import SHOWN, Differences
from steerlm_studio.ui.compare.foot import CompareFoot
from steerlm_studio.ui.compare.kept import answers_of, as_data, from_data
from steerlm_studio.ui.compare.strip import Strip
from steerlm_studio.ui.compare.table import FigureTable
from steerlm_studio.ui.compare.top import CompareTop
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.pace import Pace
from steerlm_studio.ui.theme import GRID

_FRAME_SHARE = 0.006  # seconds of a frame's sixteen for the texts; the rest is for painting them
_NUMBERS_MS = 200  # numbers change at most five times a second


class ComparePage(QWidget):
    """Holds the columns and which answer each shows; what is asked for leaves by signals."""

    columns_changed = Signal()  # what `state` says is another
    link_activated = Signal(QUrl)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = Columns()
        self.answers: dict[int, Answer] = {}  # by the column's key
        self.fork: Fork | None = None  # the question that is shown
        self.mode: Mode = "fast"
        self._follows = True  # the end of the conversation, else an earlier question
        self._put_back: Callable[[], None] | None = None
        self._chat: Chat | None = None
        self._usual = Sampling()
        self._pending: dict[Answer, None] = {}  # what grew, the longest waiting first
        self.top = CompareTop()
        self.strip = Strip()
        self.foot = CompareFoot()
        self.notice = Notice()
        self.table = FigureTable()
        self.instead = SmallLabel(self.tr("Too low for both: “Table” brings the columns back."))
        self.differences = Differences(self)
        self._pace = Pace(self)
        self._pace.due.connect(self._show_grown)
        self._numbers = QTimer(self)
        self._numbers.setSingleShot(True)
        self._numbers.setInterval(_NUMBERS_MS)
        self._numbers.timeout.connect(self._show_numbers)
        self._lay_out()
        self._connect()

    # what is shown

    def show_chat(self, chat: Chat, usual: Sampling) -> None:
        """Show the last question of `chat`, or the one that is shown where it is still there."""
        forks = list(chat.forks())
        is_there = chat is self._chat and self.fork in forks
        self._follows = self._follows or not is_there
        self._chat, self._usual = chat, usual
        fork = self.fork
        if self._follows:
            fork = forks[-1] if forks else None
        if fork is not self.fork:
            self.foot.show_shared(None, 0)
        self._show_fork(fork)

    def show_turn(self, by: int) -> None:
        """Show the question before or after."""
        forks = list(self._chat.forks()) if self._chat else []
        if self.fork in forks:
            place = forks.index(self.fork) + by
            if 0 <= place < len(forks):
                self._follows = place == len(forks) - 1
                self._show_fork(forks[place])

    def show_fork(self, fork: Fork) -> None:
        """Show this question of the conversation."""
        forks = list(self._chat.forks()) if self._chat else []
        self._follows = not forks or fork is forks[-1]
        self._show_fork(fork)

    def set_columns(self, columns: Columns) -> None:
        """Show other columns, told anew."""
        self.columns = columns
        self._refresh()
        self.columns_changed.emit()

    def give(self, answers: Mapping[int, Answer], fork: Fork) -> None:
        """These answers are being written for these columns."""
        if fork is not self.fork:
            self.answers = {}
        self._follows = self._follows or fork.current is None
        self.fork = fork
        self.answers |= answers

    def place_of(self, key: int) -> int:
        """The place of a column that is there."""
        place = self.columns.place_of(key)
        assert place is not None
        return place

    def missing(self) -> list[Column]:
        """The columns without a reply under their settings."""
        return [one for one in self.columns.all if not self._is_answered(one)]

    def _is_answered(self, column: Column) -> bool:
        answer = self.answers.get(column.key)
        return answer is not None and column.is_told_as(answer)

    def offer_undo(self, put_back: Callable[[], None], what: str) -> None:
        """A line over the columns says what was done and offers it back."""
        self._put_back = put_back
        self.notice.say(what, self.tr("Undo"))

    def _on_undo_asked(self) -> None:
        put_back, self._put_back = self._put_back, None
        if put_back is not None:
            put_back()

    # what streams

    def grew(self, answers: tuple[Answer, ...]) -> None:
        """They have new text or ended: show it with the next frame."""
        if self.isVisible():
            self._pending |= dict.fromkeys(answers)
            self._pace.ask()

    def ended(self, answers: tuple[Answer, ...]) -> None:
        """A run is over."""
        self._pending.clear()
        self._refresh()

    def measured(self, answers: tuple[Answer, ...], done: Done) -> None:
        if any(answer in self.answers.values() for answer in answers):
            self.foot.show_shared(done, sum(answer.prompt_tokens for answer in answers))

    # what is kept

    def state(self) -> dict[str, Any]:
        """Columns, mode and scroll as plain data; nothing of the answers."""
        return {
            **as_data(self.columns),
            "mode": self.mode,
            "together": self.foot.together.isChecked(),
            "scroll": self.strip.scroll_value(),
            "differences": self.foot.shown,
            "against": self.foot.against.currentIndex(),
            "table": self.foot.table.isChecked(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what `state` said; what it does not say stays as it is."""
        self.columns = from_data(state) or self.columns
        self.set_mode("exact" if state.get("mode") == "exact" else "fast")
        self.foot.together.setChecked(state.get("together") is not False)
        self.answers = {}
        self._refresh()
        if (shown := state.get("differences")) in SHOWN:
            self.foot.set_shown(shown)
        if isinstance(against := state.get("against"), int):
            self.foot.against.setCurrentIndex(against)
        self.foot.table.setChecked(state.get("table") is True)
        self._show_differences()
        scroll = state.get("scroll")
        if isinstance(scroll, int):
            QTimer.singleShot(0, self, lambda: self.strip.scroll_all(scroll))

    def set_mode(self, mode: Mode) -> None:
        self.mode = mode
        self.top.show_mode(mode)

    # inside

    def _show_fork(self, fork: Fork | None) -> None:
        if fork is not self.fork:
            self.fork = fork
            self.answers = {}
        self._refresh()

    def _refresh(self) -> None:
        siblings = self.fork.answers if self.fork else []
        self.answers = {k: a for k, a in self.answers.items() if a in siblings}
        free = [a for a in siblings if a not in self.answers.values()]
        self.answers = answers_of(self.columns, free) | self.answers
        kept = self.fork.current if self.fork else None
        self.strip.show_columns(self.columns, self.answers, kept, self._usual)
        self.strip.card.offer(self.columns.current.steering)
        forks = list(self._chat.forks()) if self._chat else []
        turn = forks.index(self.fork) if self.fork in forks else 0
        self.top.show_question(kept.question if kept else "", turn, len(forks))
        is_running = any(answer.is_running for answer in self.answers.values())
        self.top.show_missing(len(self.missing()) if kept and not is_running else 0)
        self._show_differences()

    def _show_differences(self) -> None:
        views = self.strip.in_order()
        self.foot.show_columns([view.name for view in views])
        self.differences.shown = self.foot.shown
        self.differences.against = max(self.foot.against.currentIndex(), 0)
        self.differences.show_in(views)
        is_table = self.foot.table.isChecked() and len(views) > 1
        self.table.setVisible(is_table)
        if is_table:
            self.table.show_rows([(view.name, view.answer) for view in views])
        self._make_room()

    def _make_room(self) -> None:
        """On a low window the table takes the place of the columns, and says so."""
        others = [part for part in (self.top, self.notice, self.foot) if not part.isHidden()]
        taken = sum(part.sizeHint().height() for part in others)
        is_table = not self.table.isHidden()
        wanted = self.strip.minimumSizeHint().height() + is_table * self.table.usual_height
        is_instead = is_table and self.height() < taken + wanted
        self.strip.setVisible(not is_instead)
        self.instead.setVisible(is_instead)
        room = self.height() - taken - self.instead.sizeHint().height()
        self.table.give_room(room if is_instead else 0)

    def _show_grown(self) -> None:
        """As many columns as there is time for in one frame; the others have the next one."""
        views = {view.answer: view for view in self.strip.in_order()}
        begun = time.perf_counter()
        for answer in tuple(self._pending):
            del self._pending[answer]
            if answer in views:
                views[answer].grow()
            if time.perf_counter() - begun > _FRAME_SHARE:
                break
        if self._pending:
            self._pace.ask()
        if not self._numbers.isActive():
            self._numbers.start()

    def _show_numbers(self) -> None:
        kept = self.fork.current if self.fork else None
        for view in self.strip.in_order():
            if view.answer is not None and view.answer.is_running:
                view.foot.show_numbers()
            else:
                view.foot.show_answer(view.answer, view.answer is not None and view.answer is kept)

    def _connect(self) -> None:
        self.top.turn_requested.connect(self.show_turn)
        self.top.mode_changed.connect(self._on_mode_changed)
        self.foot.together.toggled.connect(self._on_together_toggled)
        self.strip.link_activated.connect(self.link_activated)
        self.notice.acted.connect(self._on_undo_asked)
        self.foot.changed.connect(self._show_differences)
        for told in (self.foot.changed, self.foot.together.toggled, self.strip.scrolled):
            told.connect(lambda: self.columns_changed.emit())

    def _on_mode_changed(self, mode: Mode) -> None:
        self.mode = mode
        self.columns_changed.emit()

    def _on_together_toggled(self, is_together: bool) -> None:
        self.strip.is_together = is_together

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        above = QHBoxLayout()
        above.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        above.addWidget(self.notice)
        column.addWidget(self.top)
        column.addLayout(above)
        column.addWidget(self.strip, 1)
        below = QVBoxLayout()
        below.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        below.setSpacing(0)
        self.instead.setWordWrap(True)
        below.addWidget(self.table)
        below.addWidget(self.instead)
        column.addLayout(below)
        column.addStretch()  # for where there are no columns
        column.addWidget(self.foot)

    # Qt's

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()
