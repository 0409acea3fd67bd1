"""Reads the members of a .nemo file where they lie; nothing is ever unpacked."""

import gzip
import tarfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, BinaryIO

from steerlm_studio.errors import StudioError
from steerlm_studio.export.members import cut_off, pread

BLOCK = 16 << 20  # bytes of a compressed member that are unpacked at once
BLOCKS = 16  # so many are kept: Q, K and V are gathered from one tensor in three passes
STREAMS = 16
_BROKEN = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, OverflowError)


class Streams:
    """Several readers of one gzip file, each at its own place: going back means starting anew.

    Parts of a parallel checkpoint are read side by side; with one reader every change from part
    to part would unpack the file from its beginning.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: list[gzip.GzipFile] = []  # the one used last comes last

    def read(self, offset: int, size: int) -> bytes:
        behind = [stream for stream in self._open if stream.tell() <= offset]
        if behind:
            stream = max(behind, key=lambda each: each.tell())
            self._open.remove(stream)
        elif len(self._open) < STREAMS:
            stream = gzip.GzipFile(self._path)
        else:
            stream = self._open.pop(0)
        self._open.append(stream)
        stream.seek(offset)
        return stream.read(size)

    def close(self) -> None:
        for stream in self._open:
            stream.close()


class Archive:
    """The regular files in a tar or tar.gz, by name without a leading `./`."""

    def __init__(self, path: Path, file: BinaryIO, tar: tarfile.TarFile, compressed: bool) -> None:
        self.path = path
        self._file = file
        self._tar = tar
        self._compressed = compressed
        self._streams = Streams(path)
        self._members = _members(path, tar)
        self._block = lru_cache(BLOCKS)(self._read_block)
        self._unpacking = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def file(self, name: str) -> IO[bytes]:
        """A member as a seekable file; seeking back is slow when the archive is compressed."""
        file = self._tar.extractfile(self._members[name])
        assert file is not None  # None is for members that are no files
        return file

    def size(self, name: str) -> int:
        return self._members[name].size

    def read(self, name: str, offset: int, size: int) -> bytes:
        """`size` bytes of a member from `offset` on. Raises StudioError when they are not there."""
        member = self._members[name]
        read = self._unpack if self._compressed else self._pread
        try:
            data = b"" if min(offset, size) < 0 else read(name, offset, size)
        except _BROKEN as error:
            raise cut_off(self.path, str(error)) from error
        if len(data) != size or offset + size > member.size:
            raise cut_off(self.path, f"{name}: {size} bytes at {offset}")
        return data

    def close(self) -> None:
        self._streams.close()

    def _pread(self, name: str, offset: int, size: int) -> bytes:
        at = self._members[name].offset_data + offset
        return pread(self._file.fileno(), size, at)

    def _unpack(self, name: str, offset: int, size: int) -> bytes:
        first, last = offset // BLOCK, (offset + size - 1) // BLOCK
        with self._unpacking:
            data = b"".join(self._block(name, number) for number in range(first, last + 1))
        return data[offset - first * BLOCK :][:size]

    def _read_block(self, name: str, number: int) -> bytes:
        member = self._members[name]
        first = number * BLOCK
        return self._streams.read(
            member.offset_data + first, max(min(BLOCK, member.size - first), 0)
        )


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive at `path`. Raises StudioError when it is none, is cut off or is a trap."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise StudioError(f"{path} cannot be opened: {error.strerror}.") from error
    with file:
        compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        try:
            tar = tarfile.open(  # noqa: SIM115 (closed by `with tar`, its errors are not ours)
                fileobj=file, mode="r:gz" if compressed else "r:"
            )
        except _BROKEN as error:
            raise StudioError(
                f"{path.name} is not a .nemo file: it is no tar archive. Choose the file as it "
                "was downloaded; if the download was interrupted, start it again.",
                str(error),
            ) from error
        with tar, closing(Archive(path, file, tar, compressed)) as archive:
            yield archive


def _members(path: Path, tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    members: dict[str, tarfile.TarInfo] = {}
    try:
        for member in tar:
            if member.isdir():
                continue
            name = _safe_name(path, member)
            if name in members:
                raise StudioError(
                    f"{path.name} holds “{name}” twice; it is unclear which one is meant, so "
                    "nothing was read."
                )
            members[name] = member
    except _BROKEN as error:
        raise cut_off(path, str(error)) from error
    _check_end(path, tar, members)
    return members


def _safe_name(path: Path, member: tarfile.TarInfo) -> str:
    """The member's name without `./`; refuses whatever no checkpoint holds."""
    name = member.name.removeprefix("./")
    if name.startswith("/") or ".." in name.split("/"):
        raise StudioError(
            f"{path.name} holds “{member.name}”, a path that leaves its own folder. No checkpoint "
            "needs that, so nothing was read."
        )
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
        raise StudioError(
            f"{path.name} holds “{member.name}”, which is a link or device and not a plain file. "
            "No checkpoint needs that, so nothing was read."
        )
    return name


def _check_end(path: Path, tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo]) -> None:
    """Tar readers do not notice when the last member's data are missing."""
    if tar.fileobj is None or not members:
        return
    last = max(members.values(), key=lambda member: member.offset_data)
    try:
        tar.fileobj.seek(last.offset_data + max(last.size - 1, 0))
        if last.size and not tar.fileobj.read(1):
            raise cut_off(path, last.name)
    except _BROKEN as error:
        raise cut_off(path, str(error)) from error
