"""One question to a child process: how the window asks the hub, the disk and llama.cpp."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QProcess, Signal

from steerlm_studio.outcome import outcome
from steerlm_studio.ui.error_words import in_words

_GRACE = 300  # ms


@dataclass(frozen=True)
class Refusal:
    """Why there is no answer; `kind` as the hub's errors have it, `link` where to go."""

    message: str
    detail: str = ""
    kind: str = "other"
    link: str = ""


class Question(QObject):
    """The latest question counts: asking anew ends the child of the one before, unheard."""

    answered = Signal(object)  # the JSON object that the child wrote
    refused = Signal(object)  # Refusal

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def is_asking(self) -> bool:
        return self._process is not None

    def ask(self, command: Sequence[str], given: str = "") -> None:
        """Start the child; `given` is a line for its stdin (a token never is an argument)."""
        self.stop()
        process = self._process = QProcess(self)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error_occurred)
        process.start(command[0], list(command[1:]))
        if given:
            process.write(given.encode() + b"\n")
        process.closeWriteChannel()

    def stop(self) -> None:
        """End the child. Nothing is signalled any more."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()  # it only reads
            process.waitForFinished(_GRACE)
            process.deleteLater()

    def _on_error_occurred(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            why, self._process = self._process.errorString(), None
            self.refused.emit(Refusal(self.tr("A part of the program could not be started."), why))

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said = bytes(process.readAllStandardOutput().data())
        log = bytes(process.readAllStandardError().data()).decode(errors="replace")
        process.deleteLater()
        answer = _object_in(said)
        if answer is None:
            crashed = status == QProcess.ExitStatus.CrashExit
            error = outcome(-code if crashed else code, log, name=self.tr("The look-up"))
            self.refused.emit(Refusal(in_words(str(error)), error.detail))
        elif answer.keys() <= {"error", "detail"}:
            self.refused.emit(refusal(answer["error"], str(answer.get("detail", ""))))
        else:
            self.answered.emit(answer)


def refusal(error: Mapping[str, str] | str, detail: str = "") -> Refusal:
    """An error as the commands say it: a sentence, or message, detail, kind and link."""
    if isinstance(error, str):
        return Refusal(error, detail)
    known = {
        name: str(error[name]) for name in ("message", "detail", "kind", "link") if name in error
    }
    return Refusal(**known)


def _object_in(said: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(said)
    except ValueError:
        return None
    return value if isinstance(value, dict) and value else None
