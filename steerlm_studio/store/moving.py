"""Taking conversations from where they cannot be kept to where they can."""

from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.store.backup import copy_open
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import Store


def settle(source: Store, path: Path, since: float) -> None:
    """Put what `source` has into the file at `path`. Raises StudioError, having changed nothing.

    All of it where there is no file yet; else the conversations begun or changed since `since`,
    beside those that are there.
    """
    if not path.exists():
        _copy_whole(source, path)
        return
    opened = open_store(path)
    try:
        if not opened.lasting:
            raise StudioError(opened.notes[0])
        _add(source, opened.store, since)
    finally:
        opened.close()


def _copy_whole(source: Store, path: Path) -> None:
    temporary = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        copy_open(source.database, temporary)
        temporary.replace(path)
    except OSError as error:
        raise StudioError(
            f"The conversations cannot be kept in {path.parent}: {error.strerror}. Choose a folder "
            "that is yours."
        ) from error


def _add(source: Store, target: Store, since: float) -> None:
    new = [entry.id for entry in source.shelf.entries() if entry.changed >= since]
    with target.database.write():
        ids = {number: target.add(source.conversation(number)) for number in new}
        if (shown := ids.get(source.state("open"))) is not None:
            target.set_state("open", shown)
