"""How far an export is: a line of the terminal, or JSON lines."""

import json
import sys
import time
from collections.abc import Callable

from steerlm_studio.cli.words import as_bytes, as_time
from steerlm_studio.export.run import Progress

EVERY = 0.1  # seconds between two repaints of the line


def terminal_line() -> Callable[[Progress], None]:
    """Shows tensor, bytes, rate and time still to go in one line, where stdout is a terminal."""
    began, shown = time.monotonic(), 0.0

    def show(progress: Progress) -> None:
        nonlocal shown
        now = time.monotonic()
        if not sys.stdout.isatty() or (progress.step == "writing" and now - shown < EVERY):
            return
        shown = now
        text = _text(progress, max(now - began, 1e-3)) if progress.total else ""
        end = "\n" if progress.step == "done" else ""
        print(f"\r{text:<90}", end=end, flush=True)

    return show


def _text(progress: Progress, seconds: float) -> str:
    rate = progress.done / seconds
    left = as_time((progress.total - progress.done) / rate) if rate else ""
    amount = f"{as_bytes(progress.done)} of {as_bytes(progress.total)}"
    return f"{progress.tensor:<28} {amount}  {as_bytes(rate)}/s  {left} left"


def as_json(progress: Progress) -> None:
    """One line for each step."""
    fields = {"step": progress.step, "tensor": progress.tensor}
    print(json.dumps({**fields, "done": progress.done, "total": progress.total}), flush=True)
