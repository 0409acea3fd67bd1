"""Sizes in English words, for the terminal and for errors."""


def as_bytes(count: float) -> str:
    """In the decimal units that the hub uses; empty when negative (not known)."""
    if count < 0:
        return ""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError("unreachable")
