"""What the parent asks for, read by a thread of its own so that a cancel is seen at once."""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from steerlm_studio.protocol import Cancel, Generate, Prefill, Request, request


class Inbox:
    """The requests from a file descriptor; the process ends when it is closed."""

    def __init__(self, descriptor: int) -> None:
        self.on_cancel: Callable[[bool], None] = lambda stop: None
        self._waiting: deque[Request] = deque()
        self._changed = threading.Condition()
        self._current: int | None = None
        self._cancelled: set[int] = set()
        self._is_ahead = False  # the engine does what nobody waits for
        threading.Thread(target=self._read, args=(descriptor,), daemon=True).start()

    def take(self) -> Request:
        """The next request; waits for it. A `Generate` must be followed by `running`."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            message = self._waiting.popleft()
            if isinstance(message, Generate):
                self._current = message.run
            return message

    def take_small(self) -> list[Request]:
        """The requests that can be answered during a run."""
        with self._changed:
            small: list[Request] = [
                m for m in self._waiting if not isinstance(m, Generate | Prefill)
            ]
            if small:
                self._waiting = deque(m for m in self._waiting if m not in small)
            return small

    @contextmanager
    def running(self, run: int) -> Iterator[Callable[[], bool]]:
        """While a run goes on a `Cancel` for it calls `on_cancel(True)`; gives "is cancelled"."""
        with self._changed:
            self.on_cancel(run in self._cancelled)
        try:
            yield lambda: run in self._cancelled
        finally:
            with self._changed:
                self._current = None
                self._cancelled.discard(run)
                self.on_cancel(False)

    @contextmanager
    def ahead(self) -> Iterator[Callable[[], bool]]:
        """While work is done ahead any message calls `on_cancel(True)`; gives "was there one"."""
        with self._changed:
            self._is_ahead = True
            self.on_cancel(bool(self._waiting))
        try:
            yield lambda: not self._is_ahead or bool(self._waiting)
        finally:
            with self._changed:
                self._is_ahead = False
                self.on_cancel(False)

    def _read(self, descriptor: int) -> None:
        status = 1
        try:
            with os.fdopen(descriptor, "rb", closefd=False) as stream:
                for data in stream:
                    self._sort(data)
            status = 0  # the parent closed the pipe or is gone
        except MemoryError:  # without a reader the parent would wait for ever
            print("MemoryError: no memory to read a request", file=sys.stderr, flush=True)
        finally:  # The main thread may be deep inside llama.cpp.
            os._exit(status)

    def _sort(self, data: bytes) -> None:
        try:
            message = request(data)
        except msgspec.MsgspecError as error:
            print(f"a line that is no request: {error}", file=sys.stderr, flush=True)
            return
        with self._changed:
            if self._is_ahead:
                self._is_ahead = False
                self.on_cancel(True)
            if isinstance(message, Cancel):
                self._cancel(message.run)
            else:
                if isinstance(message, Prefill):  # only the last one can still be wanted
                    self._waiting = deque(m for m in self._waiting if not isinstance(m, Prefill))
                self._waiting.append(message)
                self._changed.notify()

    def _cancel(self, run: int) -> None:
        """Remember a cancel for a run that goes on or waits; one that is over needs none."""
        waits = any(isinstance(m, Generate) and m.run == run for m in self._waiting)
        if run == self._current:
            self.on_cancel(True)
        if waits or run == self._current:
            self._cancelled.add(run)
