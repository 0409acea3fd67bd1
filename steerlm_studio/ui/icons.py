"""Our line icons, drawn in the colour of the text beside them."""

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from steerlm_studio import resources


def icon(name: str) -> QIcon:
    """The icon `resources/icons/<name>.svg`; it follows the palette, also when that changes."""
    return QIcon(_LineIcon(name))


def app_icon() -> QIcon:
    """The program's own icon, in its own colours."""
    return QIcon(str(resources.path("icons/steerlm-studio.svg")))


def tinted(name: str, colour: QColor, pixels: int, ratio: float = 1.0) -> QPixmap:
    """The icon in one colour, `pixels` wide and high."""
    side = round(pixels * ratio)
    pixmap = QPixmap(_drawn(name, colour.name(), side, side))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@lru_cache(maxsize=512)
def _drawn(name: str, colour: str, width: int, height: int) -> QPixmap:
    """Drawn once: a window that is resized paints its icons with every frame."""
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    _renderer(name, colour).render(painter, QRectF(0, 0, width, height))
    painter.end()
    return pixmap


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = resources.path(f"icons/{name}.svg").read_bytes()
    return QSvgRenderer(QByteArray(drawing.replace(b"currentColor", colour.encode())))


class _LineIcon(QIconEngine):
    """Takes its colour from the application's palette at the moment it is painted."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        _renderer(self._name, _text_colour(mode)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        if size.isEmpty():  # a button that has no room yet
            return QPixmap()
        return QPixmap(_drawn(self._name, _text_colour(mode), size.width(), size.height()))

    def clone(self) -> QIconEngine:
        return _LineIcon(self._name)


def _text_colour(mode: QIcon.Mode) -> str:
    """What the application's palette says now."""
    disabled = mode == QIcon.Mode.Disabled
    group = QPalette.ColorGroup.Disabled if disabled else QPalette.ColorGroup.Active
    return QGuiApplication.palette().color(group, QPalette.ColorRole.ButtonText).name()
