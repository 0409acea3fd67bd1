"""The model files of this machine: bundled, in the Hugging Face cache, in the user's folders."""

import os
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import constants, scan_cache_dir
from huggingface_hub.errors import CacheNotFound

from steerlm_studio import folders, resources
from steerlm_studio.models.library import Library, library
from steerlm_studio.models.summary import FORMATS, Summary, is_later_part, summary

DEPTH = 4  # folders below one that the user added
LIMIT = 5000  # files looked at below one folder


def local_models(known: Library | None = None, cache: Path | None = None) -> tuple[Summary, ...]:
    """All of them, each once; nothing is copied or moved. `cache` is the usual one if not given."""
    known = library() if known is None else known
    found: dict[Path, Summary] = {}
    for path, where, repo in _all(known, cache):
        real = path.resolve()
        if real not in found and not is_later_part(path) and path.exists():
            found[real] = summary(path, where, repo)
    return tuple(found.values())


def _all(known: Library, cache: Path | None) -> Iterator[tuple[Path, str, str]]:
    yield resources.demo_model(), "bundled", ""
    yield from _in_cache(cache)
    for folder in (folders.data() / "models", *map(Path, known.folders)):
        yield from ((path, "folder", "") for path in _below(folder))
    yield from ((Path(path), "recent", "") for path in known.recent)


def _in_cache(cache: Path | None) -> Iterator[tuple[Path, str, str]]:
    try:
        repos = scan_cache_dir(cache or constants.HF_HUB_CACHE).repos
    except (CacheNotFound, OSError):  # there is none yet, or none for us
        return
    for repo in sorted(repos, key=lambda repo: repo.repo_id.lower()):
        for revision in sorted(repo.revisions, key=lambda r: r.last_modified, reverse=True):
            for file in sorted(revision.files, key=lambda file: file.file_name):
                if repo.repo_type == "model" and _is_model(file.file_path):
                    yield file.file_path, "hub", repo.repo_id


def _below(folder: Path) -> Iterator[Path]:
    """The models in a folder and below, hidden folders and links to folders left out."""
    seen, top = 0, len(folder.parts)
    for where, inner, files in os.walk(folder):
        deep = len(Path(where).parts) - top >= DEPTH
        inner[:] = [] if deep else sorted(name for name in inner if not name.startswith("."))
        for name in sorted(files):
            seen += 1
            if seen > LIMIT:
                return
            if _is_model(Path(name)):
                yield Path(where) / name


def _is_model(path: Path) -> bool:
    return path.suffix.lower() in FORMATS
