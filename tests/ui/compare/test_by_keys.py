"""A comparison by keys alone: columns, commands, and where the keyboard is."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.window import MainWindow
from tests.ui.compare.test_comparing import asked, chips, views
from tests.ui.test_accessible import nameless, place_of, tab_order
from tests.ui.test_keyboard import shows_focus

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_columns_are_worked_with_by_keys_alone(comparing: MainWindow, qtbot: QtBot):
    shift = CONTROL | Qt.KeyboardModifier.ShiftModifier
    views(comparing)[0].setFocus()
    qtbot.keyClick(views(comparing)[0], Qt.Key.Key_PageDown, CONTROL)
    assert comparing.page.compare.columns.selected == 1
    qtbot.keyClick(comparing, Qt.Key.Key_PageDown, shift)
    assert [chips(view) for view in views(comparing)] == [[], ["humor 0→4"], ["humor 0→2"]]
    qtbot.keyClick(comparing, Qt.Key.Key_D, CONTROL)
    qtbot.keyClick(comparing, Qt.Key.Key_N, shift)
    assert len(views(comparing)) == 5
    qtbot.keyClick(comparing, Qt.Key.Key_W, CONTROL)
    assert len(views(comparing)) == 4
    asked(comparing, qtbot)
    qtbot.keyClick(comparing, Qt.Key.Key_K, shift)
    kept = [answer for answer in comparing.session.chat.start.answers if answer.kept]
    assert [answer.steering["humor"] for answer in kept] == [2]


def test_the_commands_of_a_comparison_rest_while_one_chats(comparing: MainWindow):
    menu = comparing.viewing.compare_menu
    assert all(action.isEnabled() for action in menu.actions() if not action.isSeparator())
    comparing.viewing.show("chat")
    assert not any(action.isEnabled() for action in menu.actions())


def test_everything_in_a_comparison_has_a_name_and_shows_where_the_keyboard_is(
    comparing: MainWindow, qtbot: QtBot
):
    asked(comparing, qtbot)
    comparing.page.compare.foot.table.setChecked(True)
    comparing.resize(1500, 1500)
    comparing.activateWindow()
    assert nameless(comparing) == ""
    stops = [stop for stop in tab_order(comparing) if comparing.page.compare.isAncestorOf(stop)]
    assert len(stops) > 20
    assert [place_of(stop) for stop in stops if not shows_focus(stop)] == []
    order = [view for view in views(comparing) for view in view.tab_stops if view in stops]
    first = stops.index(order[0])
    assert stops[first : first + len(order)] == order
