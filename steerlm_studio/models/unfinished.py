"""Which downloads were begun and not finished: one small readable file for each."""

import contextlib
import hashlib
from pathlib import Path

import msgspec

from steerlm_studio import folders
from steerlm_studio.models.address import Address
from steerlm_studio.models.readable import write_readable

SUFFIX = ".studio.incomplete"  # huggingface_hub counts `*.incomplete` as what it is


class Unfinished(msgspec.Struct, frozen=True):
    """A download to go on with. `partial` is where its bytes are."""

    repo: str
    file: str
    revision: str
    etag: str
    total: int
    blobs: str

    @property
    def address(self) -> Address:
        return Address(self.repo, self.file, self.revision)

    @property
    def partial(self) -> Path:
        return Path(self.blobs) / (self.etag + SUFFIX)

    @property
    def present(self) -> int:
        """Bytes that are here already; all, where only the name in the cache is missing."""
        for file in (self.partial, Path(self.blobs) / self.etag):
            with contextlib.suppress(OSError):
                return file.stat().st_size
        return 0


def _folder() -> Path:
    return folders.data() / "downloads"


def _note(address: Address, blobs: Path) -> Path:
    key = f"{address.repo}\n{address.file}\n{address.revision}\n{blobs}"
    return _folder() / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"


def remember(address: Address, etag: str, total: int, blobs: Path) -> str:
    """Note that this is being fetched; returns the etag of what was begun before, or empty."""
    note = _note(address, blobs)
    before = _read(note)
    this = Unfinished(address.repo, address.file, address.revision, etag, total, str(blobs))
    if this != before:
        write_readable(note, this)
    return before.etag if before else ""


def forget(address: Address, blobs: Path) -> None:
    """It is finished or given up."""
    _note(address, blobs).unlink(missing_ok=True)


def unfinished() -> tuple[Unfinished, ...]:
    """All that can be gone on with, by name."""
    notes = (_read(note) for note in sorted(_folder().glob("*.json")))
    return tuple(sorted((n for n in notes if n), key=lambda n: (n.repo, n.file)))


def give_up(download: Unfinished) -> None:
    """Throw away what was fetched, and forget it."""
    download.partial.unlink(missing_ok=True)
    forget(download.address, Path(download.blobs))


def _read(note: Path) -> Unfinished | None:
    """A note that cannot be read is of no use: its bytes are fetched anew when asked for."""
    with contextlib.suppress(OSError, msgspec.MsgspecError, RecursionError):
        if not note.is_file():  # a pipe would be waited for
            return None
        return msgspec.json.decode(note.read_bytes(), type=Unfinished)
    return None
