"""Measured runs as a table for other programs."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.ui.rates import Curve, RunRates

_COLUMNS = ("run", "setting", "phase", "lane", "seconds", "tokens_per_second")


def as_csv(runs: Iterable[RunRates]) -> str:
    """One row per point; seconds since the first token, negative where the prompt began.

    The lane is "all" for the sum. Numbers have a point, whatever the user's language.
    """
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    for run in runs:
        if run.prompt_rate is not None:
            speed = (f"{-run.prompt_seconds:.6f}", f"{run.prompt_rate:.3f}")
            table.writerow((run.run, run.setting, "prompt", "all", *speed))
        curves: list[tuple[str | int, Curve]] = [("all", run.total), *enumerate(run.lanes)]
        for lane, curve in curves:
            for seconds, rate in zip(curve.seconds, curve.rates, strict=True):
                numbers = (f"{seconds:.6f}", f"{rate:.3f}")
                table.writerow((run.run, run.setting, "generation", lane, *numbers))
    return out.getvalue()


def write_csv(runs: Iterable[RunRates], file: Path) -> None:
    """Write the table to `file`. Raises StudioError."""
    try:
        file.write_text(as_csv(runs), encoding="utf-8", newline="")
    except OSError as error:
        why = error.strerror or error
        raise StudioError(f"The table cannot be written to {file}: {why}.") from error
