"""Fetches one file of the hub into the Hugging Face cache; goes on where a killed one ended."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from huggingface_hub import constants, hf_hub_download
from huggingface_hub.errors import LocalEntryNotFoundError
from huggingface_hub.file_download import are_symlinks_supported, repo_folder_name

from steerlm_studio.amounts import as_bytes
from steerlm_studio.models import unfinished
from steerlm_studio.models.address import Address
from steerlm_studio.models.hub import Hub, RemoteFile
from steerlm_studio.models.hub_error import HubError
from steerlm_studio.models.hub_words import ERRORS, in_words
from steerlm_studio.models.partial import Partial, discard_others
from steerlm_studio.models.progress import Checking, Fetched, Finished, Progress, Started
from steerlm_studio.models.transfer import Changed, Patience, asked, fetch

SPARE = 64 << 20  # bytes that stay free on the disk
VERSIONS = 3  # how often the hub may change the file under us


def download(
    address: Address,
    hub: Hub | None = None,
    cache: Path | None = None,
    patience: Patience | None = None,
) -> Iterator[Progress]:
    """Yields Started, Checking, Fetched and Waiting, and Finished last. Raises HubError.

    Closing the iterator, or killing the process, keeps what was fetched; the next call asks for the
    rest only, if the file is still the same. The bytes are checked against the hub's sha256 before
    they get their name. `cache` is the Hugging Face cache unless given.
    """
    hub, patience = hub or Hub(), patience or Patience()
    try:
        job = _Job(address, hub, cache or Path(constants.HF_HUB_CACHE), patience)
        for _ in range(VERSIONS):
            try:
                yield from job.run()
                return
            except Changed:
                continue
    except ERRORS as error:
        words = in_words(error, endpoint=hub.endpoint, repo=address.repo, file=address.file)
        raise words from error
    raise HubError(f"{address.file} keeps changing on the hub. Try again later.", "hub")


class _Job:
    def __init__(self, address: Address, hub: Hub, cache: Path, patience: Patience) -> None:
        self._address, self._hub, self._cache, self._patience = address, hub, cache, patience
        folder = repo_folder_name(repo_id=address.repo, repo_type="model")
        self._blobs = cache / folder / "blobs"
        self._snapshots = cache / folder / "snapshots"
        self._fetched = 0

    def run(self) -> Iterator[Progress]:
        remote = yield from asked(lambda: self._hub.file(self._address), self._patience)
        blob = self._blobs / remote.etag
        named = self._snapshots / remote.commit / self._address.file
        if blob.exists() or (named.exists() and not named.is_symlink()):
            yield Started(self._address.repo, self._address.file, remote.bytes, remote.bytes)
        else:
            yield from self._blob(remote, blob)
            if not are_symlinks_supported(self._cache):  # the library would copy all of it
                named.parent.mkdir(parents=True, exist_ok=True)
                blob.replace(named)
        path = self._snapshot()
        unfinished.forget(self._address, self._blobs)
        yield Finished(str(path), remote.etag, self._fetched)

    def _blob(self, remote: RemoteFile, blob: Path) -> Iterator[Progress]:
        self._check_room(remote.bytes - _size(blob.with_name(blob.name + unfinished.SUFFIX)))
        with Partial(blob, remote.etag, remote.bytes) as partial:
            if blob.exists():  # another process was just done with it
                partial.discard()
                return
            before = unfinished.remember(self._address, remote.etag, remote.bytes, self._blobs)
            discard_others(self._blobs, remote.etag, (before,) if before else ())
            present = partial.size
            yield Started(self._address.repo, self._address.file, remote.bytes, present)
            for done in partial.check():
                yield Checking(done, present)
            yield from self._rest(remote, partial)
            if not partial.is_right and present:  # what was here from before may be to blame
                partial.restart()
                yield from self._rest(remote, partial)
            if not partial.is_right:
                self._refuse(partial)
            partial.finish()

    def _rest(self, remote: RemoteFile, partial: Partial) -> Iterator[Progress]:
        size = partial.size
        for progress in fetch(self._hub, remote, partial, self._patience):
            if isinstance(progress, Fetched):
                self._fetched += max(0, progress.done - size)
                size = progress.done
            yield progress

    def _refuse(self, partial: Partial) -> None:
        partial.discard()
        unfinished.forget(self._address, self._blobs)
        raise HubError(
            f"The bytes of {self._address.file} are not those that the hub names (the checksum "
            "differs), so they were thrown away. Try again; if it happens again, a proxy or the "
            "hub itself changes the file.",
            "checksum",
        )

    def _check_room(self, needed: int) -> None:
        there = next(folder for folder in self._blobs.parents if folder.is_dir())
        free = shutil.disk_usage(there).free
        if needed + SPARE > free:
            raise HubError(
                f"{self._address.file} needs {as_bytes(needed)} more and {as_bytes(SPARE)} to "
                f"spare, {as_bytes(free)} are free in {self._blobs}. Free some space, or let "
                "HF_HOME name a folder on a larger disk.",
                "disk",
            )

    def _snapshot(self) -> Path:
        """Let huggingface_hub give the blob its name in the cache. Raises Changed, or `ERRORS`."""
        what: dict[str, Any] = {
            "repo_id": self._address.repo,
            "filename": self._address.file,
            "revision": self._address.revision,
            "cache_dir": self._cache,
            "endpoint": self._hub.endpoint,
            "etag_timeout": self._hub.timeout,
        }
        try:
            if hf_hub_download(dry_run=True, **what).will_download:
                raise Changed
            return Path(hf_hub_download(**what))
        except LocalEntryNotFoundError as error:  # it wraps why the hub did not answer
            raise (error.__cause__ if isinstance(error.__cause__, ERRORS) else error) from None


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
