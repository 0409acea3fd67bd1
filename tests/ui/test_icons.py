"""Icons are drawn in the colour of the text, whatever the palette becomes."""

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication

from steerlm_studio import resources
from steerlm_studio.ui.colours import DARK, LIGHT, Colours
from steerlm_studio.ui.icons import app_icon, icon, tinted

LINE_ICONS = sorted(file.stem for file in resources.path("icons").glob("*.svg"))
LINE_ICONS.remove("steerlm-studio")


def darkest(image: QImage) -> QColor:
    """The colour of the most opaque pixel."""
    points = [(x, y) for x in range(image.width()) for y in range(image.height())]
    x, y = max(points, key=lambda point: image.pixelColor(*point).alpha())
    return image.pixelColor(x, y)


@pytest.fixture
def palette(qapp: QApplication) -> Iterator[QPalette]:
    before = qapp.palette()
    yield QPalette(before)
    qapp.setPalette(before)


@pytest.mark.parametrize("name", LINE_ICONS)
def test_every_icon_draws_something(qapp: QApplication, name: str):
    image = tinted(name, QColor("#ff0000"), 32).toImage()
    assert darkest(image).alpha() > 200
    assert darkest(image).red() > 200


def test_an_icon_follows_the_palette(qapp: QApplication, palette: QPalette):
    sign = icon("stop")
    for colour in ("#102030", "#e0e1e2"):
        palette.setColor(QPalette.ColorRole.ButtonText, QColor(colour))
        qapp.setPalette(palette)
        assert darkest(sign.pixmap(32, 32).toImage()).name() == colour


def test_a_disabled_icon_is_drawn_in_the_disabled_colour(qapp: QApplication, palette: QPalette):
    disabled = QPalette.ColorGroup.Disabled
    palette.setColor(disabled, QPalette.ColorRole.ButtonText, QColor("#778899"))
    qapp.setPalette(palette)
    image = icon("stop").pixmap(32, 32, QIcon.Mode.Disabled).toImage()
    assert darkest(image).name() == "#778899"


def test_the_program_has_an_icon(qapp: QApplication):
    assert not app_icon().pixmap(64, 64).isNull()


@pytest.mark.parametrize(("mode", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_signs_of_the_style_sheet_have_the_colour_of_text(mode: str, colours: Colours):
    for file in resources.path(f"icons/{mode}").glob("*.svg"):
        assert ElementTree.parse(file).getroot().get("stroke") == colours.text


def test_an_icon_without_room_is_no_picture(qapp: QApplication):
    assert icon("copy").pixmap(QSize(0, 0)).isNull()


def test_an_icon_is_drawn_once_for_a_size_and_a_colour(qapp: QApplication, palette: QPalette):
    def drawn() -> int:
        return icon("stop").pixmap(QSize(24, 24), 1.0).cacheKey()

    first = drawn()
    assert drawn() == first
    palette.setColor(QPalette.ColorRole.ButtonText, QColor("#112233"))
    qapp.setPalette(palette)
    assert drawn() != first


def test_a_finer_icon_leaves_the_coarse_one_as_it_is(qapp: QApplication):
    coarse, fine = (tinted("stop", QColor("#ff0000"), 16, ratio) for ratio in (1.0, 2.0))
    again = tinted("stop", QColor("#ff0000"), 32)
    assert (coarse.width(), fine.width()) == (16, 32)
    assert [one.devicePixelRatio() for one in (coarse, fine, again)] == [1.0, 2.0, 1.0]
