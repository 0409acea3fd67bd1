"""Where a server is, from what a user types."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from steerlm_studio.errors import StudioError

_ENDINGS = ("/v1/completions", "/v1/chat/completions", "/completion", "/v1/models", "/v1")
_PORTS = {"http": 80, "https": 443}
_HALF = re.compile(r"https?:(?!//)", re.IGNORECASE)  # http:/host is no host named http
_NAME = re.compile(r"[a-z0-9._-]+")


@dataclass(frozen=True)
class Address:
    """`prefix` is what stands before `/v1/…` on a server that shares its host with others."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @property
    def place(self) -> str:
        """Host and port as they are written in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.place}{self.prefix}"

    @property
    def is_encrypted(self) -> bool:
        """Whether a key stays secret on its way: TLS, or no way at all."""
        return self.scheme == "https" or self._is_this_machine

    @property
    def _is_this_machine(self) -> bool:
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def address_of(text: str) -> Address:
    """Read `host:8080`, `::1`, `http://host/v1` and the like. Raises StudioError."""
    text = text.strip()
    url = text if "://" in text else f"http://{_bracketed(text)}"
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise StudioError("Give the key apart and not in the address: addresses are shown.")
    try:
        found = urlsplit(url)
        host, port = _host(found.hostname or ""), found.port
    except ValueError as error:
        raise StudioError(f"“{text[:200]}” is no address of a server: {error}.") from error
    is_odd = found.query or found.fragment or port == 0 or _HALF.match(text)
    if found.scheme not in _PORTS or not host or is_odd:
        raise StudioError(
            f"“{text[:200]}” is no address of a server. Give one like http://localhost:8080."
        )
    path = quote(found.path, safe="/%:@!$&'()*+,;=~").rstrip("/")
    for ending in _ENDINGS:
        path = path.removesuffix(ending)
    return Address(found.scheme, host, port or _PORTS[found.scheme], path.rstrip("/"))


def _bracketed(text: str) -> str:
    """An IPv6 address alone as it stands in a URL."""
    try:
        return f"[{ipaddress.IPv6Address(text)}]"
    except ValueError:
        return text


def _host(name: str) -> str:
    """As it is looked up: letters of other scripts in ASCII; empty for what is no name."""
    if ":" in name:
        return name  # IPv6, which `urlsplit` has looked at
    try:
        name = name.encode("idna").decode()
    except UnicodeError:
        return ""
    return name if _NAME.fullmatch(name) else ""
