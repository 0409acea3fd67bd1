"""The engine child of the window: requests in, replies out as signals, restarted when needed."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from steerlm_studio import protocol
from steerlm_studio.child import child_command
from steerlm_studio.outcome import KEPT_LINES, outcome
from steerlm_studio.protocol import Reply, Request
from steerlm_studio.ui.error_words import in_words

_GRACE = 500  # ms a child has to end by itself after its stdin is closed


def engine_command(model: Path, options: Sequence[str] = ()) -> list[str]:
    """What starts an engine for this model file."""
    return child_command("steerlm_studio.engine.serve", str(model), *options)


class EngineProcess(QObject):
    """At most one child at a time; `start` names the model, `send` brings the child back."""

    loading = Signal(object)  # protocol.Loading
    ready = Signal(object)  # protocol.Ready
    prefilling = Signal(object)
    stepped = Signal(object)
    lane_done = Signal(object)
    done = Signal(object)
    tokens = Signal(object)
    devices = Signal(object)  # protocol.Devices
    failed = Signal(object)  # protocol.Failed
    lost = Signal(str, str)  # the child ended unasked: a sentence, and its last lines

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command: list[str] = []
        self._more: dict[str, str] = {}
        self._process: QProcess | None = None
        self.status = 0  # of the last child that ended by itself; negative: the signal
        self._rest = b""
        self._stderr: deque[str] = deque(maxlen=KEPT_LINES)
        self._receivers: dict[type[Reply], Callable[[Reply], None]] = {
            protocol.Loading: self.loading.emit,
            protocol.Ready: self.ready.emit,
            protocol.Prefilling: self.prefilling.emit,
            protocol.Step: self.stepped.emit,
            protocol.LaneDone: self.lane_done.emit,
            protocol.Done: self.done.emit,
            protocol.Tokens: self.tokens.emit,
            protocol.Devices: self.devices.emit,
            protocol.Failed: self.failed.emit,
        }

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def process_id(self) -> int:
        """The child's process id; 0 when there is none."""
        return self._process.processId() if self._process else 0

    def start(self, command: Sequence[str], more: Mapping[str, str] | None = None) -> None:
        """Run `command` (see `engine_command`) in place of the present child.

        `more` is added to its environment: what must not be seen on a command line.
        """
        self.stop()
        self._command, self._more = list(command), dict(more or {})
        self._launch()

    def send(self, request: Request) -> None:
        """Send the request; a child that was lost is started again first."""
        if self._process is None and self._command:
            self._launch()
        if self._process is not None:
            self._process.write(protocol.line(request))

    def stop(self) -> None:
        """End the child: ask by closing its stdin, then kill. Nothing is signalled any more."""
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        process.closeWriteChannel()
        if not process.waitForFinished(_GRACE):
            process.kill()
            process.waitForFinished(-1)
        process.deleteLater()

    def _launch(self) -> None:
        process = QProcess(self)
        self._process = process
        self._rest = b""
        self._stderr.clear()
        process.readyReadStandardOutput.connect(self._on_output_arrived)
        process.readyReadStandardError.connect(self._on_log_arrived)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error_occurred)
        environment = QProcessEnvironment.systemEnvironment()
        for name, value in self._more.items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.start(self._command[0], self._command[1:])

    def _on_output_arrived(self) -> None:
        process = self._process
        if process is None:
            return
        *lines, self._rest = (self._rest + process.readAllStandardOutput().data()).split(b"\n")
        for line in lines:
            self._receive(line)

    def _receive(self, line: bytes) -> None:
        try:
            reply = protocol.reply(line)
        except msgspec.MsgspecError as error:
            said = line[:200].decode(errors="replace")
            message = self.tr("The engine said something that the window does not understand.")
            self.failed.emit(protocol.Failed(message, detail=f"{error}: {said}"))
            return
        if isinstance(reply, protocol.Failed):
            reply = msgspec.structs.replace(reply, message=in_words(reply.message))
        self._receivers[type(reply)](reply)

    def _on_log_arrived(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            self._stderr.extend(text.splitlines())

    def _on_error_occurred(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._process.deleteLater()
            self._process = None
            self.lost.emit(
                self.tr("The engine could not be started: %1.").replace("%1", reason), ""
            )

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process = self._process
        if process is None:
            return
        self._on_output_arrived()
        self._on_log_arrived()
        self._process = None
        process.deleteLater()
        self.status = -code if status == QProcess.ExitStatus.CrashExit else code
        error = outcome(self.status, "\n".join(self._stderr))
        self.lost.emit(in_words(str(error)), error.detail)
