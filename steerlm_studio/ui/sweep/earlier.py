"""The sweeps that a conversation has already, to go back to."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from steerlm_studio.ui.chat import Chat
from steerlm_studio.ui.sweep.swept import Swept
from steerlm_studio.ui.text_safety import shown

_MOST = 30  # lines of the menu: the newest
_QUESTION = 40  # characters


class EarlierSweeps(QObject):
    """Fills a button's menu; the button is there while there is something to go back to."""

    chosen = Signal(object)  # Swept

    def __init__(self, button: QToolButton) -> None:
        super().__init__(button)
        self._button = button
        self.menu = QMenu(button)
        button.setMenu(self.menu)

    def offer(self, chat: Chat, current: Swept | None) -> None:
        """The newest first, the one that is shown with a mark."""
        self.menu.clear()
        there = [swept for swept in chat.sweeps if is_on_path(swept, chat)]
        for swept in there[: -_MOST - 1 : -1]:
            action = self.menu.addAction(self._line(swept))
            action.setCheckable(True)
            action.setChecked(swept is current)
            action.triggered.connect(lambda checked=False, one=swept: self.chosen.emit(one))
        self._button.setVisible(_more_than(current, there))

    def _line(self, swept: Swept) -> str:
        question = shown(" ".join(swept.question.split()))
        if len(question) > _QUESTION:
            question = question[: _QUESTION - 1].rstrip() + "…"
        count = self.tr("%n cells", "", len(swept.answers))
        return f"{swept.sweep.name}, {count} · {question}".replace("&", "&&")


def is_on_path(swept: Swept, chat: Chat) -> bool:
    """Whether it is of the branch that is shown."""
    place = swept.place_in(chat)
    return place is chat.end() or any(fork is place for fork in chat.forks())


def _more_than(current: Swept | None, there: Iterable[Swept]) -> bool:
    return any(swept is not current for swept in there)
