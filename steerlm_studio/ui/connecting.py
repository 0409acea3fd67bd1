"""Servers in the window: the dialog, and what a server could not do."""

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QMainWindow

from steerlm_studio.protocol import LaneDone
from steerlm_studio.ui.connect_dialog import ConnectDialog
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.frame import Frame
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.model_loading import ModelLoading
from steerlm_studio.ui.server import Server, recent_servers, remember_server
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.unavailable import set_available


class Connecting(QObject):
    """Opens models on servers, and says in the banner why an answer of theirs was cut."""

    def __init__(
        self,
        settings: QSettings,
        window: QMainWindow,
        engine: EngineProcess,
        frame: Frame,
        loading: ModelLoading,
    ) -> None:
        super().__init__(window)
        self._settings, self._window, self._frame, self._loading = settings, window, frame, loading
        self._told: set[str] = set()  # what was said of this server already
        self._tried: Server | None = None
        engine.lane_done.connect(self._on_lane_done)
        loading.changed.connect(self._on_model_changed)
        loading.loaded.connect(self._on_model_loaded)

    def open(self) -> ConnectDialog:
        dialog = ConnectDialog(recent_servers(self._settings), self._tried, self._window)
        dialog.chosen.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        return dialog

    def _on_chosen(self, server: Server) -> None:
        self._tried = server
        self._loading.connect_to(server)

    def _on_model_loaded(self, model: Model) -> None:
        if model.server is not None:
            remember_server(self._settings, model.server.url)

    def _on_model_changed(self, model: Model | None) -> None:
        self._told.clear()
        cannot = model.ready.cannot if model is not None and model.ready is not None else {}
        self._frame.throughput.numbers.grey_counts(cannot.get("counts", ""))
        page = self._frame.page.compare
        set_available(page.top.mode, "exact", cannot.get("exact", ""))
        if "exact" in cannot and page.mode == "exact":
            page.set_mode("fast")

    def _on_lane_done(self, message: LaneDone) -> None:
        is_cut = message.finish in ("lost", "refused")
        if not message.note or (message.note in self._told and not is_cut):
            return
        self._told.add(message.note)
        actions = self._frame.actions
        useful = {"lost": [actions.go_on, actions.again], "refused": [actions.again]}
        self._frame.page.banner.show_error(shown(message.note), "", useful.get(message.finish, []))
        self._loading.said.emit(message.note)
