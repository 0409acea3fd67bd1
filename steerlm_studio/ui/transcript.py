"""The conversation as it is read: scrolls, follows the end while one is there, streams."""

import time

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QVBoxLayout, QWidget

from steerlm_studio.steer.steering import Steering, default_steering
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.reading_column import side_margin
from steerlm_studio.ui.reply_view import ReplyView
from steerlm_studio.ui.theme import GRID

_FRAME_MS = 16
_SHARE = 4  # showing takes at most about a quarter of the time, however long the reply
_NEAR = 4  # px from the end that still count as the end


class Transcript(QScrollArea):
    """A view per question on the shown path; only what changed is made anew."""

    version_requested = Signal(object, int)  # Fork, -1 or 1
    again_requested = Signal(object)  # Answer
    resteer_requested = Signal(object)
    link_activated = Signal(QUrl)
    painted = Signal()  # the pending text is on the way to the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views: list[ReplyView] = []
        self._chat: Chat | None = None
        self._pending: set[Answer] = set()
        self._follows = True
        self._cost = 0.0  # seconds that the last showing took
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.timeout.connect(self.show_pending)
        self._lay_out()
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)

    def show_chat(self, chat: Chat) -> None:
        """Show the path of `chat`; views of what is still there stay."""
        if chat is not self._chat:
            self._follows = True
        self._chat = chat
        forks = list(chat.forks())
        kept = 0
        while kept < min(len(forks), len(self.views)) and self.views[kept].fork is forks[kept]:
            self.views[kept].refresh()
            kept += 1
        self._drop_from(kept)
        self._column.setEnabled(False)  # one layout for all of them
        told = [answer.steering for answer in chat.path()]
        for place in range(kept, len(forks)):
            before = told[place - 1] if place else default_steering(told[0].schema)
            self._add(ReplyView(forks[place], before))
        self._column.setEnabled(True)

    def answer_grew(self, answer: Answer) -> None:
        """New text is there: show it with the next frame."""
        self._pending.add(answer)
        if not self._frame.isActive():
            self._frame.start(max(_FRAME_MS, round(self._cost * 1000 * (_SHARE - 1))))

    def show_pending(self) -> None:
        """Show now what the next frame would."""
        self._frame.stop()
        began = time.perf_counter()
        for view in self.views:
            if view.answer in self._pending:
                view.grow()
        self._pending.clear()
        self._cost = time.perf_counter() - began
        self.painted.emit()

    def offer_resteer(self, steering: Steering) -> None:
        """Offer to re-steer the last answer when it was told something else than `steering`."""
        for view in self.views:
            is_last = view is self.views[-1]
            view.offer_resteer(is_last and view.answer.steering != steering)

    def follow(self) -> None:
        """Go to the end and stay there."""
        self._follows = True
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _add(self, view: ReplyView) -> None:
        view.version_requested.connect(self.version_requested)
        view.again_requested.connect(self.again_requested)
        view.resteer_requested.connect(self.resteer_requested)
        view.link_activated.connect(self.link_activated)
        self.views.append(view)
        self._column.insertWidget(len(self.views) - 1, view)

    def _drop_from(self, place: int) -> None:
        for view in self.views[place:]:
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        del self.views[place:]

    def _on_scrolled(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum() - _NEAR
        self.to_end.setVisible(not self._follows)

    def _on_range_changed(self, low: int, high: int) -> None:
        if self._follows:
            self.verticalScrollBar().setValue(high)
        else:
            self._on_scrolled(self.verticalScrollBar().value())

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Transcript"))
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setSpacing(GRID)
        self._column.addStretch(1)
        self.setWidget(self._page)
        self.to_end = QToolButton(self)
        self.to_end.setIcon(icon("to-bottom"))
        self.to_end.setToolTip(self.tr("Go to the end"))
        self.to_end.setAccessibleName(self.tr("Go to the end"))
        self.to_end.clicked.connect(self.follow)
        self.to_end.hide()

    def _place(self) -> None:
        """Keep lines readable on a wide window, and the button in its corner."""
        width = self.viewport().width()
        side = side_margin(self, width)
        self._column.setContentsMargins(side, GRID, side, GRID)
        size = self.to_end.sizeHint()
        self.to_end.setGeometry(
            width - size.width() - 2 * GRID,
            self.viewport().height() - size.height() - GRID,
            size.width(),
            size.height(),
        )
        self.to_end.raise_()

    # Qt's

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "to_end"):
            self._place()
