"""The window: the one place where the engine, the conversations and the panels meet."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from steerlm_studio import protocol, resources
from steerlm_studio.steer.steering import Steering
from steerlm_studio.steer.template import Template
from steerlm_studio.ui.announcer import Announcer
from steerlm_studio.ui.answering import Answering
from steerlm_studio.ui.chat import Session
from steerlm_studio.ui.conversing import Conversing
from steerlm_studio.ui.dialogs import show_about, show_keys
from steerlm_studio.ui.engine_process import EngineProcess, engine_command
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.model_files import choose_model, model_in
from steerlm_studio.ui.preferences import Preferences, load_preferences, save_preferences
from steerlm_studio.ui.prompting import Prompting
from steerlm_studio.ui.settings import recent_models, remember_model
from steerlm_studio.ui.settings_dialog import SettingsDialog
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
        self.answering = Answering(self.engine, self.frame, self.session)
        self.conversing = Conversing(self.page, self.session)
        self.announcer = Announcer(self.engine, self)
        self.preferences = load_preferences(store)
        self.page.composer.set_send_key(self.preferences.send_key)
        self.prompting = Prompting(self.engine, self.frame, self.session, self)
        self._count = TokenCount(self.engine, self.session.next_number)
        self.setAcceptDrops(True)
        self._connect_engine()
        self._connect_panels()
        self._connect_actions()
        self.frame.show_recent(recent_models(store), self.open_model)
        self._show_model()
        self._show_chat()
        self.frame.status.show_seed(self.sampling.sampling().seed)
        if not store.contains("tour/done"):
            self.page.tour.begin()

    # the model

    def open_model(self, path: Path) -> None:
        """Load this file in a new engine; runs of the one before are over."""
        self.answering.end_all()
        self.page.banner.dismiss()
        self._set_model(Model(path))
        self._has_said_why = False
        options = [*self.preferences.engine_options(), *self._options]
        self.engine.start(engine_command(path, options))
        self.frame.set_state("loading")
        self.frame.status.show_loading(Model(path).name, None)
        self._show_model()

    def close_model(self) -> None:
        self.engine.stop()
        self.answering.end_all()
        self._set_model(None)
        self.frame.set_state("none")
        self.frame.status.show_nothing()
        self.frame.throughput.watch_process(0)
        self._show_model()

    def start_again(self) -> None:
        """A new engine for the same file."""
        if self.model is not None:
            self.open_model(self.model.path)

    def _set_model(self, model: Model | None) -> None:
        self.model = self.answering.model = model

    def _on_loading(self, message: protocol.Loading) -> None:
        if self.model is not None:
            self.frame.set_state("loading")
            self.frame.status.show_loading(self.model.name, message)

    def _on_ready(self, message: protocol.Ready) -> None:
        if self.model is None:
            return
        is_first = self.model.ready is None
        model = replace(self.model, ready=message)
        self._set_model(model)
        if is_first:
            self._take_over(model)
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
        self.prompting.set_template(model.template)
        self.sampling.set_preset(model.sampling_preset)
        if not model.is_demo:
            remember_model(self._store, str(model.path))
            self.frame.show_recent(recent_models(self._store), self.open_model)

    def _on_failed(self, message: protocol.Failed) -> None:
        if message.run is not None and self.session.run(message.run) is None:
            return  # a count that nobody needs
        self._has_said_why = message.run is None
        if message.run is not None:
            self.answering.end_run(message.run)
        self._show_error(message.message, message.detail)

    def _on_lost(self, sentence: str, detail: str) -> None:
        self.answering.end_all()
        self.page.control.set_token_count(None)
        if not self._has_said_why:
            self._show_error(sentence, detail)
        self.frame.set_state("lost")
        self.frame.throughput.watch_process(0)

    def _show_error(self, sentence: str, detail: str) -> None:
        actions = self.frame.actions
        useful = [actions.open_model]
        if self.model is not None and not self.model.is_demo and resources.demo_model().is_file():
            useful.append(actions.demo_model)
        if self.model is not None and self.model.ready is not None:
            useful = [actions.reload_model]
        self.page.banner.show_error(sentence, detail, useful)
        self.announcer.say(sentence, is_urgent=True)

    # answers

    def ask(self, question: str) -> None:
        """Put the question at the end of the conversation."""
        self.answering.ask(question)

    def _on_answer_begun(self) -> None:
        self._has_said_why = False
        self.page.banner.dismiss()
        self._show_chat()
        self.page.transcript.follow()
        last = self.session.chat.last
        self.page.tour.asked(
            is_again=last is not None and len(self.session.chat.fork_of(last).answers) > 1
        )

    # the prompt

    def _on_layout_chosen(self, layout: Template) -> None:
        if self.model is not None:
            self._set_model(replace(self.model, layout=layout))
            self._count_control()

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
        self.prompting.refresh_soon()
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
        engine.failed.connect(self._on_failed)
        engine.lost.connect(self._on_lost)
        self._count.counted.connect(self.page.control.set_token_count)
        self.answering.begun.connect(self._on_answer_begun)
        self.answering.run_ended.connect(self._show_running)
        self.answering.run_ended.connect(self.announcer.answer_ended)
        self.conversing.changed.connect(self._show_chat)

    def _connect_panels(self) -> None:
        page, answering = self.page, self.answering
        page.composer.submitted.connect(answering.ask)
        page.composer.stop_requested.connect(answering.stop)
        page.empty.chosen.connect(answering.ask)
        page.transcript.version_requested.connect(self.conversing.step_version)
        page.transcript.again_requested.connect(answering.with_new_seed)
        page.composer.edited.connect(answering.ask_instead)
        page.transcript.delete_requested.connect(self.conversing.delete_version)
        page.tour.ended.connect(lambda: self._store.setValue("tour/done", True))
        page.transcript.resteer_requested.connect(answering.resteer)
        self.steering.steering_changed.connect(self._on_steering_changed)
        page.control.edited.connect(self.steering.apply)
        self.prompting.layout_chosen.connect(self._on_layout_chosen)
        self.sampling.sampling_changed.connect(
            lambda sampling: self.frame.status.show_seed(sampling.seed)
        )
        self.frame.conversations.chosen.connect(self.conversing.show)
        self.frame.conversations.renamed.connect(self.conversing.rename)
        self.frame.status.cancel_requested.connect(self.close_model)

    def _connect_actions(self) -> None:
        actions, answering, conversing = self.frame.actions, self.answering, self.conversing
        actions.new_chat.triggered.connect(conversing.start_new)
        actions.open_model.triggered.connect(self._choose_model)
        actions.demo_model.triggered.connect(lambda: self.open_model(resources.demo_model()))
        actions.reload_model.triggered.connect(self.start_again)
        actions.close_model.triggered.connect(self.close_model)
        actions.quit.triggered.connect(self.close)
        actions.stop.triggered.connect(answering.stop)
        actions.again.triggered.connect(lambda: answering.again())
        actions.new_seed.triggered.connect(lambda: answering.with_new_seed())
        actions.resteer.triggered.connect(lambda: answering.resteer())
        actions.previous.triggered.connect(lambda: conversing.step_last_version(-1))
        actions.next.triggered.connect(lambda: conversing.step_last_version(1))
        actions.rename_chat.triggered.connect(self.frame.conversations.rename_current)
        actions.delete_chat.triggered.connect(conversing.delete_shown)
        actions.edit_last.triggered.connect(self.page.edit_last)
        actions.delete_version.triggered.connect(conversing.delete_last_version)
        actions.find.triggered.connect(self.page.find_bar.open)
        actions.settings.triggered.connect(self.open_settings)
        actions.tour.triggered.connect(self.page.tour.begin)
        actions.copy_reply.triggered.connect(conversing.copy_last)
        actions.keys.triggered.connect(lambda: show_keys(self, self.preferences.send_key))
        actions.about.triggered.connect(lambda: show_about(self))

    def open_settings(self) -> SettingsDialog:
        schemes, restart = self.frame.actions.schemes.actions(), self.frame.actions.reload_model
        dialog = SettingsDialog(self.preferences, self.frame.theme, schemes, restart, self)
        dialog.changed.connect(self._on_preferences_changed)
        dialog.show()
        return dialog

    def _on_preferences_changed(self, preferences: Preferences) -> None:
        if preferences.threads != self.preferences.threads and self.engine.is_running:
            self.engine.send(protocol.SetThreads(preferences.threads))
        self.preferences = preferences
        save_preferences(self._store, preferences)
        self.page.composer.set_send_key(preferences.send_key)

    def _choose_model(self) -> None:
        recent = recent_models(self._store)
        choose_model(self, Path(recent[0]).parent if recent else None, self.open_model)

    # Qt's

    def closeEvent(self, event: QCloseEvent) -> None:
        self._count.cancel()
        self.engine.stop()
        self.frame.remember()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if model_in(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if path := model_in(event.mimeData()):
            event.acceptProposedAction()
            self.open_model(path)
