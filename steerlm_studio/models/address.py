"""A model's place on the hub: read from a name or a pasted link."""

import os
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from steerlm_studio.errors import StudioError
from steerlm_studio.http_words import without_login

_HUB = "https://huggingface.co"
_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_NO_MODELS = ("datasets", "spaces", "collections", "docs", "papers", "blog", "api")
_FILE_VIEWS = ("blob", "resolve", "raw", "blame", "edit")
_TREE_VIEWS = ("tree", "commits", "commit")
_OTHER_PAGES = ("discussions", "settings", "activity")


@dataclass(frozen=True)
class Address:
    """A repository, or one of its files where `file` is not empty."""

    repo: str
    file: str = ""
    revision: str = "main"

    @property
    def text(self) -> str:
        """The repository in its revision, as `address_in` reads it."""
        return self.repo if self.revision == "main" else f"{self.repo}/tree/{self._revision}"

    @property
    def page(self) -> str:
        """Where a browser shows it."""
        endpoint = without_login(os.environ.get("HF_ENDPOINT") or _HUB)
        return f"{endpoint.rstrip('/')}/{self.text}"

    @property
    def _revision(self) -> str:
        return quote(self.revision, safe="")


def address_in(text: str, endpoint: str = "") -> Address:
    """Read `owner/name`, `owner/name/file`, `hf://…` or a link of the hub. Raises StudioError.

    A hub of one's own is named by `endpoint`, else by HF_ENDPOINT.
    """
    text = text.strip().strip("<>\"'").strip()
    pieces, is_link = _pieces(text, endpoint or os.environ.get("HF_ENDPOINT", ""))
    if pieces and pieces[0] in _NO_MODELS:
        raise StudioError(f"“{text}” is not the address of a model. Give owner/name or its link.")
    revision = "main"
    if is_link and len(pieces) > 1 and pieces[1].endswith(".git"):
        pieces[1] = pieces[1].removesuffix(".git")
    if len(pieces) > 1 and "@" in pieces[1]:
        pieces[1], _, revision = pieces[1].partition("@")
    if len(pieces) < 2 or not all(_NAME.fullmatch(piece) for piece in pieces[:2]):
        raise StudioError(
            f"“{text}” is no model of the hub. Give owner/name, for example "
            "nvidia/nemotron-3-8b-chat-4k-steerlm, or paste the link of its page."
        )
    rest = pieces[2:]
    if len(rest) >= 2 and rest[0] in (*_FILE_VIEWS, *_TREE_VIEWS):
        revision, rest = rest[1], rest[2:] if rest[0] in _FILE_VIEWS else []
    elif is_link and rest and rest[0] in (*_FILE_VIEWS, *_TREE_VIEWS, *_OTHER_PAGES):
        rest = []
    file = "/".join(rest)
    if {"..", "."} & {*file.split("/"), *revision.split("/")}:
        raise StudioError(f"“{text}” names a file outside of its repository.")
    return Address("/".join(pieces[:2]), file, revision or "main")


def _pieces(text: str, endpoint: str) -> tuple[list[str], bool]:
    """What stands between the slashes, and whether it was a link."""
    is_link = False
    if text.startswith("hf://"):
        path = text.removeprefix("hf://").removeprefix("models/")
    elif "://" in text or text.split("/")[0].lower() in _HOSTS:
        path, is_link = _path(text, endpoint), True
    else:
        path = text
    return [unquote(piece) for piece in path.split("/") if piece], is_link


def _path(text: str, endpoint: str) -> str:
    """What a link has after the host, which must be the hub's; a hub may lie below a path."""
    own = urlsplit(endpoint)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = parts.hostname
    except ValueError:
        host = None
    if host is None or host not in (*_HOSTS, own.hostname):
        raise StudioError(f"“{text}” is not a link of the hub ({endpoint or _HOSTS[0]}).")
    below = own.path.rstrip("/") + "/"
    return parts.path.removeprefix(below) if host == own.hostname else parts.path
