"""How a child process ended, in words for the user."""

import re
import signal

from steerlm_studio.errors import StudioError, piece

_CRASHES = {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE}
_MEANINGS = {
    signal.SIGKILL: piece("killed, by someone or by the system for want of memory"),
    signal.SIGTERM: piece("asked to end"),
    signal.SIGABRT: piece("it gave up on an error inside llama.cpp"),
    signal.SIGSEGV: piece("it touched memory that is not its own"),
    signal.SIGILL: piece("it was built for another processor"),
    signal.SIGFPE: piece("an arithmetic error"),
    signal.SIGBUS: piece("its file or memory went away"),
}
_ENGINE = piece("The engine")
_LEFT = piece("The text so far is kept")
_SMALLER = piece("choose a smaller model or context")
KEPT_LINES = 200
_WANT_OF_MEMORY = re.compile(
    r"out[ _]?of[ _]?(?:(?:device|host)[ _]?)?memory|insufficient memory|bad_alloc|MemoryError"
    r"|(?:failed|unable) to allocate|can(?:no|')t allocate|alloc(?:ation of size \d+)?[ _]failed",
    re.IGNORECASE,
)


def ran_out_of_memory(log: str) -> bool:
    """Whether these last words are those of somebody who got no memory."""
    return bool(_WANT_OF_MEMORY.search(log))


def outcome(
    code: int,
    log: str = "",
    *,
    name: str = _ENGINE,
    left: str = _LEFT,
    smaller: str = _SMALLER,
) -> StudioError:
    """The error to show for a child that ended by itself.

    `code` is its exit status, a negative number the signal that ended it (as `subprocess` has it);
    `log` what it wrote to stderr, of which the last lines become the detail. `left` says what came
    of its work, `smaller` what needs less memory.
    """
    detail = "\n".join(log.splitlines()[-KEPT_LINES:])
    if code >= 0:
        return StudioError(
            f"{name} ended by itself with status {code}. {left}; try again, "
            "and look at the details when it happens again.",
            detail,
        )
    number = -code
    known = signal.Signals(number) if number in {s.value for s in signal.Signals} else None
    meaning = _MEANINGS.get(known) if known else None
    advice = _advice(known, smaller)
    if not meaning:
        return StudioError(f"{name} was stopped by signal {number}. {left}; {advice}", detail)
    if known not in _CRASHES:
        return StudioError(
            f"{name} was stopped by signal {number} ({meaning}). {left}; {advice}", detail
        )
    return StudioError(f"{name} crashed with signal {number} ({meaning}). {left}; {advice}", detail)


def _advice(known: signal.Signals | None, smaller: str) -> str:
    if known is signal.SIGKILL:
        return piece(f"if the memory ran out, {smaller}, then try again.")
    if known is signal.SIGILL:
        return piece("build llama-cpp-python on this machine, or with -DGGML_NATIVE=OFF.")
    return piece("try again, and look at the details when it happens again.")
