"""What the hub has: search, the files of a repository, its licence and gating."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote, urljoin, urlsplit

import msgspec
from huggingface_hub import constants, get_hf_file_metadata, hf_hub_url

from steerlm_studio.http_words import without_login
from steerlm_studio.models.address import Address
from steerlm_studio.models.http import build_hf_headers, get_token, what_is_at
from steerlm_studio.models.hub_error import HubError
from steerlm_studio.models.hub_words import ERRORS, in_words
from steerlm_studio.models.quant import quant_in_name

T = TypeVar("T")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_WANTED = {".gguf": "gguf", ".nemo": "nemo"}


class _Lfs(msgspec.Struct):
    sha256: str = ""
    oid: str = ""


class _Sibling(msgspec.Struct):
    rfilename: str
    size: int | None = None
    lfs: _Lfs | None = None


class _Repo(msgspec.Struct):
    """The part of the hub's answer that is used; anything else is skipped."""

    id: str
    sha: str = ""
    gated: bool | str = False
    downloads: int = 0
    likes: int = 0
    card: dict[str, Any] | None = msgspec.field(name="cardData", default=None)
    tags: list[str] = msgspec.field(default_factory=list)
    siblings: list[_Sibling] | None = None


@dataclass(frozen=True)
class HubFile:
    """A file of a repository; `bytes` is -1 where the hub does not say."""

    name: str
    bytes: int
    sha256: str = ""

    @property
    def kind(self) -> str:
        """gguf, nemo or other."""
        return _WANTED.get(PurePosixPath(self.name).suffix.lower(), "other")

    @property
    def quant(self) -> str:
        return quant_in_name(PurePosixPath(self.name).name) if self.kind == "gguf" else ""


@dataclass(frozen=True)
class HubModel:
    """A repository. `gated` is empty, or auto or manual: who lets you in once you asked."""

    repo: str
    licence: str
    licence_link: str
    gated: str
    downloads: int
    likes: int
    commit: str = ""
    files: tuple[HubFile, ...] = ()


@dataclass(frozen=True)
class RemoteFile:
    """One file as the hub has it now; `etag` is its sha256, or git's sha1 of small files."""

    address: Address
    etag: str
    bytes: int
    commit: str
    location: str


@dataclass(frozen=True)
class Hub:
    """A hub at `endpoint`; every request gives up after `timeout` seconds of silence.

    Raises HubError for an endpoint or a token that cannot be one.
    """

    endpoint: str = field(default_factory=lambda: constants.ENDPOINT)
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if not _is_address(self.endpoint):
            raise HubError(
                f"“{without_login(self.endpoint)}” is not the address of a hub. Set HF_ENDPOINT to "
                "one like https://huggingface.co, or unset it.",
                "hub",
            )
        token = get_token() or ""
        if not token.isascii() or not token.isprintable():
            raise HubError(
                "The token of the hub holds characters that no token has. Copy it again, or unset "
                "HF_TOKEN.",
                "gated",
                link=self.page("settings/tokens"),
            )

    def search(self, query: str, limit: int = 20) -> tuple[HubModel, ...]:
        """Models whose names hold the words, the most downloaded first. Raises HubError.

        A model that the hub describes in a way that is not known here hides no other.
        """
        asked = {"search": query, "limit": limit, "sort": "downloads", "full": "true"}
        data = self._get("/api/models", asked | {"cardData": "true"})
        found = []
        for entry in _decoded(data, list[msgspec.Raw], self.page()):
            with contextlib.suppress(msgspec.MsgspecError):
                found.append(_model(msgspec.json.decode(entry, type=_Repo)))
        return tuple(found)

    def model(self, address: Address) -> HubModel:
        """A repository with all its files. Raises HubError."""
        path = f"/api/models/{quote(address.repo)}/revision/{quote(address.revision, safe='')}"
        data = self._get(path, {"blobs": "true"}, address.repo)
        return _model(_decoded(data, _Repo, self.page()))

    def file(self, address: Address) -> RemoteFile:
        """Where and how large a file is now, by one HEAD. Raises HubError, or one of `ERRORS`."""
        url = hf_hub_url(
            address.repo, address.file, revision=address.revision, endpoint=self.endpoint
        )
        try:
            found = get_hf_file_metadata(url, timeout=self.timeout, endpoint=self.endpoint)
            location = urljoin(url, found.location)
        except ERRORS:
            raise
        except ValueError as error:  # it points to what is no address
            raise self._no_hub(address) from error
        if not found.etag or found.size is None or not found.commit_hash:
            raise HubError(
                f"{self.page()} does not say what {address.file} is (no size, version or "
                "checksum). If HF_ENDPOINT is set, check that it is a hub; else check the proxy.",
                "hub",
            )
        if not _PLAIN.fullmatch(found.etag) or not _PLAIN.fullmatch(found.commit_hash):
            raise self._no_hub(address)  # they become names of a file and of a folder
        return RemoteFile(address, found.etag, found.size, found.commit_hash, location)

    def headers_for(self, url: str) -> dict[str, str]:
        """The headers of a download; the token goes to the hub itself only."""
        token = None if self.is_own(url) else False
        return {**build_hf_headers(token=token), "Accept-Encoding": "identity"}

    def is_own(self, url: str) -> bool:
        """Whether it is on the hub itself, asked for in the same way."""
        return urlsplit(url)[:2] == urlsplit(self.endpoint)[:2]

    def page(self, path: str = "") -> str:
        """What a browser shows, without a name and a password that the endpoint may hold."""
        return without_login(f"{self.endpoint}/{path}" if path else self.endpoint)

    def _no_hub(self, address: Address) -> HubError:
        return HubError(f"{self.page()} names {address.file} in a way no hub does.", "hub")

    def _get(self, path: str, asked: Mapping[str, Any], repo: str = "") -> bytes:
        try:
            return what_is_at(self.endpoint + path, asked, self.timeout)
        except ERRORS as error:
            raise in_words(error, endpoint=self.endpoint, repo=repo) from error


def _is_address(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _decoded(data: bytes, kind: type[T], endpoint: str) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise HubError(
            f"{endpoint} did not answer as a hub does. If HF_ENDPOINT is set, check it; else a "
            "login page of your network may have answered instead.",
            "hub",
            detail=str(error),
        ) from error


def _model(repo: _Repo) -> HubModel:
    card = repo.card or {}
    files = tuple(
        HubFile(s.rfilename, -1 if s.size is None else s.size, _sha256(s))
        for s in repo.siblings or ()
        if not {"", ".", ".."} & set(s.rfilename.split("/"))  # none may leave its folder
    )
    return HubModel(
        repo=repo.id,
        licence=_licence(card, repo.tags),
        licence_link=str(card.get("license_link") or ""),
        gated=repo.gated if isinstance(repo.gated, str) else ("auto" if repo.gated else ""),
        downloads=repo.downloads,
        likes=repo.likes,
        commit=repo.sha,
        files=files,
    )


def _sha256(sibling: _Sibling) -> str:
    return (sibling.lfs.sha256 or sibling.lfs.oid) if sibling.lfs else ""


def _licence(card: Mapping[str, Any], tags: list[str]) -> str:
    """The licence's own name where the hub's list has none for it (“other”)."""
    named = card.get("license_name") or card.get("license")
    if isinstance(named, list):
        named = ", ".join(map(str, named))
    tagged = [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    return str(named) if named else ", ".join(tagged)
