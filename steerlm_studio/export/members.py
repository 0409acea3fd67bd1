"""The files of a checkpoint, whether they lie in a folder or inside an archive."""

import os
from pathlib import Path
from typing import IO, Protocol

from steerlm_studio.errors import StudioError


class Members(Protocol):
    """Files by name, with `/` between folders; read at any place, never written."""

    @property
    def path(self) -> Path: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    def size(self, name: str) -> int: ...

    def file(self, name: str) -> IO[bytes]:
        """A seekable file, to be closed by the caller."""

    def read(self, name: str, offset: int, size: int) -> bytes:
        """`size` bytes from `offset` on. Raises StudioError when they are not there."""


def small(members: Members, name: str, limit: int) -> bytes:
    """A whole file of at most `limit` bytes. Raises StudioError."""
    size = members.size(name)
    if size > limit:
        raise StudioError(
            f"“{name}” in {members.path.name} has {size} bytes; no such file has more than "
            f"{limit}. Check that this is the right checkpoint."
        )
    return members.read(name, 0, size)


def pread(handle: int, size: int, offset: int) -> bytes:
    """`size` bytes of an open file, or as many as there are; one system call gives some 2 GiB."""
    data = os.pread(handle, size, offset)
    while len(data) < size and (more := os.pread(handle, size - len(data), offset + len(data))):
        data += more
    return data


def cut_off(path: Path, detail: str = "") -> StudioError:
    """The error for data that should be in the file and are not."""
    return StudioError(
        f"{path.name} is cut off or damaged: it ends before its contents do. Download it again "
        "and compare its size.",
        detail,
    )
