"""Where a server is, from what a user types."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from steerlm_studio.errors import StudioError

_ENDINGS = ("/v1/completions", "/v1/chat/completions", "/completion", "/v1/models", "/v1")
_PORTS = {"http": 80, "https": 443}


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
    """Read `host:8080`, `http://host/v1` and the like. Raises StudioError."""
    text = text.strip()
    if "://" not in text:
        text = f"http://{text}"
    try:
        found = urlsplit(text)
        host, port = found.hostname, found.port
    except ValueError as error:
        raise StudioError(f"“{text[:200]}” is no address of a server: {error}.") from error
    if found.scheme not in _PORTS or not host or found.query or found.fragment:
        raise StudioError(
            f"“{text[:200]}” is no address of a server. Give one like http://localhost:8080."
        )
    if found.username is not None:
        raise StudioError("Give the key apart and not in the address: addresses are shown.")
    path = found.path.rstrip("/")
    for ending in _ENDINGS:
        path = path.removesuffix(ending)
    return Address(found.scheme, host, port or _PORTS[found.scheme], path.rstrip("/"))
