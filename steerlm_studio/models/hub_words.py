"""What went wrong with the hub or the disk, in words."""

import errno
import re
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

from huggingface_hub.errors import (
    DisabledRepoError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from steerlm_studio.errors import piece
from steerlm_studio.http_words import seconds_in, without_login
from steerlm_studio.models.http import get_token, httpx
from steerlm_studio.models.hub_error import HubError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_FOR_GOOD = (httpx.ProxyError, httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_RATE = re.compile(r";\s*r=0\s*;\s*t=(\d{1,9})")  # of a RateLimit header: none left for t seconds

# What the hub's library, its HTTP client and the disk raise when a request fails
ERRORS = (HfHubHTTPError, httpx.HTTPError, httpx.InvalidURL, HFValidationError, OSError)


def may_pass(error: Exception) -> bool:
    """Whether trying again soon may help: lost connections, timeouts, a busy server."""
    if isinstance(error, HfHubHTTPError):
        return error.response.status_code in _PASSING
    return isinstance(error, httpx.TransportError) and not isinstance(error, _FOR_GOOD)


def asked_to_wait(error: Exception) -> float:
    """Seconds that the server wants one to wait, 0 where it does not say."""
    if not isinstance(error, HfHubHTTPError):
        return 0.0
    headers = error.response.headers
    if found := _RATE.search(headers.get("RateLimit", "")):
        return float(found[1])
    return seconds_in(headers.get("Retry-After", "")) or 0.0


def in_words(error: Exception, *, endpoint: str, repo: str = "", file: str = "") -> HubError:
    """The sentence for an error of the hub's library, its HTTP client or the disk."""
    if isinstance(error, HubError):
        return error
    page = without_login(f"{endpoint}/{repo}" if repo else endpoint)
    for kind, say in _SENTENCES:
        if isinstance(error, kind):
            found = say(error, page, file)
            found.detail = _without_secrets(f"{type(error).__name__}: {error}")
            return found
    return HubError(f"{page} cannot be used: {_without_secrets(str(error))}.", "other", link=page)


def reason(error: Exception) -> str:
    """A few words on an error that may pass, for a line such as “waiting 4 s: …”."""
    if isinstance(error, HfHubHTTPError):
        return piece(f"the server answers with status {error.response.status_code}")
    if isinstance(error, httpx.TimeoutException):
        return piece("the server stopped sending")
    return piece("the connection was lost")


def _gated(error: Exception, page: str, file: str) -> HubError:
    who = (
        piece("your token's account has not been granted access yet")
        if get_token()
        else piece("you are not logged in")
    )
    return HubError(
        f"This model is gated and {who}. Open {page}, accept its conditions there, then try again."
        f"{_login()}",
        "gated",
        link=page,
    )


def _disabled(error: Exception, page: str, file: str) -> HubError:
    return HubError(
        f"The hub has disabled {page}: nothing can be fetched from it. Its page may say why.",
        "missing",
        link=page,
    )


def _missing_repo(error: Exception, page: str, file: str) -> HubError:
    unseen = (
        piece("it is private") if get_token() else piece("it is private and you are not logged in")
    )
    return HubError(
        f"There is no model at {page}, or {unseen}. Check owner and name.{_login()}",
        "missing",
        link=page,
    )


def _misnamed(error: Exception, page: str, file: str) -> HubError:
    return HubError(f"{page} cannot be the page of a model. Check owner and name.", "missing")


def _missing_revision(error: Exception, page: str, file: str) -> HubError:
    return HubError(f"{page} has no such revision. Leave it out for the newest.", "missing")


def _missing_file(error: Exception, page: str, file: str) -> HubError:
    return HubError(
        f"{page} has no file “{file}”. List its files and check the spelling.", "missing", link=page
    )


def _offline(error: Exception, page: str, file: str) -> HubError:
    return HubError(
        "The hub was not asked, because HF_HUB_OFFLINE is set. Unset it to search and download; "
        "models that are already here work without it.",
        "offline",
    )


def _status(error: Exception, page: str, file: str) -> HubError:
    assert isinstance(error, HfHubHTTPError)
    status = error.response.status_code
    if status == 429:
        return HubError(f"{page} asks for fewer requests. Wait a few minutes.{_login()}", "hub")
    if status in (401, 403):
        return HubError(
            f"{page} refuses access (status {status}). Check your token and its rights: "
            f"fine-grained tokens need the right to read gated models.{_login()}",
            "gated",
            link=page,
        )
    if status >= 500:
        return HubError(
            f"The hub has trouble of its own (status {status}). Try again later.{_kept(file)}",
            "hub",
        )
    return HubError(f"{page} answered with status {status}, which was not expected.", "hub")


def _proxy(error: Exception, page: str, file: str) -> HubError:
    return HubError(
        "The proxy could not be used. Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or ask who runs "
        "your network.",
        "proxy",
    )


def _connect(error: Exception, page: str, file: str) -> HubError:
    if "certificate" in str(error).lower():
        return HubError(
            f"The certificate of {page} is not trusted here. Behind a company proxy, set "
            "SSL_CERT_FILE to its certificates.",
            "network",
        )
    if proxy := _proxy_for(page):
        return HubError(
            f"The proxy {proxy} cannot be reached. Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
            "proxy",
        )
    return HubError(
        f"{page} cannot be reached. Check the network; behind a proxy set HTTPS_PROXY."
        f"{_kept(file)}",
        "network",
    )


def _proxy_for(page: str) -> str:
    """Host and port of the proxy through which the hub is asked; empty without one."""
    parts, proxies = urlsplit(page), urllib.request.getproxies()
    named = proxies.get(parts.scheme) or proxies.get("all", "")
    if not named or urllib.request.proxy_bypass(parts.netloc):
        return ""
    return urlsplit(named if "://" in named else f"http://{named}").netloc.rpartition("@")[2]


def _circle(error: Exception, page: str, file: str) -> HubError:
    return HubError(
        f"{page} only points from one address to the next. If HF_ENDPOINT is set, check it; else "
        "the proxy.",
        "hub",
    )


def _silent(error: Exception, page: str, file: str) -> HubError:
    return HubError(f"{page} stopped answering. Try again.{_kept(file)}", "network")


def _login() -> str:
    """How to log in, where nobody is."""
    if get_token():
        return ""
    return piece(
        " You log in under “Hub” in “Open model…”, in a terminal with: steerlm-studio models login"
    )


def _kept(file: str) -> str:
    return piece(" What was downloaded is kept.") if file else ""


def _disk(error: Exception, page: str, file: str) -> HubError:
    assert isinstance(error, OSError)
    if error.errno in _FULL:
        return HubError(
            "The disk is full, or a limit on file sizes was met. What was downloaded is kept: free "
            "some space and go on, or let HF_HOME name a folder on a larger disk.",
            "disk",
        )
    where = error.filename or piece("The model folder")
    why = error.strerror or _without_secrets(str(error))
    return HubError(
        f"{where} cannot be written: {why}. Check its permissions, or let HF_HOME name another "
        "folder.",
        "disk",
    )


Sentence = Callable[[Exception, str, str], HubError]
_SENTENCES: tuple[tuple[type[Exception], Sentence], ...] = (
    (OfflineModeIsEnabled, _offline),
    (GatedRepoError, _gated),
    (DisabledRepoError, _disabled),
    (RepositoryNotFoundError, _missing_repo),
    (RevisionNotFoundError, _missing_revision),
    (RemoteEntryNotFoundError, _missing_file),
    (HfHubHTTPError, _status),
    (httpx.ProxyError, _proxy),
    (httpx.TimeoutException, _silent),
    (httpx.ConnectError, _connect),
    (httpx.TransportError, _silent),
    (httpx.TooManyRedirects, _circle),
    (HFValidationError, _misnamed),
    (OSError, _disk),
)


def _without_secrets(text: str) -> str:
    """The text without tokens, names and passwords in addresses, and signatures of addresses."""
    text = re.sub(r"hf_\w{4,}", "hf_…", text)
    text = re.sub(r"(https?://[^\s?'\"]+)\?[^\s'\"]+", r"\1?…", text)
    return without_login(text)
