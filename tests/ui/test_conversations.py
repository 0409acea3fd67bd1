"""The sidebar: headings by day, search, and what a key does and does not do."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from steerlm_studio.store.records import Entry
from steerlm_studio.store.search import Hit
from steerlm_studio.ui.conversation_list import EXCERPT, HEADING
from steerlm_studio.ui.conversations import Conversations
from steerlm_studio.ui.theme import Theme

NOW = time.time()
DAY = 86_400.0


def entry(number: int, title: str = "", days: float = 0, pinned: bool = False) -> Entry:
    return Entry(number, title, "", pinned, NOW, NOW - days * DAY)


@pytest.fixture
def panel(qtbot: QtBot) -> Conversations:
    panel = Conversations(QAction("New"))
    qtbot.addWidget(panel)
    return panel


def lines(panel: Conversations) -> list[str]:
    """What is read from top to bottom, headings in capitals."""
    rows = [panel.list.index(row) for row in range(panel.list.rowCount())]
    return [row.data().upper() if row.data(HEADING) else row.data() for row in rows]


def test_the_pinned_come_first_and_the_rest_under_their_days(panel: Conversations):
    panel.show_all(
        [
            entry(1, "old", 4000),
            entry(2, "now"),
            entry(3, "pinned", 10, pinned=True),
            entry(4, "yesterday", 1),
            entry(5),
        ]
    )
    assert lines(panel) == [
        *("PINNED", "pinned"),
        *("TODAY", "New conversation", "now"),
        *("YESTERDAY", "yesterday"),
        *("OLDER", "old"),
    ]


def test_a_changed_conversation_moves_up_and_a_deleted_one_goes(panel: Conversations):
    panel.show_all([entry(1, "tea", 4000), entry(2, "coffee", 3)])
    panel.put(1, entry(1, "tea"))
    assert lines(panel) == ["TODAY", "tea", "LAST 7 DAYS", "coffee"]
    panel.put(2, None)
    assert lines(panel) == ["TODAY", "tea"]


def test_each_line_finds_its_conversation_and_back_in_a_long_list(panel: Conversations):
    panel.show_all([entry(n, str(n), n / 5, pinned=n % 7 == 0) for n in range(1, 2001)])
    for number in range(1, 2001, 13):
        index = panel.list.index_of(number)
        assert (panel.list.number(index), index.data()) == (number, str(number))


def test_choosing_a_conversation_tells_it_and_showing_one_does_not(
    panel: Conversations, qtbot: QtBot
):
    panel.show_all([entry(1, "tea"), entry(2, "coffee", 1)])
    with qtbot.assertNotEmitted(panel.chosen):
        panel.show_current(1)
    with qtbot.waitSignal(panel.chosen) as chosen:
        panel.view.setCurrentIndex(panel.list.index_of(2))
    assert chosen.args == [2]


def test_arrow_keys_step_over_headings(panel: Conversations, qtbot: QtBot):
    panel.show_all([entry(1, "tea"), entry(2, "coffee", 1)])
    panel.show_current(1)
    with qtbot.waitSignal(panel.chosen) as chosen:
        qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert chosen.args == [2]


def test_delete_asks_for_it_and_backspace_does_nothing(panel: Conversations, qtbot: QtBot):
    panel.show()
    panel.show_all([entry(1, "tea")])
    panel.show_current(1)
    panel.view.setFocus()
    with qtbot.assertNotEmitted(panel.delete_requested):
        qtbot.keyClick(panel.view, Qt.Key.Key_Backspace)
    with qtbot.waitSignal(panel.delete_requested) as asked:
        qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert asked.args == [1]


def test_hits_take_the_place_of_the_list_until_the_search_ends(panel: Conversations, qtbot: QtBot):
    panel.show_all([entry(1, "tea"), entry(2, "coffee")])
    with qtbot.waitSignal(panel.searched) as searched:
        qtbot.keyClicks(panel.field, " humor>=3 ")
    assert searched.args == ["humor>=3"]
    panel.show_hits([Hit(2, "coffee", 7, "a hot drink")])
    first = panel.list.index(0)
    assert (lines(panel), first.data(EXCERPT)) == (["coffee"], "a hot drink")
    with qtbot.waitSignal(panel.found) as found:
        qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    assert found.args == [2, 7]
    panel.show_hits(None)
    assert lines(panel) == ["TODAY", "coffee", "tea"]


def test_a_name_being_typed_is_not_thrown_away_by_news(panel: Conversations, qtbot: QtBot):
    panel.show()
    panel.show_all([entry(1, "tea"), entry(2, "coffee", 1)])
    panel.show_current(1)
    panel.rename_current()
    panel.put(2, entry(2, "coffee, hot"))
    assert panel.view.state() == panel.view.State.EditingState
    qtbot.keyClick(panel.view.findChild(QLineEdit), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: lines(panel)[1] == "coffee, hot")


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
def test_titles_can_be_read_in_both_modes(panel: Conversations, theme: Theme, scheme):
    panel.show_all([entry(1, "W" * 30)])
    panel.show()
    theme.set_scheme(scheme)
    image = panel.grab(panel.view.geometry()).toImage()
    shades = [image.pixelColor(x, y).lightness() for x in range(8, 80) for y in range(25, 60)]
    theme.set_scheme(Qt.ColorScheme.Unknown)
    assert max(shades) - min(shades) > 120


def test_from_right_to_left_the_margin_changes_sides_and_a_title_keeps_its_order(
    panel: Conversations, qapp: QApplication
):
    panel.show_all([entry(1, "WWWW....")])
    panel.resize(260, 300)
    panel.show()
    left = panel.view.x()
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        panel.layout().activate()
        assert panel.width() - 1 - panel.view.geometry().right() == left > 0
        ink = _ink(panel)
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    assert sum(ink[:8]) > 2 * sum(ink[-8:])  # the dots still end the title


def _ink(panel: Conversations) -> list[int]:
    """How dark each column of the title is, from its first to its last."""
    place = panel.view.visualRect(panel.list.index(1)).translated(panel.view.pos())
    image = panel.grab(place).toImage()
    ground = image.pixelColor(image.width() // 2, 2).lightness()
    inside = range(3, image.width() - 3)
    columns = [
        sum(abs(image.pixelColor(x, y).lightness() - ground) for y in range(3, image.height() - 3))
        for x in inside
    ]
    inked = [place for place, ink in enumerate(columns) if ink]
    return columns[inked[0] : inked[-1] + 1]
