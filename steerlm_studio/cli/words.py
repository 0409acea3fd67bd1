"""Tables and times for the terminal."""

import sys
import unicodedata
from collections.abc import Iterable


def as_time(seconds: float | None) -> str:
    """For example 3 min 20 s."""
    if seconds is None:
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def printable(text: str) -> str:
    """Outside text without what would steer the terminal or turn the line around."""
    return "".join(c if c.isprintable() else " " for c in text)


def unsteering(text: str) -> str:
    """A reply without the control characters that a terminal obeys; its lines stay."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) != "Cc" else "\ufffd" for c in text)


def print_table(rows: Iterable[tuple[str, ...]]) -> None:
    """Columns as wide as they need to be, indented by two."""
    cells = [tuple(printable(cell) for cell in row) for row in rows]
    if not cells:
        return
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(f"  {line.rstrip()}\n")
