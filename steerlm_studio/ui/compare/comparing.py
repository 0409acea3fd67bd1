"""Comparing at work: columns and sliders agree, one question goes to all columns in one batch."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.presets import Preset
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.answering import Answering
from steerlm_studio.ui.chat import Answer, Fork
from steerlm_studio.ui.compare.column_view import ColumnView
from steerlm_studio.ui.compare.columns import Column, Columns
from steerlm_studio.ui.compare.kept import columns_of
from steerlm_studio.ui.compare.moving import Moving
from steerlm_studio.ui.compare.starts import Start
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.reply_details import show_details
from steerlm_studio.ui.session import Session
from steerlm_studio.ui.steering_state import fitted


class Comparing(QObject):
    """Obeys the page; while it is shown the panels stand for the selected column."""

    told = Signal(object)  # Steering: the sliders were set to it, not moved
    changed = Signal()  # the conversation goes on another way
    copy_requested = Signal(object, str)  # Answer, a name of `reply_menu.copies`
    marked = Signal(object)  # Answer: its vote, its note, or whether it is kept
    noted = Signal(object)  # Answer: its note is being typed

    def __init__(self, frame: Frame, session: Session, answering: Answering) -> None:
        super().__init__(frame)
        self._frame, self._session, self._answering = frame, session, answering
        self.page = frame.page.compare
        self.moving = Moving(self.page)
        self.is_shown = False
        self._has_columns = False  # else they are made when the page is first shown
        self._sliders = self._steered = frame.steering.steering  # of the chat; of the panel
        self._usual = frame.sampling.sampling()  # of the columns without their own
        self._connect_page()
        answering.grew.connect(self.page.grew)
        answering.run_ended.connect(self.page.ended)
        answering.measured.connect(self.page.measured)
        frame.steering.steering_changed.connect(self._on_steering_changed)
        frame.sampling.sampling_changed.connect(self._on_sampling_changed)

    @property
    def of_the_chat(self) -> tuple[Steering, Sampling]:
        """What the panels go back to."""
        return self._sliders, self._usual

    # the page comes and goes

    def enter(self) -> None:
        """The page is shown: the panels are the selected column's from here."""
        self.is_shown = True
        self._sliders, self._usual = self._frame.steering.steering, self._frame.sampling.sampling()
        if not self._has_columns:
            self._has_columns = True
            self.page.set_columns(self._first_columns())
        self.show_chat()
        self._show_selected()

    def leave(self) -> None:
        """The panels go back to where they were."""
        self.is_shown = False
        self._frame.sampling.set_sampling(self._usual)
        self._set_sliders(self._sliders)

    def show_chat(self) -> None:
        """The conversation is another, or has other answers."""
        if self.is_shown:
            self.page.show_chat(self._session.chat, self._usual)

    def set_schema(self, schema: Schema) -> None:
        """The model that was loaded is of this family."""
        self._sliders = fitted(self._sliders, schema)
        self.page.set_columns(self.page.columns.in_schema(schema))
        self._show_selected()

    def restore(self, state: dict[str, object]) -> None:
        """Show a comparison as `page.state()` once said it."""
        self._has_columns = True
        self.page.restore(state)
        self._show_selected()

    def _first_columns(self) -> Columns:
        last = self._session.chat.last
        versions = self._session.chat.fork_of(last).answers if last else []
        return columns_of(versions) or Columns((Column(0, self._sliders),))

    # asking

    def ask(self, question: str) -> None:
        """Put the question at the end of the conversation, in every column."""
        answers = self._answers_to(question, self.page.columns.all)
        self.page.give(answers, self._session.chat.end())
        self._answering.ask_side_by_side(list(answers.values()), self.page.mode)

    def ask_instead(self, answer: Answer, question: str) -> None:
        """Ask otherwise at the place of `answer`, in every column."""
        fork = self._session.chat.fork_of(answer)
        answers = self._answers_to(question, self.page.columns.all)
        self.page.give(answers, fork)
        self._answering.again_side_by_side(fork, list(answers.values()), self.page.mode)

    def answer_missing(self) -> None:
        """The shown question in the columns that have no reply to it; in all when none lacks it."""
        self._again(self.page.missing() or self.page.columns.all)

    def answer_all(self) -> None:
        """The shown question in every column again."""
        self._again(self.page.columns.all)

    def _again(self, columns: Sequence[Column]) -> None:
        """Answers beside those there do not change which one the conversation goes on from."""
        fork = self.page.fork
        if fork is None or (before := fork.current) is None:
            return
        answers = self._answers_to(before.question, columns)
        self.page.give(answers, fork)
        self._answering.again_side_by_side(fork, list(answers.values()), self.page.mode)
        if before.kept or before.then.answers or before in self.page.answers.values():
            fork.show(before)
            self.changed.emit()

    def _answers_to(self, question: str, columns: Sequence[Column]) -> dict[int, Answer]:
        return {
            one.key: Answer(question, one.steering, one.sampled(self._usual)) for one in columns
        }

    # columns

    def add(self, preset: Preset | None) -> None:
        """A column from the sliders, or from a preset."""
        told = self.page.columns.current.steering
        if preset is not None:
            told = fitted(preset.steering, told.schema)
        self.become(self.page.columns.adding(told))

    def _begin(self, start: Start) -> None:
        if columns := start.columns(self.page.columns.current.steering):
            self.become(columns)

    def _remove(self, key: int) -> None:
        place = self.page.place_of(key)
        if len(self.page.columns.all) == 1:
            return
        column, answer = self.page.columns.all[place], self.page.answers.get(key)
        self.become(self.page.columns.removing(place))

        def put_back() -> None:
            if answer is not None and self.page.fork and answer in self.page.fork.answers:
                self.page.answers[key] = answer
            self.become(self.page.columns.inserting(place, column))

        self.page.offer_undo(put_back, self.tr("The column was removed."))

    def _select(self, key: int) -> None:
        place = self.page.place_of(key)
        if place != self.page.columns.selected:
            self.become(self.page.columns.selecting(place))

    def _own_sampling(self, key: int, is_own: bool) -> None:
        place = self.page.place_of(key)
        own = self._usual if is_own else None
        self.become(self.page.columns.sampling(place, own).selecting(place))

    def become(self, columns: Columns) -> None:
        """Show these columns; the sliders go to the selected one."""
        self.page.set_columns(columns)
        self._show_selected()

    def duplicate_selected(self) -> None:
        self._duplicate(self.page.columns.current.key)

    def remove_selected(self) -> None:
        self._remove(self.page.columns.current.key)

    def step(self, by: int) -> None:
        """Select the column before or after."""
        place = self.page.columns.selected + by
        if 0 <= place < len(self.page.columns.all):
            self.become(self.page.columns.selecting(place))
            self.page.strip.in_order()[place].setFocus()

    def move(self, by: int) -> None:
        """Move the selected column."""
        self.moving.by(self.page.columns.selected, by)

    def open(self, answer: Answer, fork: Fork) -> None:
        """Show an answer that was made elsewhere: it becomes a version, and a column's reply."""
        if answer not in fork.answers:
            shown = fork.shown if fork.answers else 0
            fork.add(answer)
            fork.shown = shown
            self.changed.emit()
        self.page.show_fork(fork)
        place = next(
            (n for n, one in enumerate(self.page.columns.all) if one.is_told_as(answer)), None
        )
        columns = self.page.columns
        if place is not None:
            columns = columns.selecting(place)
        elif columns.is_full:
            columns = columns.steering_current(answer.steering)
        else:
            columns = columns.adding(answer.steering)
        self.page.answers[columns.current.key] = answer
        self.become(columns)
        self.page.strip.views[columns.current.key].setFocus()

    # sliders

    def _show_selected(self) -> None:
        """Set the panels to the selected column, while they stand for it."""
        if not self.is_shown:
            return
        current = self.page.columns.current
        self.page.strip.reveal(current.key)
        self._frame.sampling.set_sampling(current.sampled(self._usual))
        self._set_sliders(current.steering)

    def _set_sliders(self, steering: Steering) -> None:
        if steering != self._frame.steering.steering:
            self._frame.steering.set_steering(steering)
            self.told.emit(steering)
        self._steered = steering

    def _on_steering_changed(self, steering: Steering) -> None:
        before, self._steered = self._steered, steering
        if not self.is_shown:
            return
        columns = self.page.columns
        if self.page.top.every.isChecked() or before.schema != steering.schema:
            columns = columns.steering_all(before, steering)
        self.page.set_columns(columns.steering_current(steering))

    def _on_sampling_changed(self, sampling: Sampling) -> None:
        columns = self.page.columns
        if not self.is_shown or columns.current.sampling is None:
            self._usual = sampling
            self.show_chat()
        else:
            self.page.set_columns(columns.sampling(columns.selected, sampling))

    # replies

    def keep(self, answer: Answer) -> None:
        """Go on with this reply, its settings the chat's from here; or keep it no more."""
        fork = self.page.fork
        if fork is None or answer not in fork.answers:
            return
        fork.keep(answer, not (answer.kept and fork.current is answer))
        if answer.kept:
            self._sliders = answer.steering
        self.marked.emit(answer)
        self.changed.emit()

    def keep_selected(self) -> None:
        answer = self.page.answers.get(self.page.columns.current.key)
        if answer is not None and not answer.is_running:
            self.keep(answer)

    # wiring

    def _connect_page(self) -> None:
        page = self.page
        page.top.add_requested.connect(self.add)
        page.top.run.clicked.connect(self.answer_missing)
        page.strip.card.chosen.connect(self._begin)
        page.strip.made.connect(self._connect_column)
        self.moving.ordered.connect(self.become)

    def _connect_column(self, view: ColumnView) -> None:
        view.select_requested.connect(self._select)
        view.again_requested.connect(lambda key: self._again([self._column(key)]))
        view.own_sampling_requested.connect(self._own_sampling)
        view.duplicate_requested.connect(self._duplicate)
        view.remove_requested.connect(self._remove)
        view.details_requested.connect(self._show_details)
        view.foot.marks.keep_requested.connect(self.keep)
        view.copy_requested.connect(self.copy_requested)
        view.foot.marks.marked.connect(self.marked)
        view.foot.marks.noted.connect(self.noted)

    def _column(self, key: int) -> Column:
        return self.page.columns.all[self.page.place_of(key)]

    def _duplicate(self, key: int) -> None:
        self.become(self.page.columns.duplicating(self.page.place_of(key)))

    def _show_details(self, key: int) -> None:
        if answer := self.page.answers.get(key):
            show_details(self.page.window(), answer)
