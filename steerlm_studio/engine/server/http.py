"""HTTP for one server: proxies and TLS as the system has them, bounded, stoppable at any time."""

import base64
import contextlib
import http.client
import json
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from steerlm_studio import __version__
from steerlm_studio.engine.server.events import LONGEST
from steerlm_studio.engine.server.trouble import (
    Lost,
    Refused,
    check_kind,
    of_connection,
    of_proxy,
    of_status,
)
from steerlm_studio.server_address import Address

CONNECTING = 15.0  # seconds
_PROMPT = 30.0  # seconds for an answer that is no stream
LARGEST = 16 * 2**20  # bytes of an answer that is no stream
_OF_A_STREAM = (b"data:", b"event:", b":")
_ERROR = 2**16  # bytes of an error's body that are looked at


class Http:
    """`patience` is how many seconds of silence are borne. Methods raise `Trouble`."""

    def __init__(self, address: Address, key: str = "", patience: float = 300.0) -> None:
        self.address = address
        self._key = key
        self._patience = patience
        self._tls = ssl.create_default_context() if address.scheme == "https" else None
        self._lock = threading.Lock()
        self._sockets: set[socket.socket | None] = set()

    def json(self, method: str, path: str, body: object = None) -> Any:
        """The JSON that the server answers with."""
        with self._asked(method, path, body, min(self._patience, _PROMPT)) as response:
            data = response.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Lost(f"{self.address.place} answers with more than can be meant.")
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise Lost(f"What {self.address.url}{path} answers is no JSON.") from None

    def lines(self, path: str, body: object) -> Iterator[bytes]:
        """The lines of a stream as they come, to its end."""
        with self._asked("POST", path, body, self._patience) as response:
            if response.headers.get_content_type() == "application/json":
                first = response.readline(LARGEST)
                if not first.lstrip().startswith(_OF_A_STREAM):
                    yield b"data: " + (first + response.read(LARGEST)).replace(b"\n", b" ")
                    return
                yield first
            while line := response.readline(LONGEST + 1):
                if len(line) > LONGEST:
                    raise Lost(f"{self.address.place} sends a line without end: it was stopped.")
                yield line

    def stop(self) -> None:
        """End what goes on, from any thread; the others see a broken connection."""
        with self._lock:
            for one in filter(None, self._sockets):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def _asked(
        self, method: str, path: str, body: object, patience: float
    ) -> Iterator[http.client.HTTPResponse]:
        proxy = _proxy(self.address)
        connection, target = self._connection(path, proxy)
        own: socket.socket | None = None
        try:
            connection.connect()
            own = connection.sock
            own.settimeout(patience)
            with self._lock:
                self._sockets.add(own)
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, target, data, self._headers(target))
            response = connection.getresponse()
            if response.status != 200:
                said = response.read(_ERROR)
                raise of_status(response.status, said, response.headers, self.address.url + path)
            check_kind(response.headers, self.address.url + path)
            yield response
        except (OSError, http.client.HTTPException, ValueError) as error:  # chunks of length -5
            if proxy is not None and own is None and not isinstance(error, ssl.SSLError):
                raise of_proxy(error, _place(proxy), self.address.place) from error
            raise of_connection(error, self.address, patience) from error
        finally:
            with self._lock:
                self._sockets -= {own}
            connection.close()

    def _connection(
        self, path: str, proxy: SplitResult | None
    ) -> tuple[http.client.HTTPConnection, str]:
        """A connection that is not yet made, and what to ask for on it."""
        address = self.address
        host, port = address.host, address.port
        target = address.prefix + path
        if proxy is not None:
            host, port = proxy.hostname or "", proxy.port or 80
        if self._tls is None:
            plain = http.client.HTTPConnection(host, port, timeout=CONNECTING)
            return plain, target if proxy is None else address.url + path
        secure = http.client.HTTPSConnection(host, port, timeout=CONNECTING, context=self._tls)
        if proxy is not None:
            secure.set_tunnel(address.host, address.port, _authorized(proxy))
        return secure, target

    def _headers(self, target: str) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            "User-Agent": f"steerlm-studio/{__version__}",
            "Host": self.address.place,
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        proxy = _proxy(self.address)
        return headers | (_authorized(proxy) if proxy and "://" in target else {})


def _proxy(address: Address) -> SplitResult | None:
    """The proxy that the system names for this address. Raises Refused for a kind unknown here."""
    if urllib.request.proxy_bypass(f"{address.host}:{address.port}"):
        return None
    proxies = urllib.request.getproxies()
    named = proxies.get(address.scheme) or proxies.get("all")
    if not named:
        return None
    found = urlsplit(named if "://" in named else f"http://{named}")
    if found.scheme != "http":
        raise Refused(
            f"The proxy of this machine speaks {found.scheme}, which is not known here. "
            "Name the server in NO_PROXY, or give an http:// proxy.",
            0,
        )
    return found


def _place(proxy: SplitResult) -> str:
    """Host and port, without a name and a password."""
    return proxy.netloc.rpartition("@")[2]


def _authorized(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
