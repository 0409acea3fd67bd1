"""A copy of the conversations each day, made by a child so that the window never waits for it."""

from PySide6.QtCore import QObject, QTimer

from steerlm_studio.store.backup import today
from steerlm_studio.store.health import Opened
from steerlm_studio.ui.command_process import CommandProcess, command
from steerlm_studio.ui.keeping import Keeping

_CALM = 20_000  # ms after the start: the model has the disk first
_HOUR = 3_600_000  # ms: a window may stay open over midnight


class DailyBackup(QObject):
    """Looks every hour whether today's copy is there; what goes wrong is said in the banner."""

    def __init__(self, opened: Opened, keeping: Keeping, calm: int = _CALM) -> None:
        super().__init__(keeping)
        self._opened = opened
        self.process = CommandProcess(self.tr("The daily backup"), self)
        self.process.failed.connect(lambda sentence, _: keeping.troubled.emit(sentence))
        self._timer = QTimer(self)
        self._timer.setInterval(calm)
        self._timer.timeout.connect(self._make)
        if opened.lasting and opened.claim is not None:  # else another window sees to it
            self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self.process.stop()

    def _make(self) -> None:
        self._timer.setInterval(_HOUR)
        path = self._opened.store.database.path
        if path is not None and not today(path).exists() and not self.process.is_running:
            self.process.start(command("transcripts", "--file", path, "backup"))
