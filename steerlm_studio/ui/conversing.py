"""Which conversation is shown, in which versions: new ones, others, names, deleting with undo."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from steerlm_studio.ui.chat import Answer, Chat, Fork, Session
from steerlm_studio.ui.chat_page import ChatPage


class Conversing(QObject):
    """Changes the conversations as the user asks; says when something must be shown anew."""

    changed = Signal()

    def __init__(self, page: ChatPage, session: Session) -> None:
        super().__init__(page)
        self._page, self._session = page, session
        self._put_back: Callable[[], None] | None = None
        page.notice.acted.connect(self._on_undo_asked)

    def start_new(self) -> None:
        self._session.new_chat(self._session.chat.system)
        self.changed.emit()
        self._page.composer.setFocus()

    def show(self, chat: Chat) -> None:
        self._session.chat = chat
        self.changed.emit()

    def rename(self, chat: Chat, name: str) -> None:
        """Give it a name; an empty one lets the first question be its title again."""
        chat.name = " ".join(name.split())
        self.changed.emit()

    def delete(self, chat: Chat) -> None:
        """Take the conversation off the list; a notice offers it back."""
        session = self._session
        place = session.remove(chat)
        self._offer_undo(
            self.tr("“%1” was deleted.").replace("%1", chat.title or self.tr("New conversation")),
            lambda: session.put_back(place, chat),
        )
        self.changed.emit()

    def delete_version(self, answer: Answer) -> None:
        """Take one version out, with all that follows it; a notice offers it back."""
        fork = self._session.chat.fork_of(answer)
        what = self.tr("The version was deleted.")
        if len(fork.answers) == 1:
            what = self.tr("The question was deleted, with what followed it.")
        place = fork.remove(answer)
        self._offer_undo(what, lambda: fork.put_back(place, answer))
        self.changed.emit()

    def delete_shown(self) -> None:
        self.delete(self._session.chat)

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

    def _offer_undo(self, sentence: str, put_back: Callable[[], None]) -> None:
        self._put_back = put_back
        self._page.notice.say(sentence, self.tr("Undo"))

    def _on_undo_asked(self) -> None:
        put_back, self._put_back = self._put_back, None
        if put_back is not None:
            put_back()
            self.changed.emit()
