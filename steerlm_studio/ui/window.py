"""The window: the one place where the engine, the conversations and the panels meet."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMainWindow

from steerlm_studio import protocol, resources
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.chat import Answer, Chat, Fork, Session, again
from steerlm_studio.ui.dialogs import show_about, show_keys
from steerlm_studio.ui.engine_process import EngineProcess, engine_command
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.settings import recent_models, remember_model
from steerlm_studio.ui.steering_change import setting_in_words
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.token_count import TokenCount


class MainWindow(QMainWindow):
    """Signals of the panels and of the engine arrive here; calls go down from here."""

    def __init__(self, theme: Theme, store: QSettings, options: Sequence[str] = ()) -> None:
        super().__init__()
        self.session = Session()
        self.engine = EngineProcess(self)
        self.model: Model | None = None
        self.frame = Frame(self, theme, store)
        self.page = self.frame.page
        self.steering = self.frame.steering
        self.sampling = self.frame.sampling
        self._store = store
        self._options = tuple(options)
        self._has_said_why = False  # the engine gave a reason before it ended
        self._count = TokenCount(self.engine, self.session.next_number)
        self.setAcceptDrops(True)
        self._connect_engine()
        self._connect_panels()
        self._connect_actions()
        self.frame.show_recent(recent_models(store), self.open_model)
        self._show_model()
        self._show_chat()
        self.frame.status.show_seed(self.sampling.sampling().seed)

    # the model

    def open_model(self, path: Path) -> None:
        """Load this file in a new engine; runs of the one before are over."""
        self._end_runs()
        self.page.banner.dismiss()
        self.model = Model(path)
        self._has_said_why = False
        self.engine.start(engine_command(path, self._options))
        self.frame.set_state("loading")
        self.frame.status.show_loading(self.model.name, None)
        self._show_model()

    def close_model(self) -> None:
        self.engine.stop()
        self._end_runs()
        self.model = None
        self.frame.set_state("none")
        self.frame.status.show_nothing()
        self.frame.throughput.watch_process(0)
        self._show_model()

    def start_again(self) -> None:
        """A new engine for the same file."""
        if self.model is not None:
            self.open_model(self.model.path)

    def _on_loading(self, message: protocol.Loading) -> None:
        if self.model is not None:
            self.frame.set_state("loading")
            self.frame.status.show_loading(self.model.name, message)

    def _on_ready(self, message: protocol.Ready) -> None:
        if self.model is None:
            return
        is_first = self.model.ready is None
        self.model = Model(self.model.path, message)
        if is_first:
            self._take_over(self.model)
        self.frame.status.show_ready(message)
        self.frame.throughput.watch_process(self.engine.process_id)
        self.frame.set_state("working" if self.session.active else "ready")
        self._show_model()
        self._count_control()

    def _take_over(self, model: Model) -> None:
        """Use what the file says about itself: schema, sampling; it loads, so remember it."""
        if model.schema is not None:
            self.steering.set_schema(model.schema)
            self.page.show_steering(self.steering.steering)
        self.sampling.set_preset(model.sampling_preset)
        if not model.is_demo:
            remember_model(self._store, str(model.path))
            self.frame.show_recent(recent_models(self._store), self.open_model)

    def _on_failed(self, message: protocol.Failed) -> None:
        if message.run is not None and self.session.run(message.run) is None:
            return  # a count that nobody needs
        self._has_said_why = message.run is None
        if message.run is not None:
            self._on_run_over(message.run)
        self._show_error(message.message, message.detail)

    def _on_lost(self, sentence: str, detail: str) -> None:
        for answer in self.session.on_engine_lost():
            self.page.transcript.answer_grew(answer)
        self.page.control.set_token_count(None)
        if not self._has_said_why:
            self._show_error(sentence, detail)
        self.frame.set_state("lost")
        self.frame.throughput.watch_process(0)
        self._show_running()

    def _show_error(self, sentence: str, detail: str) -> None:
        actions = self.frame.actions
        useful = [actions.open_model]
        if self.model is not None and not self.model.is_demo and resources.demo_model().is_file():
            useful.append(actions.demo_model)
        if self.model is not None and self.model.ready is not None:
            useful = [actions.reload_model]
        self.page.banner.show_error(sentence, detail, useful)

    # answers

    def ask(self, question: str) -> None:
        """Put the question at the end of the conversation."""
        answer = Answer(question, self.steering.steering, self.sampling.sampling())
        self._begin(self.session.chat.end(), answer)

    def resteer(self, answer: Answer | None = None) -> None:
        """The same question under the sliders as they are now."""
        self._answer_anew(answer, self.steering.steering)

    def answer_again(self, answer: Answer | None = None) -> None:
        """The same question, told the same, with the sampling as it is now."""
        self._answer_anew(answer, None)

    def answer_with_new_seed(self, answer: Answer | None = None) -> None:
        if answer or self.session.chat.last:
            self.sampling.draw_seed()
            self._answer_anew(answer, None)

    def stop(self) -> None:
        """End the run after the present step; the text so far is kept."""
        if active := self.session.active:
            self.engine.send(protocol.Cancel(active.number))

    def _answer_anew(self, answer: Answer | None, steering: Steering | None) -> None:
        answer = answer or self.session.chat.last
        if answer is None:
            return
        self.stop()
        fork = self.session.chat.fork_of(answer)
        anew = again(answer, steering or answer.steering, self.sampling.sampling())
        self._begin(fork, anew)

    def _begin(self, fork: Fork, answer: Answer) -> None:
        if self.model is None:
            return
        fork.add(answer)
        run, request = self.session.begin(answer, self.model.template)
        self._has_said_why = False
        self.page.banner.dismiss()
        self.engine.send(request)
        self.frame.status.begin(run.number, lanes=1)
        setting = setting_in_words(self.steering.preset, answer.steering)
        self.frame.throughput.begin(run.number, lanes=1, setting=setting)
        self._show_chat()
        self.page.transcript.follow()
        self._show_running()

    def _on_prefilling(self, message: protocol.Prefilling) -> None:
        self.frame.status.on_prefilling(message)
        self.frame.throughput.on_prefilling(message)

    def _on_stepped(self, message: protocol.Step) -> None:
        if answer := self.session.on_step(message):
            self.page.transcript.answer_grew(answer)
        self.frame.status.on_step(message)
        self.frame.throughput.on_step(message)

    def _on_lane_done(self, message: protocol.LaneDone) -> None:
        if answer := self.session.on_lane_done(message):
            self.page.transcript.answer_grew(answer)
        self.frame.status.on_lane_done(message)

    def _on_done(self, message: protocol.Done) -> None:
        self.frame.status.on_done(message)
        self.frame.throughput.on_done(message)
        self._on_run_over(message.run)

    def _on_run_over(self, number: int) -> None:
        if answer := self.session.on_ended(number):
            self.page.transcript.answer_grew(answer)
        self._show_running()

    def _end_runs(self) -> None:
        self.session.on_engine_lost()
        self.page.transcript.show_chat(self.session.chat)
        self._show_running()

    # conversations

    def new_chat(self) -> None:
        self.session.new_chat(self.session.chat.system)
        self._show_chat()
        self.page.composer.setFocus()

    def _on_chat_chosen(self, chat: Chat) -> None:
        self.session.chat = chat
        self._show_chat()

    def _on_version_requested(self, fork: Fork, by: int) -> None:
        if fork.step(by):
            self._show_chat()

    def _step_last_version(self, by: int) -> None:
        if last := self.session.chat.last:
            self._on_version_requested(self.session.chat.fork_of(last), by)

    def _copy_last(self) -> None:
        if last := self.session.chat.last:
            QGuiApplication.clipboard().setText(last.text.strip())

    # the sliders

    def _on_steering_changed(self, steering: Steering) -> None:
        self.page.show_steering(steering)
        self._count_control()

    def _count_control(self) -> None:
        if self.model is not None and self.model.ready is not None:
            self._count.ask_soon(str(self.steering.steering), self.model.template)

    # showing

    def _show_chat(self) -> None:
        chat = self.session.chat
        self.page.show_chat(chat, self.steering.steering)
        self.frame.show_chats(self.session.chats, chat)
        self._show_running()

    def _show_running(self) -> None:
        is_running = self.session.active is not None
        self.page.composer.set_running(is_running)
        has_answer = self.session.chat.last is not None
        self.frame.enable_answer_actions(has_answer and self.model is not None, is_running)
        if self.model is not None and self.engine.is_running and self.model.ready is not None:
            self.frame.set_state("working" if is_running else "ready")

    def _show_model(self) -> None:
        self.frame.show_model(self.model)
        self._show_running()

    # wiring

    def _connect_engine(self) -> None:
        engine = self.engine
        engine.loading.connect(self._on_loading)
        engine.ready.connect(self._on_ready)
        engine.prefilling.connect(self._on_prefilling)
        engine.stepped.connect(self._on_stepped)
        engine.lane_done.connect(self._on_lane_done)
        engine.done.connect(self._on_done)
        self._count.counted.connect(self.page.control.set_token_count)
        engine.failed.connect(self._on_failed)
        engine.lost.connect(self._on_lost)

    def _connect_panels(self) -> None:
        page = self.page
        page.composer.submitted.connect(self.ask)
        page.composer.stop_requested.connect(self.stop)
        page.empty.chosen.connect(self.ask)
        page.transcript.version_requested.connect(self._on_version_requested)
        page.transcript.again_requested.connect(self.answer_with_new_seed)
        page.transcript.resteer_requested.connect(self.resteer)
        self.steering.steering_changed.connect(self._on_steering_changed)
        page.control.edited.connect(self.steering.apply)
        self.sampling.sampling_changed.connect(
            lambda sampling: self.frame.status.show_seed(sampling.seed)
        )
        self.frame.conversations.chosen.connect(self._on_chat_chosen)
        self.frame.status.cancel_requested.connect(self.close_model)

    def _connect_actions(self) -> None:
        actions = self.frame.actions
        actions.new_chat.triggered.connect(self.new_chat)
        actions.open_model.triggered.connect(self._choose_model)
        actions.demo_model.triggered.connect(lambda: self.open_model(resources.demo_model()))
        actions.reload_model.triggered.connect(self.start_again)
        actions.close_model.triggered.connect(self.close_model)
        actions.quit.triggered.connect(self.close)
        actions.stop.triggered.connect(self.stop)
        actions.again.triggered.connect(lambda: self.answer_again())
        actions.new_seed.triggered.connect(lambda: self.answer_with_new_seed())
        actions.resteer.triggered.connect(lambda: self.resteer())
        actions.previous.triggered.connect(lambda: self._step_last_version(-1))
        actions.next.triggered.connect(lambda: self._step_last_version(1))
        actions.copy_reply.triggered.connect(self._copy_last)
        actions.keys.triggered.connect(lambda: show_keys(self))
        actions.about.triggered.connect(lambda: show_about(self))

    def _choose_model(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a model"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Models (*.gguf)"), self.tr("All files (*)")])
        if recent := recent_models(self._store):
            dialog.setDirectory(str(Path(recent[0]).parent))
        dialog.fileSelected.connect(lambda path: self.open_model(Path(path)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # Qt's

    def closeEvent(self, event: QCloseEvent) -> None:
        self._count.cancel()
        self.engine.stop()
        self.frame.remember()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_model(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := _dropped_model(event):
            event.acceptProposedAction()
            self.open_model(path)


def _dropped_model(event: QDropEvent) -> Path | None:
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() == ".gguf"), None)
