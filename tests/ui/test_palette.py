"""The palette holds every command; a few letters and Enter run one."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.actions import all_actions
from steerlm_studio.ui.palette import Palette, open_palette
from steerlm_studio.ui.window import MainWindow


@pytest.fixture
def palette(window: MainWindow) -> Palette:
    return open_palette(window)


def test_every_command_of_the_menus_is_in_it(palette: Palette, window: MainWindow):
    said = [name.rsplit("› ", 1)[1].removesuffix(" ✓") for name in palette.names()]  # noqa: RUF001
    assert sorted(said) == sorted(a.text().replace("&", "") for a in all_actions(window))


def test_words_in_any_order_find_a_command(palette: Palette, qtbot: QtBot):
    qtbot.keyClicks(palette.input, "text LARGER")
    assert [name.rsplit(" ", 2)[-2:] for name in palette.names()] == [["Larger", "text"]]


def test_enter_runs_the_first_found_and_closes(palette: Palette, window: MainWindow, qtbot: QtBot):
    assert window.frame.conversations.isVisible()
    qtbot.keyClicks(palette.input, "view conversations")
    with qtbot.waitSignal(palette.destroyed):
        qtbot.keyClick(palette.input, Qt.Key.Key_Return)
    assert not window.frame.conversations.isVisible()


def test_arrow_keys_walk_the_list_while_typing(palette: Palette, qtbot: QtBot):
    first = palette.list.currentIndex().row()
    qtbot.keyClick(palette.input, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == first + 1
    qtbot.keyClick(palette.input, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == first


def test_what_cannot_be_used_now_is_listed_last_and_not_run(palette: Palette, qtbot: QtBot):
    qtbot.keyClicks(palette.input, "copy the last reply")
    qtbot.keyClick(palette.input, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_without_a_match_it_says_so(palette: Palette, qtbot: QtBot):
    qtbot.keyClicks(palette.input, "xyzzy")
    assert palette.nothing.isVisible()
    qtbot.keyClick(palette.input, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_the_key_opens_it(window: MainWindow, qtbot: QtBot):
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    found = window.findChild(Palette)
    assert found.isVisible()
    qtbot.keyClick(found, Qt.Key.Key_Escape)
    assert not found.isVisible()
