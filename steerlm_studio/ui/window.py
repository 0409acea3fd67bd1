"""The window: the one place where the engine, the conversations and the panels meet."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from steerlm_studio import protocol
from steerlm_studio.store.health import Opened
from steerlm_studio.store.store import Store
from steerlm_studio.ui.adopting import Adopting
from steerlm_studio.ui.announcer import Announcer
from steerlm_studio.ui.answering import Answering
from steerlm_studio.ui.batching import Batching
from steerlm_studio.ui.branching import Branching
from steerlm_studio.ui.compare.columns import MOST
from steerlm_studio.ui.compare.comparing import Comparing
from steerlm_studio.ui.connecting import Connecting
from steerlm_studio.ui.conversing import Conversing
from steerlm_studio.ui.daily_backup import DailyBackup
from steerlm_studio.ui.devices.watching import Watching
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.exporting import Exporting
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.incoming import Incoming
from steerlm_studio.ui.keeping import Keeping
from steerlm_studio.ui.last_model import LastModel
from steerlm_studio.ui.marking import Marking
from steerlm_studio.ui.menu_wiring import connect_actions
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.model_files import local_paths_in
from steerlm_studio.ui.model_loading import ModelLoading
from steerlm_studio.ui.models.habits import Habits
from steerlm_studio.ui.models.idle import Idle
from steerlm_studio.ui.models.opening import Opening
from steerlm_studio.ui.preferring import Preferring
from steerlm_studio.ui.prompting import Prompting
from steerlm_studio.ui.reading_ahead import ReadingAhead
from steerlm_studio.ui.restoring import Restoring
from steerlm_studio.ui.session import Session
from steerlm_studio.ui.shelving import Shelving
from steerlm_studio.ui.store_notes import StoreNotes
from steerlm_studio.ui.sweep.sweeping import Sweeping
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.token_count import TokenCount
from steerlm_studio.ui.transferring import Open, Transferring
from steerlm_studio.ui.viewing import Viewing


class MainWindow(QMainWindow):
    """Signals of the panels and of the engine arrive here; calls go down from here."""

    reopens = False  # closed only to be opened anew, the conversations elsewhere

    def __init__(
        self,
        theme: Theme,
        settings: QSettings,
        options: Sequence[str] = (),
        opened: Opened | None = None,
    ) -> None:
        """`opened` is closed with the window; without one, nothing outlasts it."""
        super().__init__()
        self.session = Session()
        self.opened = opened or Opened(Store.in_memory(), lasting=False)
        self.keeping = Keeping(self.opened.store, self.session, self)
        self.engine = EngineProcess(self)
        self.frame = Frame(self, theme, settings)
        self.page = self.frame.page
        self.steering = self.frame.steering
        self.sampling = self.frame.sampling
        self.settings = settings
        self._options = tuple(options)
        self.habits = Habits(self.frame)
        self.loading = ModelLoading(self.engine, self.frame, self._engine_options)
        self.connecting = Connecting(settings, self, self.engine, self.frame, self.loading)
        self.answering = Answering(self.engine, self.frame, self.session)
        self.comparing = Comparing(self.frame, self.session, self.answering)
        self.sweeping = Sweeping(self.engine, self.frame, self.session, self.answering)
        self.viewing = Viewing(self, self.frame, self.answering, self.comparing, self.sweeping)
        self.conversing = Conversing(self.page, self.session, self.keeping)
        self.shelving = Shelving(self.frame.conversations, self.keeping, self.conversing)
        self.branching = Branching(self, self.session, self.conversing)
        Marking(self.frame, self.session, self.keeping, self.conversing, self.comparing)
        self.announcer = Announcer(self.engine, self)
        self.preferring = Preferring(settings, self.engine, self.frame, self)
        self.prompting = Prompting(self.engine, self.frame, self.session, self)
        ReadingAhead(self.engine, self.frame, self.session, self.prompting)
        self.batching = Batching(settings, self, self.frame, self.loading)
        self.exporting = Exporting(settings, self, self.open_model)
        self.transferring = Transferring(self.store, settings, self, self._open_chat)
        self.watching = Watching(self.engine, self.loading, self.frame.devices)
        self.idle = Idle(self.engine, self._is_busy, self.loading.sleep)
        self.opening = Opening(settings, self, self.loading, self.exporting.open, self._is_busy)
        take_in, search_in = self.transferring.open_import, self.opening.search_in
        self.incoming = Incoming(
            self.open_model, self.exporting.open, take_in, search_in, self.page.notice.say
        )
        self.opening.dropped.connect(self.incoming.take)
        self._count = TokenCount(self.engine, self.frame, self.loading, self.session.next_number)
        self.setAcceptDrops(True)
        self.keeping.follow(self.answering)
        self.keeping.follow_sweeps(self.sweeping)
        self.restoring = Restoring(
            self.frame, self.session, self.keeping, self.conversing, self.viewing
        )
        Adopting(
            settings,
            self.frame,
            self.loading,
            self.habits,
            self.viewing,
            self.prompting,
            self.restoring,
        )
        self._connect_engine()
        self._connect_panels()
        connect_actions(self)
        self.frame.show_model(None)
        self.last_model = LastModel(self.opened, self.frame, self.loading, self.engine)
        self.backup = DailyBackup(self.opened, self.keeping)
        self.notes = StoreNotes(
            self.page.keeping, self.keeping, self.opened, self.restoring.remember, self._reopen
        )
        self.restoring.restore()

    @property
    def store(self) -> Store:
        """Where the conversations are kept; the open one is `session.chat`, its number `id`."""
        return self.opened.store

    # the model

    @property
    def model(self) -> Model | None:
        return self.loading.model

    def open_model(self, path: Path) -> None:
        """Load this file; see `ModelLoading`."""
        self.loading.open(path)

    def close_model(self) -> None:
        self.loading.close()

    def _engine_options(self, path: Path) -> list[str]:
        """A lane per column, as far as there is memory; what the user set comes after and wins."""
        chosen = self.preferring.preferences.engine_options()
        return [f"--lanes={MOST}", *chosen, *self.habits.engine_options(path), *self._options]

    def _is_busy(self) -> bool:
        """Whether the model must not be unloaded; a server's takes no memory here."""
        is_remote = self.model is not None and self.model.server is not None
        return is_remote or self.session.active is not None or self.sweeping.is_running

    def _on_model_changed(self, model: Model | None) -> None:
        self.answering.model = model
        self._show_running()

    def _on_engine_ended(self) -> None:
        self.answering.end_all()
        self.sweeping.end()

    def _on_run_failed(self, message: protocol.Failed) -> None:
        number = message.run
        if number is not None and self.session.run(number) is not None:  # else a count
            self.answering.end_run(number)
            self.loading.show_failure(message)
        elif number is not None and self.sweeping.owns(number):
            self.sweeping.end()
            self.loading.show_failure(message)

    # answers

    def ask(self, question: str) -> None:
        """Put the question at the end of the conversation."""
        self.viewing.ask(question)

    def _on_answer_begun(self) -> None:
        self.loading.forget_error()
        self._show_chat()
        self.page.transcript.follow()
        last = self.session.chat.last
        self.page.tour.asked(
            is_again=last is not None and len(self.session.chat.fork_of(last).answers) > 1
        )

    # showing

    def _show_chat(self) -> None:
        chat = self.session.chat
        self.keeping.keep(chat)
        self.page.show_chat(chat, self.steering.steering)
        self.comparing.show_chat()
        self.sweeping.show_chat()
        self.frame.show_chat(chat)
        self.prompting.refresh_soon()
        self._show_running()

    def _show_running(self) -> None:
        is_running = self.session.active is not None or self.sweeping.is_running
        self.page.composer.set_running(is_running)
        has_answer = self.session.chat.last is not None
        self.frame.enable_answer_actions(has_answer, self.model is not None, is_running)
        if self.loading.is_ready:
            self.frame.set_state("working" if is_running else "ready")

    # transcripts

    def _open_chat(self) -> Open:
        """What an export begins with, kept before it is read."""
        chat = self.session.chat
        self.keeping.keep(chat)
        return Open(chat.id, chat.title, self.frame.conversations.selected())

    # wiring

    def _connect_engine(self) -> None:
        loading = self.loading
        self.idle.set_minutes(self.preferring.preferences.unload_after)
        self.preferring.changed.connect(lambda now: self.idle.set_minutes(now.unload_after))
        loading.changed.connect(self._on_model_changed)
        loading.ended.connect(self._on_engine_ended)
        loading.run_failed.connect(self._on_run_failed)
        loading.said.connect(lambda sentence: self.announcer.say(sentence, is_urgent=True))
        self.answering.begun.connect(self._on_answer_begun)
        self.answering.run_ended.connect(self._show_running)
        self.answering.run_ended.connect(self.announcer.answers_ended)
        self.conversing.changed.connect(self._show_chat)
        self.comparing.changed.connect(self._show_chat)
        self.sweeping.run_changed.connect(self._show_running)
        self.sweeping.run_changed.connect(lambda: self.frame.show_chat(self.session.chat))
        self.sweeping.ended.connect(self.announcer.answers_ended)
        self.comparing.told.connect(self.page.show_steering)
        self.comparing.told.connect(self._count.ask_soon)
        self.comparing.moving.said.connect(self.announcer.say)
        self.batching.said.connect(self.announcer.say)
        self.exporting.said.connect(self.announcer.say)
        self.comparing.copy_requested.connect(self.transferring.copy_answer_as)
        self.transferring.imported.connect(self.shelving.show_all)
        self.transferring.failed.connect(lambda text: self.page.notice.say(text, is_error=True))

    def _connect_panels(self) -> None:
        page, answering = self.page, self.answering
        page.transcript.version_requested.connect(self.conversing.step_version)
        page.transcript.again_requested.connect(answering.with_new_seed)
        page.transcript.delete_requested.connect(self.conversing.delete_version)
        page.transcript.copy_requested.connect(self.transferring.copy_answer_as)
        page.transcript.resteer_requested.connect(answering.resteer)
        page.transcript.steering_requested.connect(answering.answer_under)
        page.transcript.sliders_requested.connect(self.steering.apply)
        self.steering.steering_changed.connect(page.show_steering)
        page.control.edited.connect(self.steering.apply)
        self.prompting.layout_chosen.connect(self.loading.set_layout)
        self.frame.conversations.list.dragged = self.transferring.dragged
        self.frame.status.cancel_requested.connect(self.close_model)

    def _reopen(self) -> None:
        self.reopens = self.close()

    def end(self) -> bool:
        """Close without asking anything; an export is cancelled."""
        self.exporting.stop()
        return self.close()

    # Qt's

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.exporting.may_close():
            event.ignore()
            return
        self._count.cancel()
        self.habits.end()
        self.engine.stop()
        self.opening.stop()
        self.watching.stop()
        self.batching.stop()
        self.transferring.stop()
        self.answering.end_all("interrupted")
        self.restoring.close()
        self.backup.stop()
        self.keeping.close()
        self.frame.remember()
        self.opened.close()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.incoming.way(local_paths_in(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if way := self.incoming.way(local_paths_in(event.mimeData())):
            event.acceptProposedAction()
            way()
