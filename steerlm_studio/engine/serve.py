"""The engine child: requests on stdin, replies on stdout, one JSON object per line.

    python -m steerlm_studio.engine.serve MODEL [--context N] [--lanes N] [--gpu-layers N]
                                                [--threads N] [--cache q8_0] [--split 3,1]

It ends as soon as stdin is closed, whatever it is doing, and when its parent dies. Requests are
answered in their order; `Cancel`, `SetThreads`, `AskDevices` and `Tokenize` are heeded between two
steps, and a `Prefill` ends for whatever comes.
"""

import argparse
import ctypes
import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from steerlm_studio.engine.inbox import Inbox
from steerlm_studio.errors import MemoryShort, StudioError
from steerlm_studio.memory_need import CACHES
from steerlm_studio.protocol import (
    AskDevices,
    Device,
    Devices,
    Failed,
    Generate,
    Loading,
    Prefill,
    Ready,
    Reply,
    Request,
    SetThreads,
    Tokenize,
    Tokens,
    line,
)

if TYPE_CHECKING:
    from steerlm_studio.engine.session import Session

Send = Callable[[Reply], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one model until stdin is closed; the exit status is 1 when the load fails."""
    options = _options(arguments)

    def session(loading: Callable[[Loading], None]) -> "Session":
        # Here, since a machine without llama-cpp-python must get a sentence and no trace.
        from steerlm_studio.engine.session import Session

        return Session(options, loading)

    return serve(session)


class Answerer(Protocol):
    """What answers a parent's requests: a loaded model, or a server."""

    ready: Ready

    def generate(self, request: Generate, cancelled: Callable[[], bool]) -> Iterator[Reply]: ...

    def prefill(self, request: Prefill, disturbed: Callable[[], bool]) -> bool: ...

    def tokens(self, request: Tokenize) -> Tokens: ...

    def set_threads(self, count: int) -> None: ...

    def devices(self) -> tuple[Device, ...]: ...

    def abort(self, stop: bool) -> None: ...


def serve(open_session: Callable[[Callable[[Loading], None]], Answerer]) -> int:
    """Answer requests on stdin with what `open_session(loading)` gives."""
    send = _sender()
    faulthandler.enable()
    os.environ["GGML_NO_BACKTRACE"] = "1"
    _die_with_parent()
    inbox = Inbox(0)
    try:
        session = open_session(send)
    except ImportError as error:
        return _refuse(send, _not_installed(error))
    except Exception as error:  # whatever it is, the parent is to hear of it
        return _refuse(send, error)
    inbox.on_cancel = session.abort
    send(session.ready)
    while True:
        _answer(session, inbox.take(), inbox, send)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="steerlm_studio.engine.serve", description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--context", type=int, default=0, help="tokens; 0 = the model's, ≤ 4096")
    parser.add_argument("--lanes", type=int, default=1, help="the most answers side by side")
    parser.add_argument("--gpu-layers", type=int, default=-1, help="-1 = all")
    parser.add_argument("--cache", choices=CACHES, default="f16", help="keys and values")
    parser.add_argument("--split", default="", help="shares of several GPUs, e.g. 3,1")
    parser.add_argument("--overcommit", action="store_true", help="load whatever seems to fit")
    parser.add_argument("--threads", type=int, default=0, help="0 = adapt to the machine's load")
    return parser.parse_args(arguments)


def _sender() -> Send:
    """Keep stdout for messages: whatever else writes to it goes to stderr."""
    sys.stdout.flush()
    channel = os.dup(1)
    os.dup2(2, 1)

    def send(message: Reply) -> None:
        data = line(message)
        try:
            while data:
                data = data[os.write(channel, data) :]
        except BrokenPipeError:  # the parent is gone
            os._exit(0)

    return send


def _die_with_parent() -> None:
    """On Linux the kernel ends this process with its parent; closing stdin does elsewhere."""
    if sys.platform == "linux":
        set_death_signal = 1  # PR_SET_PDEATHSIG
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)


def _answer(session: Answerer, request: Request, inbox: Inbox, send: Send) -> None:
    """Answer one request; a failure is a message and leaves the engine ready for the next."""
    run = getattr(request, "run", None)
    try:
        if isinstance(request, Generate):
            with inbox.running(request.run) as cancelled:
                for reply in session.generate(request, cancelled):
                    send(reply)
                    for small in inbox.take_small():
                        _answer(session, small, inbox, send)
        elif isinstance(request, Prefill):
            _work_ahead(session, request, inbox, send)
        elif isinstance(request, Tokenize):
            send(session.tokens(request))
        elif isinstance(request, SetThreads):
            session.set_threads(request.threads)
        elif isinstance(request, AskDevices):
            send(Devices(session.devices()))
    except Exception as error:  # whatever it is, the parent is to hear of it
        send(_failed(error, run))


def _work_ahead(session: Answerer, request: Prefill, inbox: Inbox, send: Send) -> None:
    """Evaluate a prompt that may come; go on after a small request, not after another prompt."""
    finished, small = False, True
    while small and not finished:
        with inbox.ahead() as disturbed:
            finished = session.prefill(request, disturbed)
        requests = inbox.take_small()
        for each in requests:
            _answer(session, each, inbox, send)
        small = bool(requests)


def _refuse(send: Send, error: Exception) -> int:
    send(_failed(error, None))
    return 1


def _failed(error: Exception, run: int | None) -> Failed:
    if isinstance(error, MemoryShort):
        return Failed(str(error), run, error.detail, error.needed, error.free, error.on_gpu)
    if isinstance(error, StudioError):
        return Failed(str(error), run, error.detail)
    detail = "".join(traceback.format_exception(error))
    return Failed(
        f"The engine met an error of its own: {error or type(error).__name__}. "
        "Please report it with the details.",
        run,
        detail,
    )


def _not_installed(error: ImportError) -> StudioError:
    return StudioError(
        "llama-cpp-python cannot be loaded, so there is nothing to run the model with. "
        "Install it with `make run` in the program's folder, or with "
        "`pip install llama-cpp-python==0.3.36`.",
        str(error),
    )


if __name__ == "__main__":
    sys.exit(main())
