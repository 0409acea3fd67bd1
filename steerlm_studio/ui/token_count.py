"""What a slider move costs: the control string counted by the model's own tokenizer."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from steerlm_studio import protocol
from steerlm_studio.steer.template import CONTROL_TOKEN, Template
from steerlm_studio.ui.engine_process import EngineProcess

_REST = 60  # ms without a move before anybody is asked


class TokenCount(QObject):
    """Asks a running engine, never starts one; answers to older questions are ignored."""

    counted = Signal(int)

    def __init__(self, engine: EngineProcess, next_number: Callable[[], int]) -> None:
        super().__init__(engine)
        self._engine = engine
        self._next_number = next_number
        self._control = ""
        self._end = ""
        self._run = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self._ask)
        engine.tokens.connect(self._on_tokens)

    def ask_soon(self, control: str, template: Template) -> None:
        """Count `control` as `template` would send it, once the sliders rest."""
        self._control = control
        self._end = "\n" if template.newline_after_control else ""
        self._timer.start()

    def cancel(self) -> None:
        self._timer.stop()

    def _ask(self) -> None:
        if not self._engine.is_running:
            return
        if not self._control:
            self.counted.emit(0)
            return
        text = protocol.Part("text", self._control + self._end)
        self._run = self._next_number()
        parts = (protocol.Part("control", CONTROL_TOKEN), text)
        self._engine.send(protocol.Tokenize(self._run, parts))

    def _on_tokens(self, message: protocol.Tokens) -> None:
        if message.run == self._run:
            self.counted.emit(len(message.ids))
