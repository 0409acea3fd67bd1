"""The conversation as it is read: scrolls, follows the end while one is there, streams."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.steer.steering import Steering, default_steering
from steerlm_studio.ui.chat import Answer, Chat, Fork
from steerlm_studio.ui.end_button import EndButton
from steerlm_studio.ui.pace import Pace
from steerlm_studio.ui.reading_column import side_margin
from steerlm_studio.ui.reply_view import ReplyView
from steerlm_studio.ui.theme import GRID, HALF

_AT_FIRST = 4  # turns that are made when a conversation is shown; more follow one by one
_MOST = 16  # that stay when one goes to the end
_BETWEEN_MS = 16  # from one earlier turn that is made to the next: frames in between
_NEAR = 4  # px from the end that still count as the end
_PASSED_ON = (
    *("version_requested", "again_requested", "resteer_requested", "steering_requested"),
    *("sliders_requested", "edit_requested", "delete_requested", "keep_requested", "marked"),
    *("noted", "copy_requested", "link_activated"),
)  # signals of a view that are the transcript's, too


class Transcript(QScrollArea):
    """A view per question on the shown path; only what changed is made anew."""

    version_requested = Signal(object, int)  # Fork, -1 or 1
    again_requested = Signal(object)  # Answer
    resteer_requested = Signal(object)
    steering_requested = Signal(object, object)  # Answer, Steering
    sliders_requested = Signal(object)  # Steering
    edit_requested = Signal(object)
    delete_requested = Signal(object)
    keep_requested = Signal(object)
    marked = Signal(object)
    noted = Signal(object)
    copy_requested = Signal(object, str)  # Answer, a name of `reply_menu.copies`
    link_activated = Signal(QUrl)
    painted = Signal()  # the pending text is on the way to the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views: list[ReplyView] = []  # of the last turns; earlier ones follow when wanted
        self._earlier = 0  # turns before the first view
        self._chat: Chat | None = None
        self._pending: set[Answer] = set()
        self._follows = True
        self._held: Callable[[], int] | None = None  # where to stay while views grow
        self._more_above = QTimer(self)
        self._more_above.setSingleShot(True)
        self._more_above.timeout.connect(self._show_earlier_near)
        self._pace = Pace(self)
        self._pace.due.connect(self._show_grown)
        self._lay_out()
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)
        bar.actionTriggered.connect(self._on_scrolled_by_hand)

    def show_chat(self, chat: Chat) -> None:
        """Show the path of `chat`; views of what is still there stay."""
        is_other = chat is not self._chat
        self._chat = chat
        forks = list(chat.forks())
        self._follows = self._follows or is_other
        self._held = None
        if is_other or len(forks) <= self._earlier:
            self._drop(0, len(self.views))
            self._earlier = max(len(forks) - _AT_FIRST, 0)
        here = forks[self._earlier :]
        kept = 0
        while kept < min(len(here), len(self.views)) and self.views[kept].fork is here[kept]:
            self.views[kept].refresh()
            kept += 1
        self._drop(kept, len(self.views))
        self._column.setEnabled(False)  # one layout for all of them
        for place in range(kept, len(here)):
            self._add(self._view_of(forks, self._earlier + place), place)
        self._column.setEnabled(True)
        self._show_earlier_button()
        self._more_above.start(_BETWEEN_MS)

    def reveal(self, turn: int) -> ReplyView:
        """The view of this turn of the path; made now, with those after it, if it is not there."""
        missing = self._earlier - turn
        if missing > 0 and self._chat is not None:
            forks = list(self._chat.forks())
            self._earlier = turn
            self._column.setEnabled(False)
            for place in range(missing):
                self._add(self._view_of(forks, turn + place), place)
            self._column.setEnabled(True)
            self._show_earlier_button()
        return self.views[turn - self._earlier]

    def turns(self) -> list[Answer]:
        """The answers of the shown path, those without a view included."""
        return self._chat.path() if self._chat is not None else []

    def view_of(self, turn: int) -> ReplyView | None:
        """The view of this turn, if there is one already."""
        return self.views[turn - self._earlier] if turn >= self._earlier else None

    @property
    def earlier(self) -> int:
        """How many turns stand before the first view."""
        return self._earlier

    def show_earlier(self) -> None:
        """Show the turn before, and stay at the lines one reads."""
        if not self._earlier:
            return
        bar = self.verticalScrollBar()
        below = bar.maximum() - bar.value()
        self.reveal(self._earlier - 1)
        self._hold(lambda: bar.maximum() - below)

    def scroll_to(self, view: ReplyView, area: Callable[[], QRect]) -> None:
        """Bring a part of a view, in its own pixels, near the middle of the screen."""
        middle = self.viewport().height() // 2
        self._hold(lambda: view.mapTo(self._page, area().center()).y() - middle)

    def place(self) -> list[int] | None:
        """The turn at the top of the screen and how far it is scrolled; None at the end."""
        value = self.verticalScrollBar().value()
        if self._follows:
            return None
        for turn, view in enumerate(self.views, self._earlier):
            if view.y() + view.height() > value:
                return [turn, value - view.y()]
        return None

    def go_to(self, turn: int, offset: int) -> None:
        """Scroll to where `place` was; a turn that is not there any more leaves it at the end."""
        if not 0 <= turn < self._earlier + len(self.views):
            return
        view = self.reveal(turn)
        self._hold(lambda: view.mapTo(self._page, QPoint(0, offset)).y())

    def _hold(self, place: Callable[[], int]) -> None:
        """Scroll to `place` now and while new views find their height, until a hand scrolls."""
        self._follows = False
        self._held = place
        self.verticalScrollBar().setValue(place())

    def _let_go_of_earlier(self) -> None:
        """Of many views only the last stay: each takes its time when the window is resized."""
        surplus = len(self.views) - _MOST
        if surplus > 0:
            self._drop(0, surplus)
            self._earlier += surplus
            self._show_earlier_button()

    def _view_of(self, forks: Sequence[Fork], place: int) -> ReplyView:
        """A new view; its chips compare with the reply before, the first with the default."""
        answer = forks[place].current
        assert answer is not None  # `forks` yields none that is empty
        before = forks[place - 1].current if place else None
        told = before.steering if before else default_steering(answer.steering.schema)
        return ReplyView(forks[place], told)

    def _show_earlier_button(self) -> None:
        self.to_earlier.setVisible(self._earlier > 0)
        self.to_earlier.setText(
            self.tr("Show earlier turns (%1)").replace("%1", str(self._earlier))
        )

    def answer_grew(self, answer: Answer) -> None:
        """New text is there: show it with the next frame, or when the transcript is shown."""
        self._pending.add(answer)
        if self.isVisible():
            self._pace.ask()

    def show_pending(self) -> None:
        """Show now what the next frame would."""
        self._pace.now()

    def _show_grown(self) -> None:
        for view in self.views:
            if view.answer in self._pending:
                view.grow()
        self._pending.clear()
        self.painted.emit()

    def offer_resteer(self, steering: Steering) -> None:
        """Offer to re-steer the last answer when it was told something else than `steering`."""
        for view in self.views:
            is_last = view is self.views[-1]
            view.offer_resteer(is_last and view.answer.steering != steering)

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._follows = True
        self._held = None
        self._let_go_of_earlier()
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _add(self, view: ReplyView, place: int) -> None:
        for name in _PASSED_ON:
            getattr(view, name).connect(getattr(self, name))
        self.views.insert(place, view)
        self._column.insertWidget(place + 1, view)  # after the button
        before = self.views[place - 1].tab_stops[-1] if place else self.to_earlier
        for stop in view.tab_stops:
            QWidget.setTabOrder(before, stop)
            before = stop

    def _drop(self, first: int, end: int) -> None:
        for view in self.views[first:end]:
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        del self.views[first:end]

    def _on_scrolled(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum() - _NEAR
        self.to_end.setVisible(not self._follows)

    def _on_scrolled_by_hand(self) -> None:
        self._held = None
        if not self._more_above.isActive():
            self._more_above.start(0)

    def _show_earlier_near(self) -> None:
        """One turn after the other, until a screenful is above what one reads."""
        is_near = self.verticalScrollBar().value() < self.viewport().height()
        if not (self._earlier and is_near and self.isVisible()):
            return
        if self._follows or self._held is not None:  # it stays where it is to be anyway
            self.reveal(self._earlier - 1)
        else:
            self.show_earlier()
        self._more_above.start(_BETWEEN_MS)

    def _on_range_changed(self, low: int, high: int) -> None:
        if self._held is not None:
            self.verticalScrollBar().setValue(self._held())
        elif self._follows:
            self.verticalScrollBar().setValue(high)
        else:
            self._on_scrolled(self.verticalScrollBar().value())

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Transcript"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to the texts: they scroll it
        self._page = QWidget()
        self._page.setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # it grows at its end
        self._column = QVBoxLayout(self._page)
        self._column.setSpacing(GRID)
        self.to_earlier = QPushButton()
        self.to_earlier.clicked.connect(self.show_earlier)
        self.to_earlier.hide()
        self._column.addWidget(self.to_earlier, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        self.setWidget(self._page)
        self.to_end = EndButton(self)
        self.to_end.clicked.connect(self.follow)

    def _place(self) -> None:
        """Keep lines readable on a wide window, and the button at its foot."""
        width = self.viewport().width()
        side = side_margin(self, self.width())  # as above and below, where no scroll bar is
        beside_bar = max(side - self.width() + width, HALF)
        is_mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left, right = (beside_bar, side) if is_mirrored else (side, beside_bar)
        self._column.setContentsMargins(left, GRID, right, GRID)
        self.to_end.place()

    # Qt's

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_pending()
        self._more_above.start(_BETWEEN_MS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
        self._more_above.start(_BETWEEN_MS)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "to_end"):
            self._place()
