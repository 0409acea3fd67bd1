"""The model files of this machine: bundled, in the Hugging Face cache, in the user's folders."""

import os
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import constants

from steerlm_studio import folders, resources
from steerlm_studio.gguf_parts import is_later_part
from steerlm_studio.models.library import Library, library
from steerlm_studio.models.summary import FORMATS, Summary, summary

DEPTH = 4  # folders below one that the user added
LIMIT = 100_000  # files looked at below one folder
MODELS = 1_000  # models read below one folder: the header of a large vocabulary takes 0.4 s


def local_models(
    known: Library | None = None, cache: Path | None = None, cut: list[str] | None = None
) -> tuple[Summary, ...]:
    """All of them, each once; nothing is copied or moved. `cache` is the usual one if not given.

    To `cut` is added which folders hold more than the `LIMIT` files that are looked at, or more
    than `MODELS`.
    """
    known = library() if known is None else known
    cut = [] if cut is None else cut
    found: dict[str, Summary] = {}
    for path, where, repo in _all(known, cache, cut):
        real = os.path.realpath(path)  # links in a circle are no error to it
        if real not in found and not is_later_part(path.name) and os.path.exists(real):
            found[real] = summary(path, where, repo)
    return tuple(found.values())


def _all(known: Library, cache: Path | None, cut: list[str]) -> Iterator[tuple[Path, str, str]]:
    yield resources.demo_model(), "bundled", ""
    yield from _in_cache(cache or Path(constants.HF_HUB_CACHE))
    for folder in (folders.data() / "models", *map(Path, known.folders)):
        yield from ((path, "folder", "") for path in _below(folder, cut))
    yield from ((Path(path), "recent", "") for path in known.recent)


def _in_cache(cache: Path) -> Iterator[tuple[Path, str, str]]:
    """Of each repository the newest revision first.

    The hub's own `scan_cache_dir` leaves out all of a repository of which one file is missing.
    """
    for repo in _folders_in(cache):
        owner, _, name = repo.name.removeprefix("models--").partition("--")
        if repo.name.startswith("models--"):
            revisions = _folders_in(repo / "snapshots")
            for revision in sorted(revisions, key=_changed, reverse=True):
                yield from (
                    (path, "hub", f"{owner}/{name}" if name else owner)
                    for path in _models_below(revision)
                )


def _changed(folder: Path) -> float:
    """When; a revision that is removed while one looks counts as the oldest."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def _folders_in(folder: Path) -> list[Path]:
    """Those that can be seen, by name; none where there is no such folder, or none for us."""
    try:
        with os.scandir(folder) as entries:
            names = sorted((e.name for e in entries if e.is_dir()), key=str.lower)
    except OSError:
        return []
    return [folder / name for name in names]


def _models_below(folder: Path) -> Iterator[Path]:
    for where, inner, files in os.walk(folder):
        inner.sort()
        yield from (Path(where) / name for name in sorted(files) if _is_model(name))


def _below(folder: Path, cut: list[str]) -> Iterator[Path]:
    """The models in a folder and below, hidden folders and links to folders left out."""
    seen, models, top = 0, 0, len(folder.parts)
    for where, inner, files in os.walk(folder):
        deep = len(Path(where).parts) - top >= DEPTH
        inner[:] = [] if deep else sorted(name for name in inner if not name.startswith("."))
        for name in sorted(files):
            seen, models = seen + 1, models + _is_model(name)
            if seen > LIMIT or models > MODELS:
                cut.append(str(folder))
                return
            if _is_model(name):
                yield Path(where) / name


def _is_model(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in FORMATS
