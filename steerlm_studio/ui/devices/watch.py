"""The child that looks at the devices once a second, as long as somebody looks at it."""

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from steerlm_studio.child import child_command
from steerlm_studio.device_watch import Seen
from steerlm_studio.outcome import outcome
from steerlm_studio.ui.error_words import in_words

_KEPT = 4000  # bytes of what drivers print
_GRACE = 300  # ms
_FIRST = 20_000  # ms until its first word: a busy machine takes its time
_PATIENCE = 5_000  # ms of silence after that


class Watch(QObject):
    """Whatever the drivers do, the window goes on: a silent or dead child is a sentence."""

    seen = Signal(object)  # Seen
    failed = Signal(str)  # a sentence; a child that is only slow may be `seen` again

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._rest, self._log = b"", b""
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.timeout.connect(self._on_silent)

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        if self._process is not None:
            return
        self._rest, self._log = b"", b""
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._on_output_arrived)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error_occurred)
        command = child_command("steerlm_studio.device_watch")
        process.start(command[0], command[1:])
        self._silence.start(_FIRST)

    def stop(self) -> None:
        """End the child, which only reads. Nothing is signalled any more."""
        self._silence.stop()
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(_GRACE)
            process.deleteLater()

    def _on_output_arrived(self) -> None:
        if self._process is None:
            return
        self._log = (self._log + self._process.readAllStandardError().data())[-_KEPT:]
        data = self._rest + self._process.readAllStandardOutput().data()
        *lines, self._rest = data.split(b"\n")
        if not lines:
            return
        self._silence.start(_PATIENCE)
        try:
            self.seen.emit(msgspec.json.decode(lines[-1], type=Seen))
        except msgspec.MsgspecError as error:
            self.failed.emit(self.tr("The devices cannot be read: %1.").replace("%1", str(error)))

    def _on_silent(self) -> None:
        self.failed.emit(
            self.tr("The drivers do not answer at present; the numbers are the last known.")
        )

    def _on_error_occurred(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            why = self._process.errorString()
            self.stop()
            self.failed.emit(self.tr("The devices cannot be read: %1.").replace("%1", why))

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process = self._process
        if process is None:
            return
        log = (self._log + process.readAllStandardError().data()).decode(errors="replace")
        self._silence.stop()
        self._process = None
        process.deleteLater()
        crashed = status == QProcess.ExitStatus.CrashExit
        name = self.tr("What looks at the devices")
        left = self.tr("Close and open the panel to look again")
        error = outcome(-code if crashed else code, log, name=name, left=left)
        self.failed.emit(in_words(str(error)))
