"""Opening the conversations so that the program always starts, and says what is the matter."""

import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from steerlm_studio import folders
from steerlm_studio.errors import piece
from steerlm_studio.store import backup
from steerlm_studio.store.arrivals import discard_abandoned
from steerlm_studio.store.database import BUSY_SECONDS, Database
from steerlm_studio.store.places import Claim, has_locks, is_on_network
from steerlm_studio.store.repair import is_sound, repair
from steerlm_studio.store.schema import migrate
from steerlm_studio.store.store import Store
from steerlm_studio.store.trouble import ELSEWHERE, StoreTrouble, damaged, held, without_locks

_RUNNING = "running"  # True while a window is open, _DAMAGED after one that met with damage
_DAMAGED = "damaged"
NOT_KEPT = piece("You can go on working, but nothing new will be kept.")
OTHER_WINDOW = piece("Another window has the same conversations open; what one writes, both keep.")
NETWORK = piece(
    "The conversations lie on a network drive, or one that works like it. They are kept, only "
    "slower; do not open them from two machines at once."
)


@dataclass
class Opened:
    """A store that works, and what the user should know about it.

    `unclean`: the last window did not close it, so do not load the model it had at once.
    `interrupted`: the turns whose reply was cut by that. `lasting`: what is written stays.
    `since`: when it was opened, in seconds since 1970.
    """

    store: Store
    notes: tuple[str, ...] = ()
    unclean: bool = False
    interrupted: tuple[int, ...] = ()
    lasting: bool = True
    since: float = field(default_factory=time.time)
    claim: Claim | None = field(default=None, repr=False)
    copy: "tempfile.TemporaryDirectory[str] | None" = field(default=None, repr=False)
    _is_closed: bool = field(default=False, repr=False)

    def close(self) -> None:
        """A clean end: the next start need not check anything. Once; then nothing happens."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if self.claim is not None:
                met_damage = self.store.database.saw_damage
                self.store.set_state(_RUNNING, _DAMAGED if met_damage else False)
        finally:
            self.store.close()
            if self.claim is not None:
                self.claim.release()
            if self.copy is not None:
                self.copy.cleanup()


def open_store(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Opened:
    """Open for a window. Never raises for what the disk or the file is like: then `notes` says it.

    A damaged file is repaired, one that cannot be written is copied aside, and where nothing can
    be read the store is in memory.
    """
    try:
        try:
            return _claimed(path, busy_seconds)
        except StoreTrouble as error:
            if not error.damaged:
                raise
            notes = _repaired(path)
        opened = _claimed(path, busy_seconds)
        opened.notes = (*notes, *opened.notes)
        return opened
    except StoreTrouble as error:
        if error.read_only and path.is_file():
            return _copied(path, str(error), NOT_KEPT)
        return Opened(Store.in_memory(), (str(error), NOT_KEPT), lasting=False)


def open_beside(path: Path) -> Opened:
    """Open for a command, perhaps beside a window: nothing is claimed, checked or marked.

    Raises StoreTrouble; a file that cannot be written is copied aside, to be read.
    """
    try:
        return Opened(Store(_database(path, BUSY_SECONDS)))
    except StoreTrouble as error:
        if error.read_only and path.is_file():
            return _copied(path, str(error))
        raise


def _claimed(path: Path, busy_seconds: float) -> Opened:
    database = _database(path, busy_seconds)
    opened = Opened(Store(database), () if database.shared else (NETWORK,))
    try:
        opened.claim = Claim(path.with_suffix(".lock"))
    except BlockingIOError:
        opened.notes = (*opened.notes, OTHER_WINDOW)
        return opened
    except OSError:
        opened.claim = None  # a drive without locks: as if alone
    try:
        _begin(opened)
    except BaseException:
        database.close()
        if opened.claim is not None:
            opened.claim.release()
        raise
    return opened


def _repaired(path: Path) -> tuple[str, ...]:
    claim = None
    try:
        claim = Claim(path.with_suffix(".lock"))
    except BlockingIOError as error:
        raise held(path) from error
    except OSError:
        pass  # no locks there, or the folder cannot be written: that is said next
    try:
        return repair(path)
    finally:
        if claim is not None:
            claim.release()


def _begin(opened: Opened) -> None:
    """Look at how the last window ended, and say that this one runs."""
    store = opened.store
    ended = store.state(_RUNNING, False)
    opened.unclean = bool(ended) and ended != _DAMAGED
    if ended and not is_sound(store.database):
        raise StoreTrouble("The file of the conversations is damaged.", damaged=True)
    discard_abandoned(store.database)
    opened.interrupted = store.interrupted()
    store.set_state(_RUNNING, True)


def _database(path: Path, busy_seconds: float) -> Database:
    if path.parent == folders.chosen_conversations() and not path.parent.is_dir():
        raise StoreTrouble(
            f"The folder {path.parent}, chosen for the conversations, is not there. Connect its "
            "drive and try again, or choose another folder."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreTrouble(
            f"The folder {path.parent} for the conversations cannot be made: {error.strerror}. "
            f"Make it yourself, {ELSEWHERE}.",
        ) from error
    if path.is_file() and not path.stat().st_size and backup.days(path):
        raise damaged(path, "it is empty")
    shared = not is_on_network(path.parent)
    try:
        database = Database(path, shared=shared, busy_seconds=busy_seconds)
    except StoreTrouble as error:
        if error.locked and not has_locks(path.parent):
            raise without_locks(path) from error
        raise
    try:
        migrate(database, lambda version: _kept(path, version))
        _try_to_write(database)
    except BaseException:
        database.close()
        raise
    return database


def _kept(path: Path, version: int) -> None:
    backup.back_up_version(path, version)


def _try_to_write(database: Database) -> None:
    with database.write(durable=False):
        database.do("DELETE FROM state WHERE key = ''")


def _copied(path: Path, *notes: str) -> Opened:
    """Work on a copy in the temporary folder, the log of unfinished business included."""
    folder = tempfile.TemporaryDirectory(prefix="steerlm-studio-")
    try:
        for ending in ("", "-wal", "-journal"):
            part = path.with_name(path.name + ending)
            if part.exists():
                shutil.copyfile(part, Path(folder.name) / part.name)
        store = Store(_database(Path(folder.name) / path.name, BUSY_SECONDS))
    except (OSError, StoreTrouble):
        folder.cleanup()
        return Opened(Store.in_memory(), notes, lasting=False)
    return Opened(store, notes, lasting=False, copy=folder)
