"""What a slider move costs: the control string counted by the model's own tokenizer."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from steerlm_studio import protocol
from steerlm_studio.steer.template import CONTROL_TOKEN
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.model_loading import ModelLoading

_REST = 60  # ms without a move before anybody is asked


class TokenCount(QObject):
    """Asks a running engine, never starts one; answers to older questions are ignored."""

    counted = Signal(object)  # int, or None while nobody knows

    def __init__(
        self,
        engine: EngineProcess,
        frame: Frame,
        loading: ModelLoading,
        next_number: Callable[[], int],
    ) -> None:
        super().__init__(engine)
        self._engine, self._frame, self._loading = engine, frame, loading
        self._next_number = next_number
        self._run = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self._ask)
        self.counted.connect(frame.page.control.set_token_count)
        frame.steering.steering_changed.connect(self.ask_soon)
        loading.changed.connect(self.ask_soon)
        loading.loaded.connect(self.ask_soon)
        loading.ended.connect(self._on_ended)
        engine.tokens.connect(self._on_tokens)

    def ask_soon(self) -> None:
        """Count what the sliders say, as the model's template would send it, once they rest."""
        self._timer.start()

    def cancel(self) -> None:
        self._timer.stop()

    def _ask(self) -> None:
        model, control = self._loading.model, str(self._frame.steering.steering)
        if model is None or not self._loading.is_ready:
            return
        self._run = self._next_number()
        if not control:
            self.counted.emit(0)
            return
        end = "\n" if model.template.newline_after_control else ""
        parts = (protocol.Part("control", CONTROL_TOKEN), protocol.Part("text", control + end))
        self._engine.send(protocol.Tokenize(self._run, parts))

    def _on_ended(self) -> None:
        self.counted.emit(None)

    def _on_tokens(self, message: protocol.Tokens) -> None:
        if message.run == self._run:
            self.counted.emit(len(message.ids))
