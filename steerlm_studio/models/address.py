"""A model's place on the hub: read from a name or a pasted link."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from steerlm_studio.errors import StudioError

_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_VIEWS = ("tree", "blob", "resolve", "raw")


@dataclass(frozen=True)
class Address:
    """A repository, or one of its files where `file` is not empty."""

    repo: str
    file: str = ""
    revision: str = "main"


def address_in(text: str, endpoint: str = "") -> Address:
    """Read `owner/name`, `owner/name/file`, `hf://…` or a link of the hub. Raises StudioError."""
    pieces = _pieces(text.strip(), endpoint)
    if pieces and pieces[0] in ("datasets", "spaces", "collections", "docs", "papers"):
        raise StudioError(f"“{text}” is not the address of a model. Give owner/name or its link.")
    if len(pieces) < 2 or not all(_NAME.fullmatch(piece) for piece in pieces[:2]):
        raise StudioError(
            f"“{text}” is no model of the hub. Give owner/name, for example "
            "nvidia/nemotron-3-8b-chat-4k-steerlm, or paste the link of its page."
        )
    repo, rest, revision = "/".join(pieces[:2]), pieces[2:], "main"
    if len(rest) >= 2 and rest[0] in _VIEWS:
        revision, rest = rest[1], rest[2:]
    if ".." in rest:
        raise StudioError(f"“{text}” names a file outside of its repository.")
    return Address(repo, "/".join(rest), revision)


def _pieces(text: str, endpoint: str) -> list[str]:
    if text.startswith("hf://"):
        path = text.removeprefix("hf://").removeprefix("models/")
    elif "://" in text or text.split("/")[0].lower() in _HOSTS:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        if parts.hostname not in (*_HOSTS, urlsplit(endpoint).hostname):
            raise StudioError(f"“{text}” is not a link of the hub ({endpoint or _HOSTS[0]}).")
        path = parts.path
    else:
        path = text
    return [unquote(piece) for piece in path.split("/") if piece]
