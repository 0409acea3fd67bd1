"""Keys as they are written on the user's keyboard."""

from PySide6.QtGui import QGuiApplication, QKeySequence

_MARK = "\N{LEFT-TO-RIGHT MARK}"


def keys_in_words(*keys: str | QKeySequence) -> str:
    """For "Ctrl+Enter" in German "Strg+Enter"; several keys stand beside each other."""
    native = QKeySequence.SequenceFormat.NativeText
    words = "  ".join(QKeySequence(key).toString(native) for key in keys)
    # else the comma of "Ctrl+," would stand before it in a window from right to left
    return f"{_MARK}{words}{_MARK}" if QGuiApplication.isRightToLeft() else words
