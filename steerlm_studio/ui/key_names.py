"""Keys as they are written on the user's keyboard."""

from PySide6.QtGui import QKeySequence


def keys_in_words(*keys: str) -> str:
    """For "Ctrl+Enter" in German "Strg+Enter"; several keys stand beside each other."""
    native = QKeySequence.SequenceFormat.NativeText
    return "  ".join(QKeySequence(key).toString(native) for key in keys)
