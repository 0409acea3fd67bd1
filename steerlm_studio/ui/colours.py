"""Every colour of the window, in light and dark."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from steerlm_studio.steer.attributes import Group


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
