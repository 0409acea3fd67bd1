"""The files of a checkpoint that lies unpacked in a folder."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from steerlm_studio.errors import StudioError
from steerlm_studio.export.members import cut_off, pread


class Folder:
    """The files below `path`, by their path from there; opened once, when first read."""

    def __init__(self, path: Path, open_files: ExitStack) -> None:
        self.path = path
        self.names = tuple(sorted(_files(path)))
        self._open_files = open_files
        self._handles: dict[str, int] = {}

    def size(self, name: str) -> int:
        return (self.path / name).stat().st_size

    def file(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb")

    def read(self, name: str, offset: int, size: int) -> bytes:
        if min(offset, size) < 0:
            raise cut_off(self.path / name)
        data = pread(self._handle(name), size, offset)
        if len(data) != size:
            raise cut_off(self.path / name)
        return data

    def _handle(self, name: str) -> int:
        if name not in self._handles:
            file = self._open_files.enter_context(self.file(name))
            self._handles[name] = file.fileno()
        return self._handles[name]


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """The folder at `path`; its files stay open until the block ends. Raises StudioError."""
    with ExitStack() as open_files:
        try:
            yield Folder(path, open_files)
        except OSError as error:
            name = error.filename or path
            raise StudioError(f"{name} cannot be read: {error.strerror}.") from error


def _files(path: Path) -> Iterator[str]:
    for folder, _, names in os.walk(path):
        for name in names:
            yield (Path(folder) / name).relative_to(path).as_posix()
