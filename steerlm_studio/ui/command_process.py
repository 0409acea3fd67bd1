"""One of our commands as a child of the window: its JSON lines arrive as signals."""

import json
from collections import deque
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal

from steerlm_studio.child import child_command
from steerlm_studio.outcome import KEPT_LINES, outcome
from steerlm_studio.ui.error_words import in_words

_GRACE = 5000  # ms that a child has to clean up after it was asked to end
_ERROR = "steerlm-studio: "  # what a command's own error begins with


def command(*arguments: object) -> list[str]:
    """What starts a command of ours, e.g. `command("inspect", path, "--json")`."""
    return child_command("steerlm_studio", *map(str, arguments))


class CommandProcess(QObject):
    """At most one child at a time; one of `finished`, `failed` and `cancelled` ends it."""

    said = Signal(object)  # the value of a line of JSON
    finished = Signal()
    failed = Signal(str, str)  # a sentence and its details
    cancelled = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """`name` begins the sentence on a child that was killed, e.g. "The export"."""
        super().__init__(parent)
        self._name = name
        self._process: QProcess | None = None
        self._rest = b""
        self._stderr: deque[str] = deque(maxlen=KEPT_LINES)
        self._is_cancelled = False

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def process_id(self) -> int:
        """The child's process id; 0 when there is none."""
        return self._process.processId() if self._process else 0

    def start(self, arguments: Sequence[str], more: Mapping[str, str] | None = None) -> None:
        """Run this command line in place of the present child, which ends unheard.

        `more` is added to its environment: what must not be seen on a command line.
        """
        self.stop()
        self._rest, self._is_cancelled = b"", False
        self._stderr.clear()
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._on_output_arrived)
        process.readyReadStandardError.connect(self._on_log_arrived)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error_occurred)
        environment = QProcessEnvironment.systemEnvironment()
        for name, value in (more or {}).items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.setStandardInputFile(QProcess.nullDevice())
        process.start(arguments[0], list(arguments[1:]))

    def cancel(self) -> None:
        """Ask the child to end and to clean up; `cancelled` follows when it has."""
        process = self._process
        if process is None or self._is_cancelled:
            return
        self._is_cancelled = True
        process.terminate()
        QTimer.singleShot(_GRACE, process, process.kill)

    def stop(self) -> None:
        """The same without going on meanwhile. Nothing is signalled any more."""
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        process.terminate()
        if not process.waitForFinished(_GRACE):
            process.kill()
            process.waitForFinished(-1)
        process.deleteLater()

    def _on_output_arrived(self) -> None:
        if self._process is None:
            return
        data = self._rest + self._process.readAllStandardOutput().data()
        *lines, self._rest = data.split(b"\n")
        for line in lines:
            try:
                value = json.loads(line)
            except ValueError:
                self._stderr.append(line[:200].decode(errors="replace"))
            else:
                self.said.emit(value)

    def _on_log_arrived(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            self._stderr.extend(text.splitlines())

    def _on_error_occurred(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._process.deleteLater()
            self._process = None
            sentence = self.tr("%1 could not be started: %2.").replace("%1", self._name)
            self.failed.emit(sentence.replace("%2", reason), "")

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process = self._process
        if process is None:
            return
        self._on_output_arrived()
        self._on_log_arrived()
        if self._process is not process:  # a receiver began another one
            return
        self._process = None
        process.deleteLater()
        crashed = status == QProcess.ExitStatus.CrashExit
        if self._is_cancelled:
            self.cancelled.emit()
        elif crashed or code:
            self.failed.emit(*self._why(-code if crashed else code))
        else:
            self.finished.emit()

    def _why(self, code: int) -> tuple[str, str]:
        """The command's own last error where it gave one, else how it ended."""
        lines = list(self._stderr)
        starts = [place for place, line in enumerate(lines) if line.startswith(_ERROR)]
        if code == 1 and starts and not any(line.startswith("Traceback") for line in lines):
            sentence, *rest = lines[starts[-1] :]
            return in_words(sentence.removeprefix(_ERROR)), "\n".join(rest)
        left = self.tr("What was unfinished was removed or will be with the next attempt")
        smaller = self.tr("close other programs")
        error = outcome(code, "\n".join(lines), name=self._name, left=left, smaller=smaller)
        return in_words(str(error)), error.detail
