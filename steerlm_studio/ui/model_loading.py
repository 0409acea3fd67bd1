"""Which model the window works with: loads it in an engine, closes it, lives through its end."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from steerlm_studio import protocol, resources
from steerlm_studio.errors import StudioError
from steerlm_studio.gguf_header import whole
from steerlm_studio.memory_free import kills
from steerlm_studio.steer.template import Template
from steerlm_studio.ui.engine_process import EngineProcess, engine_command
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.memory_shortage import Shortage, asked_by, died, refused
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.models.fit_view import trained_context
from steerlm_studio.ui.server import Server


class ModelLoading(QObject):
    """One model at a time, each in an engine of its own."""

    changed = Signal(object)  # Model, or None: another one, or more is known of it
    loaded = Signal(object)  # Model: for the first time, not after its engine came back
    ended = Signal()  # the engine is gone with all its runs
    run_failed = Signal(object)  # protocol.Failed that names its run
    said = Signal(str)  # an error's sentence, for those who do not see the banner

    def __init__(
        self, engine: EngineProcess, frame: Frame, options: Callable[[Path], list[str]]
    ) -> None:
        super().__init__(frame)
        self.model: Model | None = None
        self._engine, self._frame, self._options = engine, frame, options
        self._has_said_why = False  # the engine gave a reason before it ended
        self.asked: tuple[str, ...] = ()  # the engine's options
        self._smaller: tuple[str, ...] = ()  # of these: what the user took for want of memory
        self._kills = 0  # by the system, before this engine
        self._devices: tuple[protocol.Device, ...] = ()  # as they were before the load
        self.smaller = QAction(self)  # what is offered for want of memory
        self._offered: tuple[str, ...] = ()
        self.smaller.triggered.connect(self._on_smaller)
        engine.loading.connect(self._on_loading)
        engine.ready.connect(self._on_ready)
        engine.failed.connect(self._on_failed)
        engine.lost.connect(self._on_lost)

    @property
    def is_ready(self) -> bool:
        return self.model is not None and self.model.ready is not None and self._engine.is_running

    @property
    def is_spare(self) -> bool:
        """Whether nobody would miss the model: there is none, or it is the demo."""
        return self.model is None or self.model.is_demo

    def open(self, path: Path) -> None:
        """Load this file in a new engine; runs of the one before are over.

        For one that cannot be a model, the model that is loaded is not given up.
        """
        if self.is_ready and (refusal := _refusal(path)):
            self._frame.page.notice.say(refusal, is_error=True)
            self.said.emit(refusal)
        else:
            self._open(path, ())

    def _open(self, path: Path, smaller: Sequence[str]) -> None:
        self.ended.emit()
        self.forget_error()
        self._smaller = tuple(smaller)
        self.asked = (*self._options(path), *smaller)
        self._engine.start(engine_command(path, self.asked))
        self._begin(Model(path))

    def connect_to(self, server: Server) -> None:
        """Work with the model of a server."""
        self.ended.emit()
        self.forget_error()
        self._engine.start(server.command(), server.environment())
        self._begin(Model(Path(server.url), server=server))

    def close(self) -> None:
        self._engine.stop()
        self.ended.emit()
        self._frame.set_state("none")
        self._frame.status.show_nothing()
        self._frame.throughput.watch_process(0)
        self._set(None)

    def sleep(self) -> None:
        """Give the memory back; the next question loads the model again."""
        self._engine.stop()
        self._frame.set_state("none")
        self._frame.status.show_asleep()
        self._frame.throughput.watch_process(0)

    def start_again(self) -> None:
        """A new engine for the same file or server."""
        if self.model is None:
            return
        if self.model.server is not None:
            self.connect_to(self.model.server)
        else:
            self._open(self.model.path, self._smaller)

    def set_layout(self, layout: Template) -> None:
        """Use another prompt layout than the file names."""
        if self.model is not None:
            self._set(replace(self.model, layout=layout))

    def forget_error(self) -> None:
        """Something new was begun: what went wrong before is over."""
        self._has_said_why = False
        self._frame.page.banner.dismiss()

    def _begin(self, model: Model) -> None:
        self._kills, self._devices = kills(), ()
        self._frame.page.notice.hide()  # it may be about the model before
        self._frame.set_state("loading")
        self._frame.status.show_loading(model.name, None)
        self._set(model)

    def _set(self, model: Model | None) -> None:
        self.model = model
        self._frame.show_model(model)
        self.changed.emit(model)

    def _on_loading(self, message: protocol.Loading) -> None:
        self._devices = message.devices or self._devices
        if self.model is not None:
            self._frame.set_state("loading")
            self._frame.status.show_loading(self.model.name, message)

    def _on_ready(self, message: protocol.Ready) -> None:
        if self.model is None:
            return
        is_first = self.model.ready is None
        self._kills = kills()
        self._frame.status.show_ready(message)
        self._frame.throughput.watch_process(self._engine.process_id)
        self._set(replace(self.model, ready=message))
        if is_first:
            self.loaded.emit(self.model)
            self._say_context(message.context)

    def _say_context(self, given: int) -> None:
        """A context that was set larger than the model was trained with is cut: say so."""
        is_file = self.model is not None and self.model.server is None
        if is_file and asked_by(self.asked, None).context > given:
            self._frame.page.notice.add(trained_context(given))

    def _on_failed(self, message: protocol.Failed) -> None:
        if message.run is None:
            self._has_said_why = True
            self.show_failure(message)
        else:
            self.run_failed.emit(message)

    def _on_lost(self, sentence: str, detail: str) -> None:
        self.ended.emit()
        if not self._has_said_why:
            self._show_death(sentence, detail)
        self._frame.set_state("lost")
        if self.model is not None and self.model.ready is None:
            self._frame.status.show_failed(self.model.name)
        self._frame.throughput.watch_process(0)

    def show_failure(self, message: protocol.Failed) -> None:
        """What went wrong; where memory was short, with a smaller way to load the model."""
        model = self.model
        if model is None or model.server is not None:
            self.show_error(message.message, message.detail)
            return
        detail = "\n".join(filter(None, (message.message, message.detail)))
        self._show_shortage(refused(model, self.asked, message), detail, message.message)

    def _show_death(self, sentence: str, log: str) -> None:
        model = self.model
        if model is None or model.server is not None:
            self.show_error(sentence, log)
            return
        status, was_killed = self._engine.status, kills() > self._kills
        short = died(
            *(model, self.asked, status, log),
            was_killed_for_it=was_killed,
            devices=self._devices,
        )
        self._show_shortage(short, "\n".join(filter(None, (sentence, log))), sentence)

    def _show_shortage(self, short: Shortage | None, detail: str, else_said: str) -> None:
        if short is None:
            self.show_error(else_said, detail.removeprefix(else_said).lstrip("\n"))
        elif not short.options:
            self.show_error(short.sentence, detail)
        else:
            self._offered = short.options
            self.smaller.setText(short.button)
            self.show_error(short.sentence, detail, self.smaller)

    def _on_smaller(self) -> None:
        if self.model is not None:
            self._open(self.model.path, self._offered)

    def show_error(self, sentence: str, detail: str, first: QAction | None = None) -> None:
        """In a banner, with the commands that may help, `first` before the others."""
        actions = self._frame.actions
        is_remote = self.model is not None and self.model.server is not None
        useful = [actions.connect_server if is_remote else actions.open_model]
        if self.model is not None and not self.model.is_demo and resources.demo_model().is_file():
            useful.append(actions.demo_model)
        if self.model is not None and self.model.ready is not None:
            useful = [actions.reload_model]
        if first is not None:
            useful.insert(0, first)
        self._frame.page.banner.show_error(sentence, detail, useful)
        self.said.emit(sentence)


def _refusal(path: Path) -> str:
    """Why this file is no model that could be loaded, as far as its header tells; else empty."""
    try:
        whole(path)
    except (StudioError, OSError) as error:
        return str(error)
    return ""
