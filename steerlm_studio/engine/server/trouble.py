"""What can go wrong with a server, each as a sentence."""

import http.client
import json
import socket
import ssl

from steerlm_studio.http_words import seconds_in
from steerlm_studio.server_address import Address

_SHOWN = 300  # characters of what a server says of an error


class Trouble(Exception):
    """Base of the three below; the text is a sentence for the user."""


class Lost(Trouble):
    """The server cannot be reached, broke off, or failed."""


class Refused(Trouble):
    """The server does not want this request. `status` is HTTP's."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class WebPage(Lost):
    """What answers is for a browser."""


class Busy(Trouble):
    """The server asks to come again, in `after` seconds where it says so."""

    def __init__(self, sentence: str, after: float | None) -> None:
        super().__init__(sentence)
        self.after = after


def of_connection(error: Exception, address: Address, patience: float) -> Lost:
    """For an error of the connection, while it is made or later."""
    place = address.place
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message.rstrip(".")
        return Lost(
            f"The certificate of {place} cannot be trusted: {why}. Use the "
            "address that it is for, or name your own authority's file in SSL_CERT_FILE."
        )
    if isinstance(error, ssl.SSLError):
        return Lost(f"{place} does not speak TLS as it should ({error.reason}). Try http://.")
    if isinstance(error, socket.gaierror):
        return Lost(f"There is no machine called {address.host}. Check the address.")
    if isinstance(error, ConnectionRefusedError):
        return Lost(f"Nothing answers at {address.url}. Start the server, or check the port.")
    if isinstance(error, TimeoutError):
        return Lost(f"{place} said nothing for {patience:.0f} s. Look at the server, then go on.")
    if isinstance(error, http.client.HTTPException | ValueError):
        return Lost(
            f"What {place} says is no HTTP, or was cut. Check address and port, and whether it is "
            "http:// or https://."
        )
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Lost(f"The connection to {place} broke: {why}. Look at the network, then go on.")


def of_proxy(error: Exception, proxy: str, place: str) -> Lost:
    """For an error on the way through a proxy."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Lost(
        f"The proxy {proxy} gives no way to {place}: {why}. Check http_proxy and https_proxy, or "
        f"name {place} in no_proxy."
    )


def check_kind(headers: http.client.HTTPMessage, url: str) -> None:
    """Raise Lost for an answer that no server of models gives."""
    if headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Lost(
            f"What {url} answers is compressed, which was not asked for. Look at what stands "
            "between here and the server."
        )
    if headers.get_content_type() == "text/html":
        raise WebPage(
            f"What {url} answers is a web page, such as one to log in, and no model. Check the "
            "address."
        )


def of_status(status: int, body: bytes, headers: http.client.HTTPMessage, url: str) -> Trouble:
    """For an answer that is not 200."""
    said = message_in(body)
    if status in (401, 403):
        return Refused(f"The server wants another key ({status}{said}). Check the key.", status)
    if status == 407:
        return Refused(
            "The proxy wants a name and a password (407). Write them into http_proxy, as in "
            "http://NAME:WORD@HOST:PORT.",
            status,
        )
    if status == 404:
        return Refused(f"There is no {url} (404{said}). Check address and model name.", status)
    if status in (429, 503):
        return Busy(
            f"The server is busy ({status}{said}). Try again later.",
            seconds_in(headers.get("Retry-After", "")),
        )
    if 300 <= status < 400:
        where = shown(headers.get("Location", ""))
        return Refused(f"The server points to another address: {where}. Give that one.", status)
    if status < 500:
        return Refused(f"The server refused this prompt ({status}{said}).", status)
    return Lost(f"The server failed ({status}{said}). Look at its log, then go on.")


def message_in(body: bytes) -> str:
    """What an error's body says, as “: …”; empty when nothing can be read from it."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for key in ("error", "message", "detail"):
        while isinstance(found, dict) and key in found:
            found = found[key]
    text = found if isinstance(found, str) else json.dumps(found)
    text = shown(text).rstrip(".")
    return f": {text}" if text else ""


def shown(text: str) -> str:
    """What a server says, in one line, without what would steer a terminal, and not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_SHOWN]
