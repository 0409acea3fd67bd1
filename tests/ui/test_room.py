"""Large text and long words find room: nothing is cut, the window does not outgrow the screen."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionButton,
)
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.beside import Beside
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import HALF, Theme, colours_of
from steerlm_studio.ui.translations import install_translations
from steerlm_studio.ui.window import MainWindow


@pytest.fixture
def large(qtbot: QtBot, qapp: QApplication, theme: Theme) -> Iterator[MainWindow]:
    """The window in German with text at 150 %, on a screen of 1280 x 800."""
    installed = install_translations(qapp, QLocale("de"))
    theme.set_scale(1.5)
    store = settings()
    store.setValue("looks/scale", 1.5)
    window = MainWindow(theme, store)
    qtbot.addWidget(window)
    window.show()
    window.resize(1280, 776)
    qtbot.waitExposed(window)
    yield window
    window.close()
    theme.set_scale(1.0)
    for translator in installed:
        qapp.removeTranslator(translator)


def test_the_window_does_not_grow_when_much_is_to_be_said(large: MainWindow, qtbot: QtBot):
    """With an error and a slip in the control string it was 1033 pixels high."""
    large.page.tour.end()
    large.page.control.type("quality:4,humour:9,verbosity: 2,lang:de-AT")
    large.page.banner.show_error("Die Engine endete mit Status 1. " * 2, "why", [])
    qtbot.waitUntil(lambda: large.page.banner.height() > 40)
    qtbot.wait(50)
    assert large.size() == QSize(1280, 776)
    row = large.page.control.lint
    assert row.height() >= row.heightForWidth(row.width())


def test_nothing_of_the_steering_panel_is_cut(large: MainWindow, qtbot: QtBot):
    """With Sampling unfolded the sliders' numbers lay beyond the edge."""
    large.sampling.header.setChecked(True)
    area = large.steering.findChild(QScrollArea)
    assert area
    inside = area.widget()
    qtbot.waitUntil(lambda: inside.width() <= area.viewport().width())
    assert inside.minimumSizeHint().width() <= area.viewport().width()
    for row in large.steering.rows.values():
        assert row.box.width() >= row.box.sizeHint().width()


def test_a_focused_box_keeps_its_text_whole(qtbot: QtBot, theme: Theme):
    box = QCheckBox("Token zeigen")
    qtbot.addWidget(box)
    box.show()
    option = QStyleOptionButton()
    box.initStyleOption(option)
    option.state |= QStyle.StateFlag.State_HasFocus
    room = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, box)
    assert room.width() >= box.fontMetrics().horizontalAdvance(box.text())


def test_buttons_stand_beside_a_sentence_or_below_it(qtbot: QtBot):
    words, act = QLabel("What happened, why, and what to do about it."), QPushButton("Mend")
    words.setWordWrap(True)
    pair = Beside(words, act)
    qtbot.addWidget(pair)
    pair.show()
    for width, is_below in ((700, False), (240, True), (700, False)):
        pair.resize(width, 100)
        qtbot.waitUntil(lambda: act.width() > 0)
        assert pair.is_below is is_below
        qtbot.waitUntil(lambda at=is_below: (act.y() > words.geometry().bottom()) is at)


@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
def test_the_mark_of_an_error_stands_where_the_line_begins(
    qtbot: QtBot, theme: Theme, direction: Qt.LayoutDirection
):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.setLayoutDirection(direction)
    banner.resize(600, 60)
    banner.show_error("It broke.")
    picture = QImage(banner.size(), QImage.Format.Format_RGB32)
    banner.render(picture)
    is_mirrored = direction == Qt.LayoutDirection.RightToLeft
    start, end = HALF // 2, banner.width() - HALF // 2 - 1
    marked = [picture.pixelColor(x, 2).name() == colours_of(banner).error for x in (start, end)]
    assert marked == [not is_mirrored, is_mirrored]


def test_the_numbers_below_keep_their_width_at_any_text_size(large: MainWindow, qtbot: QtBot):
    status = large.frame.status
    wanted = status.rate.fontMetrics().horizontalAdvance("Gen. 00,000 T/s")
    qtbot.waitUntil(lambda: status.rate.minimumWidth() >= wanted)
