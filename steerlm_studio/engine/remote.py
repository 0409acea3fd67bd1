"""The engine child for a model on a server: the same messages, answered over HTTP.

    python -m steerlm_studio.engine.remote URL [--model NAME] [--concurrency N] [--patience S]

A key is taken from the environment variable STEERLM_STUDIO_SERVER_KEY: a command line can be seen
by every user of a machine.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence

from steerlm_studio.engine.serve import serve
from steerlm_studio.engine.server.fan import Fan
from steerlm_studio.engine.server.http import Http
from steerlm_studio.engine.server.probe import connected
from steerlm_studio.engine.server.trouble import Trouble
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Device, Generate, Prefill, Reply, Tokenize, Tokens
from steerlm_studio.server_address import address_of
from steerlm_studio.server_key import VARIABLE

MOST = 256  # requests at a time


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer until stdin is closed; the exit status is 1 when the server cannot be used."""
    options = _options(arguments)
    key = os.environ.pop(VARIABLE, "")
    return serve(lambda loading: Remote(options, key))


class Remote:
    """A server and what a parent may ask of it, as `engine.session.Session` does for a file."""

    def __init__(self, options: argparse.Namespace, key: str) -> None:
        if not 1 <= options.concurrency <= MOST:
            raise StudioError(f"Choose between 1 and {MOST} requests at a time.")
        if not key.isprintable() or not key.isascii():
            raise StudioError("The key holds characters that no key has. Copy it again.")
        self._http = Http(address_of(options.url), key, options.patience)
        self._dialect = connected(self._http, options.model, options.concurrency)
        self.ready = self._dialect.ready
        self._fan = Fan(self._dialect, self.ready.lanes, self._http.stop)

    def generate(self, request: Generate, cancelled: Callable[[], bool]) -> Iterator[Reply]:
        """Answer a request, piece by piece. Raises StudioError for what a server cannot do."""
        if request.mode == "exact":
            raise StudioError(f"{self.ready.cannot['exact']} Choose Fast.")
        return self._fan.run(request, cancelled)

    def prefill(self, request: Prefill, disturbed: Callable[[], bool]) -> bool:
        """Nothing is asked of a server ahead: it may cost money, and others wait for it."""
        return True

    def tokens(self, request: Tokenize) -> Tokens:
        """The ids of a prompt, where the server tells them."""
        try:
            return self._dialect.tokens(request)
        except Trouble as error:
            raise StudioError(str(error)) from error

    def set_threads(self, count: int) -> None:
        """The server's threads are its own."""

    def devices(self) -> tuple[Device, ...]:
        """A server does not tell what it computes on."""
        return ()

    def abort(self, stop: bool) -> None:
        """The run looks for itself whether it was cancelled."""


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="steerlm_studio.engine.remote", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--model", default="", help="its name on the server, where it has several")
    parser.add_argument("--concurrency", type=int, default=8, help="requests at a time")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds of silence borne")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
