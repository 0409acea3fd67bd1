"""The bytes of one file, from wherever the partial file ends; patient with a bad network."""

import re
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from huggingface_hub.errors import HfHubHTTPError

from steerlm_studio.models.http import check_status, get_session, httpx
from steerlm_studio.models.hub import Hub, RemoteFile
from steerlm_studio.models.hub_words import ERRORS, asked_to_wait, may_pass, reason
from steerlm_studio.models.partial import Partial
from steerlm_studio.models.progress import Meter, Progress, Waiting

SEGMENT = 16 << 30  # bytes asked for at a time: servers refuse more than 50 GB in one answer
REPORTS = 0.1  # seconds between two messages on progress
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Patience:
    """How often to try again without getting a byte; the waits double up to the longest.

    A server that says itself how long to wait is believed up to `asked`: the hub counts requests
    in windows of five minutes.
    """

    attempts: int = 6
    first: float = 1.0  # seconds
    longest: float = 30.0
    asked: float = 600.0

    def wait(self, failures: int, error: Exception) -> Iterator[Progress]:
        """Say so, then sleep."""
        seconds = min(self.first * 2.0 ** max(0, failures - 1), self.longest)
        seconds = max(seconds, min(asked_to_wait(error), self.asked))
        yield Waiting(seconds, reason(error))
        time.sleep(seconds)


class Changed(Exception):
    """The hub has another version of the file now."""


class NamedOtherwise(Exception):
    """Who sends the file calls it by another hash: another version, or a way of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def asked(
    ask: Callable[[], RemoteFile], patience: Patience
) -> Generator[Progress, None, RemoteFile]:
    """`yield from` gives what `ask` returns, tried again as long as that may help."""
    for failures in range(1, patience.attempts + 1):
        try:
            return ask()
        except ERRORS as error:
            if failures == patience.attempts or not may_pass(error):
                raise
            yield from patience.wait(failures, error)
    raise AssertionError("unreachable: the last attempt raises")


def fetch(hub: Hub, remote: RemoteFile, partial: Partial, patience: Patience) -> Iterator[Progress]:
    """Append the rest of the file to `partial`. Raises Changed, or what will not pass."""
    meter, failures, names = Meter(), 0, {remote.etag}
    while partial.size < partial.total:
        before = partial.size
        try:
            yield from _pieces(hub, remote, partial, meter, names)
            failures = 0
        except NamedOtherwise as other:  # the hub is asked: if its word is the same, so is the file
            failures += 1
            if failures >= patience.attempts:
                raise Changed from other
            names.add(other.name)
        except ERRORS as error:
            if not (may_pass(error) or _expired(error, hub, remote)):
                raise
            failures = 1 if partial.size > before else failures + 1
            if failures >= patience.attempts:
                raise
            yield from patience.wait(failures, error)
        if partial.size < partial.total:
            remote = yield from _same(hub, remote, patience)


def _same(
    hub: Hub, remote: RemoteFile, patience: Patience
) -> Generator[Progress, None, RemoteFile]:
    """The hub's word anew (signed addresses expire). Raises Changed for another version."""
    now = yield from asked(lambda: hub.file(remote.address), patience)
    if now.etag != remote.etag or now.bytes != remote.bytes:
        raise Changed
    return now


def _pieces(
    hub: Hub, remote: RemoteFile, partial: Partial, meter: Meter, names: set[str]
) -> Iterator[Progress]:
    """One request, appended as it comes. Raises RemoteProtocolError when it brings nothing."""
    last = min(partial.size + SEGMENT, partial.total) - 1
    headers = hub.headers_for(remote.location) | {"Range": f"bytes={partial.size}-{last}"}
    told, came = 0.0, False
    request = get_session().stream("GET", remote.location, headers=headers, timeout=hub.timeout)
    with request as answer:
        _check(answer, remote, partial, names if hub.is_own(str(answer.url)) else set())
        for piece in answer.iter_raw():
            partial.write(piece)
            came = True
            if (now := time.monotonic()) - told >= REPORTS or partial.size == partial.total:
                told = now
                yield meter.at(partial.size, partial.total)
            if partial.size == partial.total:
                return
    if not came:
        raise httpx.RemoteProtocolError("an empty answer")


def _check(answer: httpx.Response, remote: RemoteFile, partial: Partial, names: set[str]) -> None:
    """Hold the answer against what was asked; from here on it continues `partial`.

    `names` are those that the file may have; none where any will do: what the hub points to for
    this version, such as a Xet bridge, has hashes of its own.
    """
    if answer.status_code == 416:
        partial.restart()
        raise httpx.RemoteProtocolError("the server has no such range")
    check_status(answer)
    etag = answer.headers.get("ETag", "").removeprefix("W/").strip('"')
    if names and _HASH.fullmatch(etag) and len(etag) == len(remote.etag) and etag not in names:
        raise NamedOtherwise(etag)
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise httpx.RemoteProtocolError("compressed bytes")  # they cannot be gone on with
    if answer.status_code != 206:
        if _is_another_thing(answer, remote):  # a login page of some network: keep what is here
            raise httpx.RemoteProtocolError("something else than the file")
        partial.restart()  # the whole file comes, whatever was asked
    elif answer.headers.get("Content-Range", "").split("-")[0] != f"bytes {partial.size}":
        raise httpx.RemoteProtocolError("another range than the one asked for")


def _is_another_thing(answer: httpx.Response, remote: RemoteFile) -> bool:
    length = answer.headers.get("Content-Length", str(remote.bytes))
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return is_page or length != str(remote.bytes)


def _expired(error: Exception, hub: Hub, remote: RemoteFile) -> bool:
    """Whether a signed address of another host was refused: a fresh one may work."""
    refused = isinstance(error, HfHubHTTPError) and error.response.status_code in (401, 403)
    return refused and not hub.is_own(remote.location)
