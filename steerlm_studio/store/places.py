"""What kind of place a file lies in, and who holds it."""

import errno
import fcntl
import tempfile
from pathlib import Path
from typing import IO

_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "davfs", "glusterfs"}
_MOUNTS = Path("/proc/self/mounts")


def is_on_network(path: Path, mounts: Path = _MOUNTS) -> bool:
    """Whether the drive is another machine's: write-ahead logging is not safe there."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    resolved = path.resolve()
    best, kind = Path("/"), ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = Path(fields[1].replace("\\040", " "))
        if resolved.is_relative_to(place) and len(place.parts) >= len(best.parts):
            best, kind = place, fields[2]
    return kind in _NETWORK or kind.startswith("fuse.ssh") or kind.startswith("fuse.rclone")


def has_locks(folder: Path) -> bool:
    """Whether programs can lock files there: a network drive may be without that service."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
    return True


class Claim:
    """A lock that says “this window writes here”; the system drops it when the program ends."""

    def __init__(self, path: Path) -> None:
        """Raises BlockingIOError when another program has it, OSError where there are no locks."""
        self._file: IO[str] = path.open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise

    def release(self) -> None:
        self._file.close()
