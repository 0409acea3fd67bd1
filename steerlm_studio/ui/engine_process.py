"""The engine child of the window: requests in, replies out as signals, restarted when needed."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QProcess, Signal

from steerlm_studio import protocol
from steerlm_studio.child import child_command
from steerlm_studio.outcome import outcome
from steerlm_studio.protocol import Reply, Request
from steerlm_studio.ui.child_process import ChildProcess
from steerlm_studio.ui.error_words import in_words


def engine_command(model: Path, options: Sequence[str] = ()) -> list[str]:
    """What starts an engine for this model file."""
    return child_command("steerlm_studio.engine.serve", str(model), *options)


class EngineProcess(ChildProcess):
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
        self.status = 0  # of the last child that ended by itself; negative: the signal
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

    def start(self, command: Sequence[str], more: Mapping[str, str] | None = None) -> None:
        """Run `command` (see `engine_command`) in place of the present child.

        `more` is added to its environment: what must not be seen on a command line.
        """
        self.stop()
        self._command, self._more = list(command), dict(more or {})
        self._launch(self._command, self._more)

    def send(self, request: Request) -> None:
        """Send the request; a child that was lost is started again first."""
        if self._process is None and self._command:
            self._launch(self._command, self._more)
        if self._process is not None:
            self._process.write(protocol.line(request))

    def _ask_to_end(self, process: QProcess) -> None:
        process.closeWriteChannel()

    def _receive(self, line: bytes) -> None:
        try:
            reply = protocol.reply(line)
        except msgspec.MsgspecError as error:
            said = line[:200].decode(errors="replace")
            message = self.tr("The engine said something that the window does not understand.")
            self.failed.emit(protocol.Failed(message, detail=f"{error}: {said}"))
            return
        self._receivers[type(reply)](_translated(reply))

    def _on_not_started(self, reason: str) -> None:
        self.lost.emit(self.tr("The engine could not be started: %1.").replace("%1", reason), "")

    def _on_ended(self, status: int) -> None:
        self.status = status
        error = outcome(status, "\n".join(self._stderr))
        self.lost.emit(in_words(str(error)), error.detail)


def _translated(reply: protocol.Reply) -> protocol.Reply:
    """The sentences in it as the user reads them."""
    match reply:
        case protocol.Failed():
            return msgspec.structs.replace(reply, message=in_words(reply.message))
        case protocol.LaneDone() if reply.note:
            return msgspec.structs.replace(reply, note=in_words(reply.note))
        case protocol.Ready() if reply.cannot:
            cannot = {what: in_words(why) for what, why in reply.cannot.items()}
            return msgspec.structs.replace(reply, cannot=cannot)
    return reply
