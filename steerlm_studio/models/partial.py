"""A file that is being downloaded: appended to, locked, hashed as it grows, renamed when whole."""

import contextlib
import errno
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from steerlm_studio.models.hub_error import HubError
from steerlm_studio.models.unfinished import SUFFIX

_BLOCK = 1 << 22
# What file systems of clusters answer that know no locks
_NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP}


class Partial:
    """The bytes of one blob so far, under `blobs/<etag>` plus a suffix.

    Every write reaches the system at once, so a killed process loses nothing that it counted; one
    process at a time holds it. Raises HubError (busy) when another one does.
    """

    def __init__(self, blob: Path, etag: str, total: int) -> None:
        self.blob, self.total = blob, total
        self.path = blob.with_name(blob.name + SUFFIX)
        self._etag = etag
        blob.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = _locked(self.path)
        self.size = self._file.seek(0, os.SEEK_END)
        if self.size > total:
            self._file.truncate(0)
            self.size = 0
        self._hash = self._new_hash()

    def __enter__(self) -> "Partial":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()

    def _new_hash(self) -> "hashlib._Hash":
        """LFS files are named by their sha256, small ones by git's sha1 of a blob."""
        if len(self._etag) == 40:
            return hashlib.sha1(b"blob %d\0" % self.total, usedforsecurity=False)
        return hashlib.sha256()

    def check(self) -> Iterator[int]:
        """Hash what is there from before; yields how far it is."""
        with self.path.open("rb") as file:
            done = 0
            while done < self.size and (block := file.read(min(_BLOCK, self.size - done))):
                self._hash.update(block)
                done += len(block)
                yield done

    def write(self, piece: bytes) -> None:
        """Append; what the file's size does not allow is dropped. Raises OSError."""
        rest = memoryview(piece)[: self.total - self.size]
        while rest:
            count = self._file.write(rest)
            self._hash.update(rest[:count])
            self.size += count
            rest = rest[count:]

    def restart(self) -> None:
        """Throw away what is there."""
        self._file.truncate(0)
        self.size = 0
        self._hash = self._new_hash()

    @property
    def is_right(self) -> bool:
        """Whether the bytes are those that the hub's name for them promises."""
        known = re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", self._etag)
        return self.size == self.total and (not known or self._hash.hexdigest() == self._etag)

    def finish(self) -> None:
        """Make it the blob: on disk first, then under its name."""
        os.fsync(self._file.fileno())
        self.path.replace(self.blob)
        folder = os.open(self.blob.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


def _locked(path: Path) -> IO[bytes]:
    while True:
        file = path.open("ab", buffering=0)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise HubError(
                "This file is already being downloaded by another window or command. Wait for it, "
                "or pause it there.",
                "busy",
            ) from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                file.close()
                raise
        if _is_at(file, path):
            return file
        file.close()  # who had it before has just renamed or removed it


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def discard_others(blobs: Path, keep: str, etags: tuple[str, ...]) -> None:
    """Remove what was begun of older versions of a file, unless somebody is at it."""
    for etag in etags:
        path = blobs / (etag + SUFFIX)
        if etag != keep and path.exists():
            with contextlib.suppress(HubError), _locked(path):
                path.unlink()
