"""One batch as it runs: the child, the table as far as it is filled, how long still."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from steerlm_studio.ui.batch_request import BatchRequest
from steerlm_studio.ui.command_process import CommandProcess
from steerlm_studio.ui.error_words import in_words


@dataclass(frozen=True)
class Cell:
    """An answer's beginning, or why there is none."""

    text: str
    is_answer: bool = True


@dataclass(frozen=True)
class Pace:
    done: int = 0
    failed: int = 0
    total: int = 0
    rate: float = 0.0  # tokens a second
    seconds_left: float | None = None


class BatchJob(QObject):
    """At most one batch at a time; it goes on whether anybody looks or not."""

    begun = Signal()  # the child was started
    laid_out = Signal()  # the table's size is known, and what is there already
    filled = Signal(int)  # the prompt with this number has another answer
    progressed = Signal()  # look at `pace`
    ended = Signal()  # look at `error` and `was_cancelled`

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.request: BatchRequest | None = None
        self.process = CommandProcess(self.tr("The batch"), self)
        self._forget()
        self.process.said.connect(self._on_said)
        self.process.finished.connect(self.ended)
        self.process.failed.connect(self._on_failed)
        self.process.cancelled.connect(self._on_cancelled)

    @property
    def is_running(self) -> bool:
        return self.process.is_running

    def start(self, request: BatchRequest) -> None:
        """Write the settings and start the child. Raises StudioError."""
        request.write_settings()
        self.request = request
        self._forget()
        self.process.start(request.command(), request.basis.environment)
        self.begun.emit()

    def _forget(self) -> None:
        self.pace = Pace()
        self.prompts = 0
        self.columns: list[str] = []  # names of settings
        self.questions: dict[int, str] = {}  # by number, from 1
        self.cells: dict[tuple[int, str], Cell] = {}
        self.error: tuple[str, str] | None = None
        self.was_cancelled = False
        self._is_whole = False  # the command went through all prompts

    def _on_said(self, line: Mapping[str, Any]) -> None:
        step = line["step"]
        if step == "begun":
            self.columns, self.prompts = list(line["settings"]), int(line["prompts"])
        elif step != "ended":
            self._fill(line, is_answer=step != "failed")
        if step == "ended":
            self._is_whole = bool(line["whole"])
        if step != "kept":
            self._pace(line)
        if step == "begun":
            self.laid_out.emit()
        elif step in ("answered", "failed"):
            self.filled.emit(int(line["number"]))

    def _fill(self, line: Mapping[str, Any], is_answer: bool) -> None:
        number = int(line["number"])
        self.questions[number] = str(line["prompt"])
        text = str(line["text"]) if is_answer else in_words(str(line["message"]))
        self.cells[number, str(line["setting"])] = Cell(text, is_answer)

    def _pace(self, line: Mapping[str, Any]) -> None:
        self.pace = Pace(
            int(line["done"]),
            int(line.get("failed", 0)),
            int(line["total"]),
            float(line.get("rate", 0.0)),
            line.get("seconds_left"),
        )
        self.progressed.emit()

    def _on_failed(self, sentence: str, detail: str) -> None:
        if not self._is_whole:  # else some prompts could not be answered, as the table tells
            self.error = (sentence, detail)
        self.ended.emit()

    def _on_cancelled(self) -> None:
        self.was_cancelled = True
        self.ended.emit()
