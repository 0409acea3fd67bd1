"""How the window looks: light or dark, text sizes, spacing."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

from steerlm_studio.ui.colours import DARK, LIGHT, Colours
from steerlm_studio.ui.style_sheet import style_sheet

GRID = 8  # px between things
HALF = 4  # px inside rows
MIN_SCALE, MAX_SCALE = 0.7, 2.0

__all__ = ["DARK", "GRID", "HALF", "LIGHT", "Colours", "Theme", "colours_of", "indent", "monospace"]

Size = Literal["body", "small", "title"]
_PIXELS: dict[Size, int] = {"body": 13, "small": 11, "title": 16}


def colours_of(widget: QWidget) -> Colours:
    """The colours of the mode that the widget's palette is in."""
    return DARK if widget.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def monospace(pixels: int) -> QFont:
    """The system's fixed-width font."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(pixels)
    return font


def indent(box: QAbstractSpinBox) -> None:
    """Let its text begin where that of other fields does: padding does not reach it."""
    box.lineEdit().setTextMargins(HALF, 0, HALF, 0)


class Theme(QObject):
    """Dresses the application; follows the system's light or dark mode while it runs.

    Widgets ask `colours_of(self)` when they paint and get `changeEvent` when it changes. The label
    classes of `labels.py` get their fonts and colours from the style sheet, by class name.
    """

    changed = Signal()  # the mode or the text size

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._family = app.font().families()
        self._scheme = Qt.ColorScheme.Unknown
        self._scale = 1.0
        self._applied: object = None
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self._apply()

    @property
    def colours(self) -> Colours:
        scheme = self._scheme
        if scheme == Qt.ColorScheme.Unknown:
            scheme = self._app.styleHints().colorScheme()
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT

    @property
    def scale(self) -> float:
        """The text size; 1.0 is 100 %."""
        return self._scale

    def set_scale(self, scale: float) -> None:
        """Set the text size, within 70 % and 200 %."""
        self._scale = min(max(scale, MIN_SCALE), MAX_SCALE)
        self._apply()

    def set_scheme(self, scheme: Qt.ColorScheme) -> None:
        """Fix light or dark; Unknown follows the system."""
        self._scheme = scheme
        self._apply()

    def font(self, size: Size = "body") -> QFont:
        """The interface's font, with figures of one width."""
        font = QFont(self._family)
        font.setPixelSize(self._pixels(size))
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def monospace(self, size: Size = "body") -> QFont:
        return monospace(self._pixels(size))

    def _pixels(self, size: Size) -> int:
        return round(_PIXELS[size] * self._scale)

    def _apply(self) -> None:
        """Dress all widgets, unless they are already: that takes longer than to make a window."""
        if self._applied == (self.colours, self._scale):
            return
        self._applied = (self.colours, self._scale)
        self._app.setPalette(self.colours.palette())
        self._app.setFont(self.font())
        mode: Literal["light", "dark"] = "dark" if self.colours is DARK else "light"
        sizes = {str(size): self._pixels(size) for size in _PIXELS}
        fixed = self.monospace().family()
        # Last: it carries the new font and palette to the widgets that are there already.
        with _no_widget_collected():
            self._app.setStyleSheet(style_sheet(self.colours, mode, sizes, fixed))
        self.changed.emit()

    def _on_scheme_changed(self) -> None:
        if self._scheme == Qt.ColorScheme.Unknown:
            self._apply()


@contextmanager
def _no_widget_collected() -> Iterator[None]:
    """Qt walks over all widgets here and calls ours: Python must not free any on the way."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
