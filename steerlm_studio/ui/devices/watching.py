"""Brings together what the drivers and the engine say, while the devices panel is looked at."""

import psutil
from PySide6.QtCore import QObject

from steerlm_studio import protocol
from steerlm_studio.device_watch import Seen
from steerlm_studio.protocol import Device, Devices
from steerlm_studio.ui.devices.panel import DevicesPanel
from steerlm_studio.ui.devices.state import Engine, is_untold
from steerlm_studio.ui.devices.watch import Watch
from steerlm_studio.ui.engine_process import EngineProcess
from steerlm_studio.ui.model_loading import ModelLoading


class Watching(QObject):
    """The engine is asked only for GPUs that no driver tells of, and never started for it."""

    def __init__(self, engine: EngineProcess, loading: ModelLoading, panel: DevicesPanel) -> None:
        super().__init__(panel)
        self.watch = Watch(self)
        self._engine, self._loading, self._panel = engine, loading, panel
        self._seen: Seen | None = None
        self._devices: tuple[Device, ...] = ()
        self._is_asked = False
        panel.looked_at.connect(self._on_looked_at)
        self.watch.seen.connect(self._on_seen)
        self.watch.failed.connect(panel.say)
        engine.devices.connect(self._on_devices)
        loading.changed.connect(self._on_model_changed)

    def stop(self) -> None:
        self.watch.stop()

    def _on_looked_at(self, is_looked_at: bool) -> None:
        if is_looked_at:
            self.watch.start()
        else:
            self.watch.stop()

    def _on_seen(self, seen: Seen) -> None:
        self._seen = seen
        self._show()
        self._ask(seen)

    def _on_model_changed(self) -> None:
        self._devices, self._is_asked = (), False
        if self._panel.isVisible():
            self._show()

    def _on_devices(self, message: Devices) -> None:
        self._devices, self._is_asked = message.devices, False

    def _show(self) -> None:
        if self._seen is not None:
            self._panel.show_seen(self._seen, self._now())

    def _now(self) -> Engine:
        model = self._loading.model
        if model is None or not self._loading.is_ready or model.server is not None:
            return Engine()
        process = self._engine.process_id
        return Engine(model.ready, process, _resident(process), self._devices)

    def _ask(self, seen: Seen) -> None:
        """One question at a time: in the midst of a long prompt it waits for its answer."""
        if self._is_asked or not is_untold(seen, self._now()):
            return
        self._is_asked = True
        self._engine.send(protocol.AskDevices())


def _resident(process: int) -> int | None:
    try:
        return int(psutil.Process(process).memory_info().rss) if process else None
    except psutil.Error:
        return None
