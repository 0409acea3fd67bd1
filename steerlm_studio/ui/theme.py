"""How the window looks: colours in light and dark, text sizes, spacing."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from steerlm_studio.steer.attributes import Group

GRID = 8  # px between things
HALF = 4  # px inside rows
MIN_SCALE, MAX_SCALE = 0.7, 2.0

Size = Literal["body", "small", "title"]
_PIXELS: dict[Size, int] = {"body": 13, "small": 11, "title": 16}


@dataclass(frozen=True)
class Colours:
    """Every colour of one mode, as #rrggbb. Text on `window`, `base` and `raised` has 4.5:1.

    The group colours are those of Okabe and Ito, darkened or lightened until they carry text.
    """

    window: str
    base: str  # what is read or typed in
    raised: str  # cards, buttons
    line: str  # separators: never the only sign of anything
    edge: str  # outlines of controls, 3:1
    text: str
    secondary: str
    accent: str
    on_accent: str
    selection: str
    changed: str  # behind a piece that has just changed
    quality: str
    style: str
    safety: str
    fills: tuple[str, str, str]  # of quality, style, safety
    good: str
    warning: str
    error: str

    def group(self, group: Group) -> QColor:
        """The text colour of an attribute group; always shown with a word or a shape beside it."""
        return QColor({"quality": self.quality, "style": self.style, "safety": self.safety}[group])

    def fill(self, group: Group) -> QColor:
        """The brighter one for sliders and marks, 3:1 on `window`."""
        return QColor(self.fills[("quality", "style", "safety").index(group)])

    def palette(self) -> QPalette:
        """The same as a Qt palette, disabled text included."""
        palette = QPalette()
        for role, colour in self._roles().items():
            palette.setColor(role, QColor(colour))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(self.edge))
        disabled = QPalette.ColorGroup.Disabled
        palette.setColor(disabled, QPalette.ColorRole.ButtonText, QColor(self.edge))
        return palette

    def _roles(self) -> dict[QPalette.ColorRole, str]:
        role = QPalette.ColorRole
        return {
            role.Window: self.window,
            role.WindowText: self.text,
            role.Base: self.base,
            role.AlternateBase: self.raised,
            role.Text: self.text,
            role.PlaceholderText: self.secondary,
            role.Button: self.raised,
            role.ButtonText: self.text,
            role.BrightText: self.on_accent,
            role.Highlight: self.selection,
            role.HighlightedText: self.text,
            role.Accent: self.accent,
            role.Link: self.accent,
            role.LinkVisited: self.accent,
            role.ToolTipBase: self.base,
            role.ToolTipText: self.text,
            role.Light: self.base,
            role.Midlight: self.raised,
            role.Mid: self.line,
            role.Dark: self.edge,
            role.Shadow: self.edge,
        }


LIGHT = Colours(
    window="#f4f5f7",
    base="#ffffff",
    raised="#fafbfc",
    line="#d9dde2",
    edge="#838c97",
    text="#1c2127",
    secondary="#59636e",
    accent="#0a62b0",
    on_accent="#ffffff",
    selection="#cfe3f7",
    changed="#fff0b8",
    quality="#006aa6",
    style="#7d5a00",
    safety="#ad3f00",
    fills=("#0072b2", "#b57c00", "#d55e00"),
    good="#1a7340",
    warning="#8a5e00",
    error="#b3261e",
)
DARK = Colours(
    window="#1b1e22",
    base="#14171a",
    raised="#262a30",
    line="#363c44",
    edge="#737d89",
    text="#e7eaee",
    secondary="#a3acb7",
    accent="#6cb3f2",
    on_accent="#10151a",
    selection="#274a6d",
    changed="#3b3312",
    quality="#5cb4e6",
    style="#eab040",
    safety="#f58a52",
    fills=("#4ba6da", "#e69f00", "#e8743a"),
    good="#6cc58d",
    warning="#eab040",
    error="#ff8f86",
)


def colours_of(widget: QWidget) -> Colours:
    """The colours of the mode that the widget's palette is in."""
    return DARK if widget.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def monospace(pixels: int) -> QFont:
    """The system's fixed-width font."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(pixels)
    return font


class Theme(QObject):
    """Dresses the application; follows the system's light or dark mode while it runs.

    Widgets ask `colours_of(self)` when they paint and get `changeEvent` when it changes. The label
    classes of `labels.py` receive their fonts and colours from here by class name.
    """

    changed = Signal()  # the mode or the text size

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._family = app.font().families()
        self._scheme = Qt.ColorScheme.Unknown
        self._scale = 1.0
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
        self._app.setPalette(self.colours.palette())
        self._app.setFont(self.font())
        title = self.font("title")
        title.setWeight(QFont.Weight.DemiBold)
        self._dress("TitleLabel", title)
        self._dress("SmallLabel", self.font("small"), self.colours.secondary)
        self._dress("NumberLabel", self.monospace())
        self._dress("SmallNumberLabel", self.monospace("small"), self.colours.secondary)
        self.changed.emit()

    def _dress(self, class_name: str, font: QFont, text: str | None = None) -> None:
        """Give a label class its font and colour; the application's own come first."""
        # The stubs ask for bytes, PySide takes str only.
        self._app.setFont(font, class_name)  # type: ignore[arg-type]
        palette = self.colours.palette()
        if text:
            palette.setColor(QPalette.ColorRole.WindowText, QColor(text))
        self._app.setPalette(palette, class_name)  # type: ignore[arg-type]

    def _on_scheme_changed(self) -> None:
        if self._scheme == Qt.ColorScheme.Unknown:
            self._apply()
