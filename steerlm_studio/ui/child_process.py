"""A child of the window that says something a line at a time; what it logs is kept for errors."""

from abc import abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

from steerlm_studio.outcome import KEPT_LINES


class ChildProcess(QObject):
    """At most one child at a time. What a line and an end mean is for the subclasses to say."""

    grace = 500  # ms a child has to end after it was asked to

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._rest = b""
        self._stderr: deque[str] = deque(maxlen=KEPT_LINES)

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def process_id(self) -> int:
        """The child's process id; 0 when there is none."""
        return self._process.processId() if self._process else 0

    def stop(self) -> None:
        """End the child: ask, wait, then kill. Nothing is signalled any more."""
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        self._ask_to_end(process)
        if not process.waitForFinished(self.grace):
            process.kill()
            process.waitForFinished(-1)
        process.deleteLater()

    def _launch(self, command: Sequence[str], more: Mapping[str, str], input: str = "") -> None:
        """Run `command`; `more` is added to its environment, `input` a file in place of a pipe."""
        process = self._process = QProcess(self)
        self._rest = b""
        self._stderr.clear()
        process.readyReadStandardOutput.connect(self._on_output_arrived)
        process.readyReadStandardError.connect(self._on_log_arrived)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error_occurred)
        environment = QProcessEnvironment.systemEnvironment()
        for name, value in more.items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.setStandardInputFile(input)
        process.start(command[0], list(command[1:]))

    @abstractmethod
    def _ask_to_end(self, process: QProcess) -> None: ...

    @abstractmethod
    def _receive(self, line: bytes) -> None: ...

    @abstractmethod
    def _on_not_started(self, reason: str) -> None: ...

    @abstractmethod
    def _on_ended(self, status: int) -> None:
        """The child ended by itself; `status` is negative for the signal that ended it."""

    def _on_output_arrived(self) -> None:
        if self._process is None:
            return
        data = self._rest + self._process.readAllStandardOutput().data()
        *lines, self._rest = data.split(b"\n")
        for line in lines:
            self._receive(line)

    def _on_log_arrived(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            self._stderr.extend(text.splitlines())

    def _on_error_occurred(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._process.deleteLater()
            self._process = None
            self._on_not_started(reason)

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
        self._on_ended(-code if status == QProcess.ExitStatus.CrashExit else code)
