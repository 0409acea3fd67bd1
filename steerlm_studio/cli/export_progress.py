"""How far an export is: a line of the terminal, or JSON lines."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from steerlm_studio.amounts import as_bytes
from steerlm_studio.cli.words import as_time
from steerlm_studio.export.run import Progress
from steerlm_studio.export.verify import Report

EVERY = 0.1  # seconds between two repaints of the line


def terminal_line() -> Callable[[Progress | Report], None]:
    """Shows tensor, bytes, rate and time still to go in one line, where stdout is a terminal."""
    began, shown = time.monotonic(), 0.0

    def show(progress: Progress | Report) -> None:
        nonlocal shown
        if isinstance(progress, Report):
            print(("\r" if sys.stdout.isatty() else "") + f"{words(progress):<90}")
            return
        now = time.monotonic()
        if not sys.stdout.isatty() or (progress.step == "writing" and now - shown < EVERY):
            return
        shown = now
        text = _text(progress, max(now - began, 1e-3))
        print(f"\r{text:<90}", end="\n" if progress.step == "done" else "", flush=True)

    return show


def words(report: Report) -> str:
    """What was verified, in one sentence."""
    compared = (
        f"; logits at {report.compared} positions: correlation {report.correlation:.5f}, "
        f"largest difference {report.worst:.3g}"
    )
    return (
        f"{Path(report.file).name} is right: {report.tensors} tensors with name, shape and format, "
        f"{report.rows} sampled rows as in the checkpoint, {report.strings} texts tokenized like "
        f"SentencePiece, finite logits after {report.prompt} tokens"
        f"{compared if report.compared else ''}."
    )


def _text(progress: Progress, seconds: float) -> str:
    if progress.step == "verifying":
        return f"{progress.tensor}: verifying"
    if progress.step == "computing":
        return f"{progress.tensor}: computing its own logits"
    if progress.step == "calibrating":
        left = as_time(seconds * (progress.total - progress.done) / progress.done)
        return f"{progress.tensor}: {progress.done} of {progress.total} tokens read, {left} left"
    rate = progress.done / seconds
    left = as_time((progress.total - progress.done) / rate) if rate else ""
    amount = f"{as_bytes(progress.done)} of {as_bytes(progress.total)}"
    return f"{progress.tensor:<28} {amount}  {as_bytes(rate)}/s  {left} left"


def as_json(progress: Progress | Report) -> None:
    """One line for each step and each report."""
    if isinstance(progress, Report):
        print(json.dumps({"step": "verified", **asdict(progress)}), flush=True)
        return
    fields = {"step": progress.step, "tensor": progress.tensor}
    print(json.dumps({**fields, "done": progress.done, "total": progress.total}), flush=True)
