"""One download: its child, how far it is, and what can be done with it."""

from typing import Literal

import msgspec
from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from steerlm_studio.models import progress
from steerlm_studio.models.address import Address
from steerlm_studio.models.commands import download_command
from steerlm_studio.outcome import outcome
from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.models.question import Refusal

State = Literal["running", "checking", "waiting", "paused", "failed", "finished"]
_GRACE = 2000  # ms


class Download(QObject):
    """What is here is kept whatever happens to the child; only `cancel` throws it away."""

    changed = Signal()
    finished = Signal(str)  # the path of the file
    cancelled = Signal()

    def __init__(
        self, address: Address, present: int = 0, total: int = 0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.address = address
        self.present, self.total = present, total
        self.rate = 0.0  # bytes a second
        self.remaining: float | None = None  # seconds
        self.state: State = "paused"
        self.words = ""  # why it waits
        self.path = ""
        self.refusal: Refusal | None = None
        self._process: QProcess | None = None
        self._rest = b""
        self._ending: Literal["", "pause", "cancel"] = ""

    @property
    def is_active(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Begin, or go on where it ended."""
        if self._process is not None:
            return
        self._rest, self._ending, self.refusal = b"", "", None
        self._process = process = QProcess(self)
        process.readyReadStandardOutput.connect(self._on_output_arrived)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error_occurred)
        command = download_command(self.address)
        process.start(command[0], command[1:])
        self._become("running")

    def pause(self) -> None:
        self._end("pause")

    def cancel(self) -> None:
        """Throw away what is here. Where no child runs, one is started to do it."""
        if self._process is None:
            self.start()
        self._end("cancel")

    def stop(self) -> None:
        """For the end of the program: what is here is kept. Nothing is signalled any more."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.closeWriteChannel()
            if not process.waitForFinished(_GRACE):
                process.kill()
                process.waitForFinished(-1)

    def _end(self, how: Literal["pause", "cancel"]) -> None:
        process = self._process
        if process is None or self._ending:
            return
        self._ending = how
        process.write(how.encode() + b"\n")
        QTimer.singleShot(_GRACE, process, process.kill)

    def _become(self, state: State) -> None:
        self.state = state
        self.changed.emit()

    def _on_output_arrived(self) -> None:
        if self._process is None:
            return
        data = self._rest + self._process.readAllStandardOutput().data()
        *lines, self._rest = data.split(b"\n")
        for line in lines:
            try:
                self._receive(progress.message(line))
            except msgspec.MsgspecError as error:
                why = self.tr("The download said something that the window does not understand.")
                self.refusal = Refusal(why, str(error))

    def _receive(self, said: progress.Progress) -> None:
        match said:
            case progress.Started():
                self.present, self.total = said.present, said.total
            case progress.Checking():
                self._become("checking")
            case progress.Fetched():
                self.present, self.total = said.done, said.total
                self.rate, self.remaining = said.rate, said.remaining
                self._become("running")
            case progress.Waiting():
                self.words = in_words(said.reason)
                self._become("waiting")
            case progress.Finished():
                self.path, self.present = said.path, self.total
            case progress.Failed():
                self.refusal = Refusal(in_words(said.message), said.detail, said.kind, said.link)

    def _on_error_occurred(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            why, self._process = self._process.errorString(), None
            self.refusal = Refusal(self.tr("The download could not be started."), why)
            self._become("failed")

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._on_output_arrived()
        process, self._process = self._process, None
        if process is None:
            return
        log = bytes(process.readAllStandardError().data()).decode(errors="replace")
        process.deleteLater()
        self.rate, self.remaining = 0.0, None
        if self._ending == "cancel":
            self.cancelled.emit()
        elif self.path:
            self._become("finished")
            self.finished.emit(self.path)
        elif self._ending:
            self._become("paused")
        else:
            self._fail(-code if status == QProcess.ExitStatus.CrashExit else code, log)

    def _fail(self, code: int, log: str) -> None:
        if self.refusal is None:
            error = outcome(
                code,
                log,
                name=self.tr("The download"),
                left=self.tr("What was fetched is kept"),
                smaller=self.tr("close other programs"),
            )
            self.refusal = Refusal(in_words(str(error)), error.detail)
        self._become("failed")
