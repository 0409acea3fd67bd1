"""One export as it runs: the child, how far it is, what it found right."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from steerlm_studio.ui.command_process import CommandProcess
from steerlm_studio.ui.export_request import ExportRequest


@dataclass(frozen=True)
class Pace:
    """`step` as the command calls it, `done` of `total` in bytes (of tokens while calibrating)."""

    step: str = "reading"
    tensor: str = ""
    done: int = 0
    total: int = 0
    rate: float = 0.0  # a second, since this step began

    @property
    def fraction(self) -> float:
        return self.done / self.total if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None while it cannot be told."""
        return (self.total - self.done) / self.rate if self.rate else None


class ExportJob(QObject):
    """At most one export at a time; it goes on whether anybody looks or not."""

    begun = Signal()
    progressed = Signal(object)  # Pace
    ended = Signal()  # look at `error`, `was_cancelled` and `reports`

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.request: ExportRequest | None = None
        self.pace = Pace()
        self.reports: list[Mapping[str, Any]] = []
        self.error: tuple[str, str] | None = None
        self.was_cancelled = False
        self._step_began = (0.0, 0)
        self.process = CommandProcess(self.tr("The export"), self)
        self.process.said.connect(self._on_said)
        self.process.finished.connect(self.ended)
        self.process.failed.connect(self._on_failed)
        self.process.cancelled.connect(self._on_cancelled)

    @property
    def is_running(self) -> bool:
        return self.process.is_running

    def start(self, request: ExportRequest) -> None:
        self.request, self.pace, self.reports = request, Pace(), []
        self.error, self.was_cancelled = None, False
        self.process.start(request.command())
        self.begun.emit()

    def _on_said(self, line: Mapping[str, Any]) -> None:
        if line["step"] == "verified":
            self.reports.append(line)
            return
        now, done = time.monotonic(), int(line["done"])
        if line["step"] != self.pace.step:
            self._step_began = (now, done)
        began, first = self._step_began
        seconds = now - began
        rate = (done - first) / seconds if seconds > 0 else 0.0
        self.pace = Pace(line["step"], line["tensor"], done, int(line["total"]), rate)
        self.progressed.emit(self.pace)

    def _on_failed(self, sentence: str, detail: str) -> None:
        self.error = (sentence, detail)
        self.ended.emit()

    def _on_cancelled(self) -> None:
        self.was_cancelled = True
        self.ended.emit()
