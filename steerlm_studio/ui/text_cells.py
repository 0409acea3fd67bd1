"""Texts in lists and tables: each runs as its own first letter says, not as the window does."""

from typing import Any

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QStyledItemDelegate

_FIRST, _POP = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"


class TextCells(QStyledItemDelegate):
    """Only what is painted is marked so; what the cells hold stays as it is."""

    # Qt's

    def displayText(self, value: Any, locale: QLocale | QLocale.Language) -> str:
        return f"{_FIRST}{super().displayText(value, locale)}{_POP}"
