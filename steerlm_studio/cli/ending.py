"""How a command that was asked to end does so."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ended_cleanly() -> Iterator[None]:
    """A polite kill cleans up like Ctrl+C does.

    Either may come while SQLite calls a function of ours, and SQLite makes an error of its own of
    what that raises: it is the end that was asked for all the same.
    """
    asked: list[int] = []

    def end(number: int, frame: object) -> None:
        asked.append(number)
        _end(number)

    interrupts = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    numbers = (signal.SIGTERM, signal.SIGINT) if interrupts else (signal.SIGTERM,)
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    except Exception:  # whatever it became on its way here
        if not asked:
            raise
        _end(asked[0])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)
