"""Which conversation is shown, in which versions: new ones, others, names, deleting with undo."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from steerlm_studio.errors import StudioError
from steerlm_studio.store.store import Store
from steerlm_studio.store.writing import titled
from steerlm_studio.ui.chat import Answer, Chat, Fork
from steerlm_studio.ui.chat_page import ChatPage
from steerlm_studio.ui.keeping import Keeping
from steerlm_studio.ui.session import Session


class Conversing(QObject):
    """Changes the conversations as the user asks; says when something must be shown anew."""

    changed = Signal()  # the open conversation is another, or goes on another way

    def __init__(self, page: ChatPage, session: Session, keeping: Keeping) -> None:
        super().__init__(page)
        self._page, self._session, self._keeping = page, session, keeping
        self._put_back: Callable[[], None] | None = None
        page.notice.acted.connect(self._on_undo_asked)

    @property
    def _store(self) -> Store:
        return self._keeping.store

    def start_new(self) -> None:
        self._leave()
        self._session.new_chat(self._session.chat.system)
        self.changed.emit()
        self._page.composer.setFocus()

    def open(self, number: int) -> None:
        """Show the stored conversation of this number."""
        try:
            chat = self._keeping.chat(number)
        except StudioError as error:
            self._page.notice.say(str(error), is_error=True)
            return
        self.show(chat)

    def read_again(self, number: int) -> None:
        """The store has more of a conversation than is in memory: show it as it is there."""
        chat = self._session.chat
        is_written_to = any(run.chat is chat for run in self._session.runs)
        if chat.id != number or is_written_to or chat is self._session.sweeping:
            return  # read when it is opened; one that is written to is left as it is
        self._keeping.keep(chat)
        try:
            self._session.chat = self._keeping.read(number)
        except StudioError as error:
            self._page.notice.say(str(error), is_error=True)
        self.changed.emit()

    def show(self, chat: Chat) -> None:
        self._leave()
        self._session.chat = chat
        self.changed.emit()

    def rename(self, number: int, name: str) -> None:
        """Give it a name; an empty one lets the first question be its title again."""
        try:
            chat = self._keeping.chat(number)
            chat.name = " ".join(name.split())
            first = chat.start.answers[0].question if chat.start.answers else ""
            self._store.shelf.rename(number, chat.name or titled(first))
        except StudioError as error:
            self._page.notice.say(str(error), is_error=True)
            return
        self._keeping.changed.emit(number)
        if chat is self._session.chat:
            self.changed.emit()

    def delete(self, number: int) -> None:
        """Move the conversation to the bin; a notice offers it back."""
        try:
            chat = self._keeping.chat(number)
            self._keeping.keep(chat)
            entry = self._store.shelf.delete(number)
        except StudioError as error:
            self._page.notice.say(str(error), is_error=True)
            return
        title = chat.title or self.tr("New conversation")
        said = self.tr("“%1” was moved to the bin.").replace("%1", title)
        self._offer_undo(said, lambda: self._restore(entry, number))
        self._keeping.changed.emit(number)
        if chat is self._session.chat:
            self._go_on_after(number)

    def delete_version(self, answer: Answer) -> None:
        """Move one version to the bin, with all that follows it; a notice offers it back."""
        chat = self._session.chat
        fork = chat.holding(answer)
        try:
            self._keeping.keep(chat)
            entry = self._store.shelf.delete_version(answer.id) if answer.id is not None else None
        except StudioError as error:
            self._page.notice.say(str(error), is_error=True)
            return
        what = self.tr("The version was deleted.")
        if len(fork.answers) == 1:
            what = self.tr("The question was deleted, with what followed it.")
        place = fork.remove(answer)
        fork.stored = None  # which is shown now is told to the store anew

        def put_back() -> None:
            if entry is not None:
                self._store.shelf.restore(entry)
            fork.put_back(place, answer)
            fork.stored = None  # which is shown is told to the store anew
            if chat.id is not None and chat is not self._session.chat:
                self.open(chat.id)

        self._offer_undo(what, put_back)
        self.changed.emit()

    def go_on_from(self, answer: Answer) -> None:
        """Show the way to `answer`; what is typed next follows it, beside what follows already."""
        self._session.chat.show_way_to(answer)
        self.changed.emit()
        following = answer.then.current
        if following is not None:
            self._page.composer.begin_edit(following, "")
        else:
            self._page.composer.end_edit()
        self._page.composer.setFocus()

    def open_at(self, number: int, turn: int) -> None:
        """Show the conversation at a turn that was found in it."""
        self.open(number)
        chat = self._session.chat
        found = next((a for _, f in chat.places() for a in f.answers if a.id == turn), None)
        if chat.id == number and found is not None:
            chat.show_way_to(found)
            self.changed.emit()
            self._page.transcript.go_to(chat.path().index(found), 0)

    def delete_shown(self) -> None:
        if self._session.chat.id is not None:
            self.delete(self._session.chat.id)

    def delete_last_version(self) -> None:
        if last := self._session.chat.last:
            self.delete_version(last)

    def step_version(self, fork: Fork, by: int) -> None:
        if fork.step(by):
            self.changed.emit()

    def step_last_version(self, by: int) -> None:
        if last := self._session.chat.last:
            self.step_version(self._session.chat.fork_of(last), by)

    def copy_last(self) -> None:
        if last := self._session.chat.last:
            QGuiApplication.clipboard().setText(last.text.strip())

    def _leave(self) -> None:
        """What is in the open conversation is kept before another takes its place."""
        self._session.chat.draft = self._page.composer.draft()
        self._keeping.keep(self._session.chat)

    def _go_on_after(self, number: int) -> None:
        """The open conversation is gone: the last one that was changed takes its place."""
        entry = next(iter(self._store.shelf.entries(limit=1)), None)
        self._session.chat = self._keeping.chat(entry.id) if entry else Chat()
        self.changed.emit()

    def _restore(self, entry: int, number: int) -> None:
        self._store.shelf.restore(entry)
        self._keeping.changed.emit(number)
        self.open(number)

    def _offer_undo(self, sentence: str, put_back: Callable[[], None]) -> None:
        self._put_back = put_back
        self._page.notice.say(sentence, self.tr("Undo"))

    def _on_undo_asked(self) -> None:
        put_back, self._put_back = self._put_back, None
        if put_back is None:
            return
        try:
            put_back()
        except StudioError as error:
            self._page.notice.say(str(error), is_error=True)
        self.changed.emit()
