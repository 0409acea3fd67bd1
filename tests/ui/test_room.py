"""Large text and long words find room: nothing is cut, the window does not outgrow the screen."""

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.beside import Beside, Rows, in_a_row
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.palette import open_palette
from steerlm_studio.ui.prompt_input import PromptInput
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import HALF, Theme, colours_of
from steerlm_studio.ui.transcript_export import TranscriptExportDialog
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


def test_the_rows_of_sweep_and_compare_are_whole(large: MainWindow, qtbot: QtBot):
    """Fields were cut at their right, and so were the last words of a row."""
    page = large.page
    large.viewing.show("sweep")
    for axis in (page.sweep.across, page.sweep.down):
        qtbot.waitUntil(lambda one=axis: one.width() >= one.layout().minimumSize().width())
    assert page.sweep.export.width() >= page.sweep.export.sizeHint().width()
    large.viewing.show("compare")
    together = page.compare.foot.together
    qtbot.waitUntil(lambda: together.width() >= together.sizeHint().width())


@pytest.mark.parametrize("equal", [True, False])
def test_rows_of_fields_share_a_line_where_both_are_whole(qtbot: QtBot, equal: bool):
    one, other = (in_a_row(QPushButton(text)) for text in ("Of some length", "A longer text"))
    window, rows = QWidget(), Rows(one, other, equal)
    line = QHBoxLayout(window)
    line.addWidget(QLabel("beside"), 1)
    line.addWidget(rows)
    qtbot.addWidget(window)
    window.show()
    for width, is_below in ((700, False), (window.minimumSizeHint().width(), True), (700, False)):
        window.resize(width, 100)
        qtbot.waitUntil(lambda at=is_below: (other.y() >= one.geometry().bottom()) is at)
        assert other.width() >= other.minimumSizeHint().width()


def test_the_export_of_transcripts_fits_the_screen(large: MainWindow, qtbot: QtBot):
    """The hidden list of labels held it at 1402 pixels."""
    dialog = TranscriptExportDialog(large.store, settings())
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.minimumSizeHint().width() <= 1280
    dialog.stop()


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


def test_the_column_of_replies_stands_over_the_composer(large: MainWindow, qtbot: QtBot):
    """The scroll bar beside it pushed it aside."""
    chat = large.session.chat
    for number in range(8):
        chat.end().add(Answer(f"Tea {number}?", DEFAULT, Sampling(), "Hot. " * 200, "stop"))
    large.conversing.changed.emit()
    page, composer = large.page, large.page.composer
    qtbot.waitUntil(lambda: page.transcript.verticalScrollBar().maximum() > 0)
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        large.setLayoutDirection(direction)
        qtbot.waitUntil(lambda: edges(page.transcript.views[-1], page) == edges(composer, page))


def edges(widget: QWidget, page: QWidget) -> tuple[int, int]:
    left = widget.mapTo(page, QPoint()).x()
    return left, left + widget.width()


def test_the_palette_has_room_for_its_names_at_any_text_size(large: MainWindow):
    palette = open_palette(large)
    column, metrics = palette.list.columnWidth(0), palette.list.fontMetrics()
    longest = max(metrics.horizontalAdvance(name) for name in palette.names())
    palette.close()
    assert column > longest + metrics.height()  # the icon


def test_the_hint_keeps_its_distance_from_right_to_left(qtbot: QtBot, theme: Theme):
    """Qt's own placeholder touched the edge there."""
    typed = PromptInput()
    qtbot.addWidget(typed)
    typed.resize(300, 60)
    typed.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    typed.set_hint("Ask")
    with qtbot.waitExposed(typed):
        typed.show()
    picture = typed.viewport().grab().toImage()
    ground = picture.pixelColor(2, 2)
    inked = [
        x
        for x in range(picture.width())
        if any(picture.pixelColor(x, y) != ground for y in range(4, picture.height() - 4))
    ]
    margin = round(typed.document().documentMargin())
    assert picture.width() - inked[-1] >= margin
    assert inked[-1] > picture.width() // 2  # the cursor may be seen at the other end


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
def test_the_warning_of_raised_safety_is_seen_in_both_modes(
    window: MainWindow, theme: Theme, qtbot: QtBot, scheme: Qt.ColorScheme
):
    """Its sign stayed as dark as it was made."""
    theme.set_scheme(scheme)
    sign = window.steering.groups[2].caution.findChildren(QLabel)[0]
    wanted = QColor(theme.colours.warning).name()

    def colours() -> set[str]:
        image = sign.pixmap().toImage()
        places = itertools.product(range(image.width()), range(image.height()))
        return {
            image.pixelColor(*at).name() for at in places if image.pixelColor(*at).alpha() > 250
        }

    qtbot.waitUntil(lambda: wanted in colours())
    theme.set_scheme(Qt.ColorScheme.Unknown)
