"""Colours carry text in both modes; fonts and sizes reach the widgets."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.labels import NumberLabel, PlainLabel, SmallLabel, TitleLabel
from steerlm_studio.ui.theme import DARK, LIGHT, Colours, Theme, colours_of

GROUNDS = ("window", "base", "raised")
TEXTS = ["text", "secondary", "accent", "quality", "style", "safety", "good", "warning", "error"]
both_modes = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@both_modes
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_has_a_contrast_of_four_and_a_half(colours: Colours, text: str, ground: str):
    assert contrast(getattr(colours, text), getattr(colours, ground)) >= 4.5


@both_modes
@pytest.mark.parametrize("text", ["text", "quality", "style", "safety"])
def test_a_lit_piece_can_be_read(colours: Colours, text: str):
    assert contrast(getattr(colours, text), colours.changed) >= 4.5


@both_modes
def test_selected_and_accented_text_can_be_read(colours: Colours):
    assert contrast(colours.text, colours.selection) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5


@both_modes
def test_controls_stand_out_from_the_window(colours: Colours):
    for colour in (colours.edge, colours.accent, *colours.fills):
        assert contrast(colour, colours.window) >= 3


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """A theme of the test's own; the application's look comes back afterwards."""
    font, palette, sheet = qapp.font(), qapp.palette(), qapp.styleSheet()
    theme = Theme(qapp)
    yield theme
    theme.deleteLater()
    qapp.setPalette(palette)
    qapp.setFont(font)
    qapp.setStyleSheet(sheet)


def test_what_is_dressed_is_not_dressed_again(theme: Theme, qtbot: QtBot):
    """The start of the window dressed all of it twice more, which took half of its time."""
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_scale(theme.scale)
        theme.set_scheme(Qt.ColorScheme.Unknown)
    with qtbot.waitSignal(theme.changed):
        theme.set_scale(1.5)


@pytest.fixture
def labels(qtbot: QtBot) -> Iterator[list[PlainLabel]]:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    labels = [kind("x") for kind in (PlainLabel, SmallLabel, TitleLabel, NumberLabel)]
    for label in labels:
        column.addWidget(label)
    window.show()
    yield labels
    window.close()


def test_labels_get_their_sizes_and_follow_the_text_size(
    theme: Theme, labels: list[PlainLabel], qtbot: QtBot
):
    def sizes() -> list[int]:
        return [label.font().pixelSize() for label in labels]

    qtbot.waitUntil(lambda: sizes() == [13, 11, 16, 13])
    theme.set_scale(1.5)
    qtbot.waitUntil(lambda: sizes() == [20, 16, 24, 20])


def test_the_text_size_stays_within_bounds(theme: Theme):
    theme.set_scale(9)
    assert theme.scale == 2.0
    theme.set_scale(0.1)
    assert theme.scale == 0.7


def test_numbers_are_of_one_width(theme: Theme, labels: list[PlainLabel], qtbot: QtBot):
    qtbot.waitUntil(lambda: labels[-1].font().pixelSize() == 13)
    metrics = labels[-1].fontMetrics()
    assert metrics.horizontalAdvance("111") == metrics.horizontalAdvance("000")


def test_the_mode_changes_while_widgets_are_shown(
    theme: Theme, labels: list[PlainLabel], qtbot: QtBot
):
    theme.set_scheme(Qt.ColorScheme.Light)
    with qtbot.waitSignal(theme.changed):
        theme.set_scheme(Qt.ColorScheme.Dark)
    qtbot.waitUntil(lambda: colours_of(labels[0]) == DARK)
    secondary = labels[1].palette().color(QPalette.ColorRole.WindowText)
    assert secondary == QColor(DARK.secondary)


def test_labels_show_markup_as_it_is(qtbot: QtBot):
    label = PlainLabel("<b>bold</b>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText


class Listener(QWidget):
    """Notes what Qt tells it, and whether Python might free widgets meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[QEvent.Type, bool]] = []

    def event(self, event: QEvent) -> bool:
        self.told.append((event.type(), gc.isenabled()))
        return super().event(event)


def test_no_widget_is_freed_while_the_looks_go_through_all_of_them(qtbot: QtBot, theme: Theme):
    listener = Listener()
    qtbot.addWidget(listener)
    listener.show()
    qtbot.waitExposed(listener)
    listener.told.clear()
    theme.set_scheme(Qt.ColorScheme.Dark)
    theme.set_scale(1.5)
    told = set(listener.told)
    kinds = QEvent.Type
    assert {kinds.PaletteChange, kinds.FontChange} <= {kind for kind, _ in told}
    assert [kind for kind, may_free in told if may_free] == []
    assert gc.isenabled()
