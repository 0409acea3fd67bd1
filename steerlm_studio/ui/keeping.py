"""Keeping what is said and done: questions before they are sent, replies while they grow."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from steerlm_studio import protocol
from steerlm_studio.errors import StudioError
from steerlm_studio.store.store import Store
from steerlm_studio.store.trouble import StoreTrouble
from steerlm_studio.ui.answering import Answering
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.chat_read import chat_of
from steerlm_studio.ui.session import Run, Session
from steerlm_studio.ui.sweep.sweeping import Sweeping
from steerlm_studio.ui.sweep.swept import swept_of
from steerlm_studio.ui.writing import Writing

FLUSH = 200  # ms: with what the event loop adds, a reply on the disk is 250 ms old at most
_AGAIN = 10_000  # ms until what could not be kept is tried again


class Keeping(QObject):
    """The way from the open conversations to the store, on the window's own thread."""

    changed = Signal(int)  # the line of this conversation in a list is another, or new, or gone
    troubled = Signal(str)  # why something could not be kept; "" once it is

    def __init__(self, store: Store, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self._session = session
        self._runs: list[Run] = []
        self._unkept: list[Chat] = []  # the disk would not have them
        self._soon: list[Chat] = []
        self._is_closed = False
        self._timer = self._clock(FLUSH, self._on_due)
        self._again = self._clock(_AGAIN, self.keep_all)

    def follow(self, answering: Answering) -> None:
        """Keep what is asked, before it is sent, and what is answered."""
        answering.begun.connect(self._on_begun)
        answering.grew.connect(self._on_grew)
        answering.measured.connect(self._on_measured)
        answering.run_ended.connect(self._on_run_ended)

    def follow_sweeps(self, sweeping: Sweeping) -> None:
        """The same of the cells of sweeps."""
        sweeping.settled.connect(self.keep)
        sweeping.grew.connect(self.keep_soon)

    # conversations

    def chat(self, number: int) -> Chat:
        """The conversation of this number, as it is in memory or read. Raises StudioError."""
        unkept = next((chat for chat in self._unkept if chat.id == number), None)
        there = unkept or self._session.chat_numbered(number)
        return there or self.read(number)

    def read(self, number: int) -> Chat:
        """The conversation as the store has it."""
        stored = self.store.conversation(number)
        chat = chat_of(stored)
        made = (swept_of(record, chat) for record in stored.sweeps)
        chat.sweeps = [swept for swept in made if swept is not None]
        return chat

    @property
    def is_waiting(self) -> bool:
        """The disk refused something, which is tried again from time to time."""
        return bool(self._unkept)

    @property
    def waiting(self) -> tuple[Chat, ...]:
        """What the disk refused."""
        return tuple(self._unkept)

    def keep(self, chat: Chat) -> bool:
        """Give the store what it has not yet of `chat`; whether that worked."""
        if self._is_closed:
            return False
        try:
            is_new = Writing(self.store, chat).write()
        except StudioError as error:
            return self._fail(chat, error)
        if chat in self._unkept:
            self._unkept.remove(chat)
            if not self._unkept:
                self.troubled.emit("")
        is_written_to = chat is self._session.sweeping or any(r.chat is chat for r in self._runs)
        if is_new and chat.id is not None and not is_written_to:
            self.changed.emit(chat.id)
        return True

    def keep_soon(self, chat: Chat) -> None:
        """The same before long, once for many changes: drafts, scrolling, growing text."""
        if chat not in self._soon:
            self._soon.append(chat)
        if not self._timer.isActive():
            self._timer.start()

    def keep_all(self) -> None:
        """Whatever is in memory and not yet kept."""
        self._timer.stop()
        waiting = [
            self._session.chat,
            *self._soon,
            *self._unkept,
            *(run.chat for run in self._runs),
        ]
        self._soon.clear()
        for chat in dict.fromkeys(waiting):
            self.keep(chat)

    def close(self) -> None:
        """Keep everything; afterwards the store is not touched any more."""
        if not self._is_closed:
            self.keep_all()
        self._is_closed = True
        self._timer.stop()
        self._again.stop()

    def _fail(self, chat: Chat, error: StudioError) -> bool:
        if not isinstance(error, StoreTrouble):  # it is not there any more: keep it as a new one
            chat.forget_stored()
        if chat not in self._unkept:
            self._unkept.append(chat)
        self._again.start()
        self.troubled.emit(str(error))
        return False

    # runs

    def _on_begun(self, run: Run) -> None:
        self.keep(run.chat)
        self._runs.append(run)

    def _on_grew(self, answers: tuple[Answer, ...]) -> None:
        if answers and not self._timer.isActive():
            self._timer.start()

    def _on_due(self) -> None:
        waiting = [*self._soon, *(run.chat for run in self._runs)]
        self._soon.clear()
        for chat in dict.fromkeys(waiting):
            if chat not in self._unkept:
                self.keep(chat)

    def _on_measured(self, answers: tuple[Answer, ...], done: protocol.Done) -> None:
        for answer in answers:
            answer.cost = replace(
                answer.cost,
                evaluated=done.evaluated,
                reused=done.reused,
                prompt_seconds=done.prompt_seconds,
                first_token_seconds=done.first_token_seconds,
            )

    def _on_run_ended(self) -> None:
        over = [run for run in self._runs if not any(a.is_running for a in run.answers)]
        self._runs = [run for run in self._runs if run not in over]
        for run in over:
            self.keep(run.chat)

    def _clock(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer
