"""One of our commands as a child of the window: its JSON lines arrive as signals."""

import json
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from steerlm_studio.child import child_command
from steerlm_studio.outcome import outcome
from steerlm_studio.ui.child_process import ChildProcess
from steerlm_studio.ui.error_words import in_words

_ERROR = "steerlm-studio: "  # what a command's own error begins with


def command(*arguments: object) -> list[str]:
    """What starts a command of ours, e.g. `command("inspect", path, "--json")`."""
    return child_command("steerlm_studio", *map(str, arguments))


class CommandProcess(ChildProcess):
    """At most one child at a time; one of `finished`, `failed` and `cancelled` ends it."""

    said = Signal(object)  # the value of a line of JSON
    finished = Signal()
    failed = Signal(str, str)  # a sentence and its details
    cancelled = Signal()
    grace = 5000  # it cleans up first

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        """`name` begins the sentence on a child that was killed, e.g. "The export"."""
        super().__init__(parent)
        self._name = name
        self._is_cancelled = False

    def start(self, arguments: Sequence[str], more: Mapping[str, str] | None = None) -> None:
        """Run this command line in place of the present child, which ends unheard.

        `more` is added to its environment: what must not be seen on a command line.
        """
        self.stop()
        self._is_cancelled = False
        self._launch(arguments, more or {}, QProcess.nullDevice())

    def cancel(self) -> None:
        """Ask the child to end and to clean up; `cancelled` follows when it has."""
        process = self._process
        if process is None or self._is_cancelled:
            return
        self._is_cancelled = True
        process.terminate()
        QTimer.singleShot(self.grace, process, process.kill)

    def _ask_to_end(self, process: QProcess) -> None:
        process.terminate()

    def _receive(self, line: bytes) -> None:
        try:
            value = json.loads(line)
        except ValueError:
            self._stderr.append(line[:200].decode(errors="replace"))
        else:
            self.said.emit(value)

    def _on_not_started(self, reason: str) -> None:
        sentence = self.tr("%1 could not be started: %2.").replace("%1", self._name)
        self.failed.emit(sentence.replace("%2", reason), "")

    def _on_ended(self, status: int) -> None:
        if self._is_cancelled:
            self.cancelled.emit()
        elif status:
            self.failed.emit(*self._why(status))
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
