"""Which prompt is shown: what *Send* would send now, or what made the last answer."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from steerlm_studio.protocol import Part
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.template import Template, render
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.prompt_view import PromptView
from steerlm_studio.ui.session import Session, as_message


class Prompting(QObject):
    """Keeps the prompt view up with the conversation, the composer and the sliders."""

    layout_chosen = Signal(object)  # Template

    def __init__(
        self, engine: EngineProcess, frame: Frame, session: Session, window: QWidget
    ) -> None:
        super().__init__(frame)
        self._frame, self._session = frame, session
        self.view = PromptView(engine, session.next_number, window)
        self.view.wanted.connect(self._show)
        self.view.template_changed.connect(lambda: self.layout_chosen.emit(self.view.template))
        frame.actions.prompt.triggered.connect(self._on_asked)
        frame.steering.steering_changed.connect(self.view.refresh_soon)
        frame.page.composer.input.textChanged.connect(self.view.refresh_soon)
        frame.page.system.changed.connect(self.view.refresh_soon)
        engine.done.connect(self.view.refresh_soon)

    def set_template(self, template: Template) -> None:
        """Another model was loaded; this is its own layout."""
        self.view.set_model_template(template)

    def refresh_soon(self) -> None:
        """Another conversation or version is shown."""
        self.view.refresh_soon()

    def _on_asked(self) -> None:
        self.view.show()
        self.view.activateWindow()

    def upcoming(self) -> tuple[tuple[Part, ...], str]:
        """The prompt that *Send*, or without a question *Re-steer*, would send; and which it is."""
        chat, steering = self._session.chat, self._frame.steering.steering
        question, last = self._frame.page.composer.text().strip(), chat.last
        if question or last is None:
            turns = tuple(answer.as_turn() for answer in chat.path())
            talk = Conversation(chat.system, turns)
            what = self.tr("What Send would send now")
        else:
            talk, question = chat.before(last), last.question
            what = self.tr("What Re-steer would send now")
        parts = render(talk, question, steering, self.view.template)
        return as_message(parts), what

    def _show(self) -> None:
        self.view.show_prompt(*self.upcoming())
