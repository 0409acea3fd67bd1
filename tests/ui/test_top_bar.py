"""The bar over everything gives its room to what needs it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.top_bar import TopBar
from steerlm_studio.ui.view_switch import ViewSwitch


@pytest.fixture
def menu() -> Iterator[QMenu]:
    menu = QMenu()
    yield menu
    menu.deleteLater()


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme, menu: QMenu) -> TopBar:
    bar = TopBar(QAction("Sidebar"), menu, [QAction("Chat"), QAction("Compare")])
    qtbot.addWidget(bar)
    bar.set_model("Demo")
    bar.resize(1000, 40)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


def switch_of(bar: TopBar) -> ViewSwitch:
    switch = bar.findChild(ViewSwitch)
    assert switch is not None
    return switch


def title_of_half(bar: TopBar) -> str:
    """One that needs more than half of the room, and less than all of it."""
    room = bar.title.width() + bar.model.x() - switch_of(bar).geometry().right()
    title = ""
    while bar.title.fontMetrics().horizontalAdvance(title) < 0.65 * room:
        title += "tea "
    return title.strip()


def test_a_title_that_needs_it_has_the_room_beside_the_switch(bar: TopBar, qtbot: QtBot):
    title = title_of_half(bar)
    bar.set_title(title)
    qtbot.waitUntil(lambda: bar.title.text() == title)
    assert switch_of(bar).geometry().right() < bar.model.x()
    bar.resize(500, 40)
    qtbot.waitUntil(lambda: bar.title.text().endswith("…"))
    bar.resize(1000, 40)
    qtbot.waitUntil(lambda: bar.title.text() == title)


def test_under_a_short_title_the_switch_stays_where_it_is(bar: TopBar, qtbot: QtBot):
    before = switch_of(bar).x()
    bar.set_title("Tea")
    qtbot.waitUntil(lambda: bar.title.text() == "Tea")
    assert switch_of(bar).x() == before


def test_the_note_on_the_model_gives_way_before_the_window_outgrows_the_screen(
    bar: TopBar, qtbot: QtBot
):
    """With text at 200 % the window was wider than 1280 pixels for it."""
    note = "small demo trained on synthetic text"
    bar.set_model("Demo", note)
    qtbot.waitUntil(lambda: bar.note.text() == note)
    bar.resize(bar.minimumSizeHint().width(), 40)
    qtbot.waitUntil(lambda: bar.note.text() != note)
    bar.resize(1000, 40)
    qtbot.waitUntil(lambda: bar.note.text() == note)


def test_a_long_name_of_a_model_gives_way_in_its_middle(bar: TopBar, qtbot: QtBot):
    """The window grew beyond the screen with it."""
    name = "nobody-knows-" + 9 * "how-long-names-are-" + "Q4_K_M"
    bar.set_model(name)
    assert bar.minimumSizeHint().width() < 1000
    qtbot.waitUntil(lambda: bar.model.text().startswith("nobody"))
    assert "…" in bar.model.text()
    assert bar.model.text().endswith("Q4_K_M")
    assert name in bar.model.toolTip()
    assert name in bar.model.accessibleName()
    assert bar.state.geometry().right() <= bar.width()
    bar.set_model("R&D")
    qtbot.waitUntil(lambda: bar.model.text() == "R&&D")


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_of_models_runs_as_the_window_does(bar: TopBar, menu: QMenu):
    """Its signs stood to the right, and its keys to the left."""
    menu.addAction("Open")
    seen = []
    menu.aboutToShow.connect(lambda: QTimer.singleShot(0, look))

    def look() -> None:
        seen.append(menu.layoutDirection())
        menu.close()

    bar.model.showMenu()
    assert seen == [bar.layoutDirection()]
