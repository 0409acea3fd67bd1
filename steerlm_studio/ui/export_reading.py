"""Asks the children what a checkpoint is, how large its files would be, and what fits here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from steerlm_studio.child import child_command
from steerlm_studio.ui.command_process import CommandProcess, command
from steerlm_studio.ui.export_machine import machine_with
from steerlm_studio.ui.export_request import ExportRequest


class ExportReading(QObject):
    """The answers come as signals; a newer question takes the place of an older one."""

    described = Signal(object, object)  # Path, what `inspect --json` says
    sized = Signal(object)  # bytes by type
    machine_known = Signal(object)  # Machine
    failed = Signal(str, str)  # a sentence and its details

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = Path()
        self._facts: Mapping[str, Any] | None = None
        self._inspect = CommandProcess(self.tr("Reading the checkpoint"), self)
        self._inspect.said.connect(self._on_described)
        self._inspect.failed.connect(self._on_inspect_failed)
        self._sizes = CommandProcess(self.tr("Predicting the sizes"), self)
        self._sizes.said.connect(
            lambda rows: self.sized.emit({row["type"]: row["bytes"] for row in rows})
        )
        self._sizes.failed.connect(self.failed)
        self._devices = CommandProcess(self.tr("Looking for GPUs"), self)
        self._devices.said.connect(
            lambda report: self.machine_known.emit(machine_with(report["devices"]))
        )
        self._devices.failed.connect(lambda *_: self.machine_known.emit(machine_with([])))

    def look_at_machine(self) -> None:
        self._devices.start(child_command("steerlm_studio.engine.devices"))

    def describe(self, path: Path) -> None:
        self._path, self._facts = path, None
        self._sizes.stop()
        self._inspect.start(command("inspect", "--json", "--", path))

    def ask_sizes(self, request: ExportRequest) -> None:
        self._sizes.start(request.sizes_command())

    def stop(self) -> None:
        for child in (self._inspect, self._sizes, self._devices):
            child.stop()

    def _on_described(self, facts: Mapping[str, Any]) -> None:
        self._facts = facts
        self.described.emit(self._path, facts)

    def _on_inspect_failed(self, sentence: str, detail: str) -> None:
        """A refusal is an answer, although the command then ends with an error."""
        if self._facts is None:
            self.failed.emit(sentence, detail)
