"""One window per user and data folder: a second start hands its files to the first and ends."""

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_PATIENCE = 3_000  # ms that the first window has to answer
_HEARD = b"ok\n"
_MOST = 1 << 20  # bytes of one message


class SingleInstance(QObject):
    """Holds the place of the one window. The socket is a file of the user's, no port."""

    files_arrived = Signal(list)  # list[Path], perhaps empty: another start was asked for

    def __init__(self, data: Path, parent: QObject | None = None) -> None:
        """`data` is the folder that only one window shall write to."""
        super().__init__(parent)
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
        place = f"{os.getuid()}:{data.absolute()}"
        name = "steerlm-studio-" + hashlib.sha256(place.encode()).hexdigest()[:16]
        self._socket = str(runtime / f"{name}.socket")
        self._lock = QLockFile(str(runtime / f"{name}.lock"))
        self._lock.setStaleLockTime(0)  # a lock is worth as much as the process that holds it
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Be the one window; False when another one is it."""
        if not self._lock.tryLock(0):
            return False
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(self._socket)  # what a killed window has left
        server.newConnection.connect(self._on_connected)
        server.listen(self._socket)
        self._server = server
        return True

    def hand_over(self, files: Sequence[Path]) -> bool:
        """Give the first window these files to open; False when it does not answer."""
        socket = QLocalSocket()
        socket.connectToServer(self._socket)
        if not socket.waitForConnected(_PATIENCE):
            return False
        socket.write(json.dumps([str(file.absolute()) for file in files]).encode() + b"\n")
        heard = socket.waitForReadyRead(_PATIENCE) and bytes(socket.readAll().data()) == _HEARD
        socket.disconnectFromServer()
        return heard

    def release(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.unlock()

    def _on_connected(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._on_said(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._on_said(socket)

    def _on_said(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > _MOST:
            socket.abort()
        if not socket.canReadLine():
            return
        try:
            told = json.loads(bytes(socket.readLine().data()))
        except ValueError:
            socket.abort()
            return
        socket.write(_HEARD)
        socket.flush()
        if isinstance(told, list):
            self.files_arrived.emit([Path(name) for name in told if isinstance(name, str)])
