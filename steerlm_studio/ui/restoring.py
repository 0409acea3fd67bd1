"""What the window looked like is there again: conversation, view, draft, sliders, columns."""

from collections.abc import Mapping
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer

from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Sampling
from steerlm_studio.ui.chat import Chat
from steerlm_studio.ui.chat_page import ChatPage
from steerlm_studio.ui.chat_read import steering_of
from steerlm_studio.ui.conversing import Conversing
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.keeping import FLUSH, Keeping
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.session import Session
from steerlm_studio.ui.viewing import Viewing

_OPEN, _NEW, _VIEW, _STEERING, _SAMPLING = "open", "new", "view", "steering", "sampling"


class Restoring(QObject):
    """Writes these down while one works, so that even a killed program finds them again."""

    def __init__(
        self,
        frame: Frame,
        session: Session,
        keeping: Keeping,
        conversing: Conversing,
        viewing: Viewing,
    ) -> None:
        super().__init__(frame)
        self._frame, self._session = frame, session
        self._keeping, self._conversing, self._viewing = keeping, conversing, viewing
        self._chat: Chat | None = None  # whose place is shown
        self._model = ""  # the file that the sampling was chosen for
        self._told: dict[str, Any] = {}
        self._is_closed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FLUSH)
        self._timer.timeout.connect(self.remember)

    @property
    def _page(self) -> ChatPage:
        return self._frame.page

    def restore(self) -> None:
        """Once, at the start; then what is changed is followed."""
        state = self._keeping.store.state
        self._told = {key: state(key) for key in (_OPEN, _NEW, _VIEW, _STEERING, _SAMPLING)}
        number = self._told[_OPEN]
        if isinstance(number, int):
            try:
                self._session.chat = self._keeping.chat(number)
            except StudioError:
                self._told[_OPEN] = None  # deleted by another window
        match self._told[_NEW]:
            case {"system": str(system), "view": dict(view)} if self._session.chat.id is None:
                self._session.chat.system, self._session.chat.view = system, view
        self._restore_steering(self._told[_STEERING])
        self._connect()
        self._conversing.changed.emit()
        self._viewing.show_named(str(self._told[_VIEW]))

    def use_sampling_of(self, model: Model) -> None:
        """The numbers chosen for this very file, rather than those that it recommends."""
        told = self._told.get(_SAMPLING)
        self._model = str(model.path)
        if isinstance(told, Mapping) and told.get("model") == self._model:
            try:
                self._frame.sampling.set_sampling(msgspec.convert(told.get("numbers"), Sampling))
            except msgspec.ValidationError:
                return

    def remember(self) -> None:
        """Write down what has changed."""
        self._timer.stop()
        chat = self._session.chat
        self._note_place(chat)
        self._keeping.keep(chat)
        self._tell(_OPEN, chat.id)
        is_new = chat.id is None  # nothing is asked: it has no place in the list yet
        self._tell(_NEW, {"system": chat.system, "view": chat.view} if is_new else None)
        self._tell(_VIEW, self._viewing.view)
        steering, sampling = self._viewing.of_the_chat()
        preset = self._frame.steering.preset.name
        told = {"schema": steering.schema.id, "control": str(steering), "preset": preset}
        self._tell(_STEERING, told)
        if self._model:
            numbers = msgspec.to_builtins(sampling)
            self._tell(_SAMPLING, {"model": self._model, "numbers": numbers})

    def close(self) -> None:
        """Write all down for the last time."""
        if not self._is_closed:
            self.remember()
        self._is_closed = True

    def _restore_steering(self, told: object) -> None:
        if not isinstance(told, Mapping):
            return
        panel, schema = self._frame.steering, str(told.get("schema", ""))
        steering = steering_of(str(told.get("control", "")), schema)
        panel.set_steering(steering, str(told.get("preset", "")))
        self._page.show_steering(steering)

    def _tell(self, key: str, value: object) -> None:
        if self._told.get(key) == value:
            return
        store = self._keeping.store
        try:
            with store.database.write(durable=False):
                store.set_state(key, value)
        except StudioError as error:
            self._keeping.troubled.emit(str(error))
            return
        self._told[key] = value

    def _note_place(self, chat: Chat) -> None:
        """Where the conversation is read, and how it is compared."""
        if chat is not self._chat:
            return
        view = dict(chat.view)
        if self._viewing.is_comparing:
            view["compare"] = self._page.compare.state()
        elif self._viewing.view == "sweep":
            view["sweep"] = self._page.sweep.state()
        else:
            view["scroll"] = self._page.transcript.place()
        chat.view = view

    def _show_place(self) -> None:
        """Another conversation is shown: go to where it was left."""
        chat = self._session.chat
        if chat is self._chat:
            self._soon()
            return
        self._chat = chat
        scroll, compared = chat.view.get("scroll"), chat.view.get("compare")
        if isinstance(compared, dict):
            self._viewing.restore_comparison(compared)
        if isinstance(swept := chat.view.get("sweep"), dict):
            self._page.sweep.restore(swept)
        match scroll:
            case [int(turn), int(offset)]:
                self._page.transcript.go_to(turn, offset)
        self._soon()

    def _on_typed(self) -> None:
        chat = self._session.chat
        chat.draft = self._page.composer.draft()
        self._soon()

    def _soon(self) -> None:
        """Not while the disk refuses it: each attempt may hold up the window."""
        if not self._keeping.is_waiting and not self._is_closed and not self._timer.isActive():
            self._timer.start()

    def _connect(self) -> None:
        self._page.composer.input.textChanged.connect(self._on_typed)
        self._page.system.changed.connect(self._soon)
        self._page.transcript.verticalScrollBar().valueChanged.connect(self._soon)
        self._page.compare.columns_changed.connect(self._soon)
        self._page.sweep.changed.connect(self._soon)
        self._frame.steering.steering_changed.connect(self._soon)
        self._frame.sampling.sampling_changed.connect(self._soon)
        self._conversing.changed.connect(self._show_place)
        self._viewing.changed.connect(self._soon)
        self._keeping.changed.connect(self._soon)
        self._keeping.troubled.connect(self._soon)
