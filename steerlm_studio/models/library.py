"""The folders that the user wants searched for models, and the models opened last."""

from pathlib import Path

import msgspec

from steerlm_studio import folders
from steerlm_studio.errors import StudioError
from steerlm_studio.models.readable import path_text, read_readable, write_readable

MAX_RECENT = 12


class Library(msgspec.Struct, frozen=True):
    """Full paths; of the recent ones the newest first."""

    folders: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()


def library() -> Library:
    """What was kept, without what no path can be."""
    known = read_readable(_file(), Library, Library())
    sound = (tuple(p for p in paths if "\0" not in p) for paths in (known.folders, known.recent))
    return Library(*sound)


def add_folder(folder: Path) -> Library:
    """Search this folder, too. Raises StudioError when it is none."""
    if not folder.is_dir():
        raise StudioError(f"{folder} is not a folder. Give one that holds .gguf or .nemo files.")
    known, path = library(), path_text(folder.resolve())
    return _kept(Library((*(f for f in known.folders if f != path), path), known.recent))


def remove_folder(folder: Path) -> Library:
    """Search it no more; its files stay."""
    known, names = library(), {path_text(folder), path_text(folder.resolve())}
    return _kept(Library(tuple(f for f in known.folders if f not in names), known.recent))


def remember(model: Path) -> Library:
    """Put the model first among the recent ones."""
    known, path = library(), path_text(model.absolute())
    others = [other for other in known.recent if other != path]
    return _kept(Library(known.folders, (path, *others)[:MAX_RECENT]))


def forget(model: Path) -> Library:
    """Take the model off the recent ones."""
    known, path = library(), path_text(model.absolute())
    return _kept(Library(known.folders, tuple(r for r in known.recent if r != path)))


def _kept(changed: Library) -> Library:
    write_readable(_file(), changed)
    return changed


def _file() -> Path:
    return folders.config() / "library.json"
