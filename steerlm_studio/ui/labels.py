"""Labels that show text as it is (never as markup), in the sizes of the theme."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


class PlainLabel(QLabel):
    """Body text. The other classes get their fonts by name in `style_sheet.py`."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


class SmallLabel(PlainLabel):
    """Secondary text."""


class TitleLabel(PlainLabel):
    """A heading."""


class NumberLabel(PlainLabel):
    """A number that changes: fixed-width figures, right-aligned."""

    _what = ""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    # Qt's

    def setAccessibleName(self, name: str) -> None:
        """What the number is: said before it, since a name is read instead of the text."""
        self._what = name
        self._tell()

    def setText(self, text: str) -> None:
        super().setText(text)
        if self._what:
            self._tell()

    def _tell(self) -> None:
        super().setAccessibleName(": ".join(filter(None, (self._what, self.text()))))


class SmallNumberLabel(NumberLabel):
    """A number in secondary text."""
