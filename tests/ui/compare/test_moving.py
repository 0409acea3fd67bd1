"""Columns change places: dragged by their heads, or by keys; undone, and said aloud."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.compare.column_view import ColumnView
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def comparing(window: MainWindow, qapp: QApplication) -> Iterator[MainWindow]:
    """Three columns, humor 0, 2 and 4, the last selected."""
    window.resize(1400, 800)
    window.viewing.show("compare")
    window.page.compare.strip.card.buttons[0].click()
    window.comparing.step(2)
    qapp.processEvents()
    yield window
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def humor(window: MainWindow) -> list[object]:
    return [column.steering["humor"] for column in window.page.compare.columns.all]


def views(window: MainWindow) -> list[ColumnView]:
    return window.page.compare.strip.in_order()


def over(window: MainWindow, place: int, past: int) -> QPoint:
    """On the screen: the middle of a column and `past` it, as high as the heads are."""
    view = views(window)[place]
    middle = view.mapToGlobal(view.rect().center()).x()
    return QPoint(middle + past, view.mapToGlobal(QPoint(0, 8)).y())


def send(held: QWidget, kind: QEvent.Type, point: QPoint) -> None:
    """As it reaches the widget that holds the mouse, wherever the pointer is."""
    here = QPointF(held.mapFromGlobal(point))
    QApplication.sendEvent(
        held, QMouseEvent(kind, here, QPointF(point), LEFT, LEFT, Qt.KeyboardModifier.NoModifier)
    )


def drag(window: MainWindow, place: int, to: int, past: int = 10) -> None:
    """Hold the head of one column over the middle of another and `past` it."""
    QApplication.processEvents()
    head = views(window)[place].head
    start = head.mapToGlobal(QPoint(12, 5))
    send(head, QEvent.Type.MouseButtonPress, start)
    send(head, QEvent.Type.MouseMove, start + QPoint(20, 0))
    send(head, QEvent.Type.MouseMove, over(window, to, past))


def let_go(window: MainWindow, place: int, to: int, past: int = 10) -> None:
    head = views(window)[place].head
    send(head, QEvent.Type.MouseButtonRelease, over(window, to, past))
    QApplication.processEvents()


def drop(window: MainWindow, place: int, to: int, past: int = 10) -> None:
    drag(window, place, to, past)
    let_go(window, place, to, past)


@pytest.mark.parametrize("part", ["chips", "title", "sign"])
def test_a_column_is_dragged_by_all_that_its_head_shows(comparing: MainWindow, part: str):
    """Held by what differs, it once stayed with the pointer after the button was let go."""
    head = views(comparing)[2].head
    held = getattr(head, part)
    assert held.isVisible()
    start = held.mapToGlobal(held.rect().center())
    send(held, QEvent.Type.MouseButtonPress, start)
    for point in (start + QPoint(20, 0), over(comparing, 0, -10)):
        send(held, QEvent.Type.MouseMove, point)
    send(held, QEvent.Type.MouseButtonRelease, over(comparing, 0, -10))
    assert humor(comparing) == [4, 0, 2]


def test_a_head_dragged_past_the_middle_of_another_column_goes_behind_it(comparing: MainWindow):
    drop(comparing, 0, 1)
    assert humor(comparing) == [2, 0, 4]
    drop(comparing, 2, 0, -10)
    assert humor(comparing) == [4, 2, 0]
    assert comparing.steering.steering["humor"] == 4  # what was dragged is selected
    lefts = [view.x() for view in views(comparing)]
    assert lefts == sorted(lefts)


def test_a_line_shows_where_it_would_go(comparing: MainWindow):
    drag(comparing, 0, 2)
    gap = comparing.page.compare.strip._gap
    assert gap.isVisible()
    assert gap.geometry().left() > views(comparing)[2].geometry().right()
    drag(comparing, 0, 0, -10)
    assert gap.geometry().right() < views(comparing)[0].geometry().left()
    let_go(comparing, 0, 0, -10)
    assert gap.isHidden()
    assert humor(comparing) == [0, 2, 4]


def test_a_press_without_a_drag_moves_nothing_and_selects(comparing: MainWindow, qtbot: QtBot):
    qtbot.mouseClick(views(comparing)[1].head, LEFT, pos=QPoint(12, 5))
    assert humor(comparing) == [0, 2, 4]
    assert comparing.page.compare.columns.selected == 1
    assert comparing.page.compare.notice.isHidden()


def test_escape_leaves_the_column_where_it_is(comparing: MainWindow, qtbot: QtBot):
    drag(comparing, 0, 2)
    head = views(comparing)[0].head
    qtbot.keyClick(head, Qt.Key.Key_Escape)
    let_go(comparing, 0, 2)
    assert humor(comparing) == [0, 2, 4]
    assert comparing.page.compare.strip._gap.isHidden()


def test_a_drag_is_undone_and_what_was_added_since_stays(comparing: MainWindow):
    drop(comparing, 0, 2)
    assert humor(comparing) == [2, 4, 0]
    comparing.comparing.add(None)
    comparing.steering.apply(comparing.steering.steering.having(humor=1))
    notice = comparing.page.compare.notice
    assert notice.message.text() == "The column was moved."
    notice.button.click()
    assert humor(comparing) == [0, 2, 4, 1]


def test_keys_move_it_too_and_its_new_place_is_said(comparing: MainWindow, qtbot: QtBot):
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(comparing.announcer.announced) as said:
        qtbot.keyClick(comparing, Qt.Key.Key_PageUp, keys)
    assert said.args == ["The column is now 2 of 3."]
    assert humor(comparing) == [0, 4, 2]
    assert comparing.page.compare.notice.isHidden()  # the other key is the way back


def test_where_writing_goes_from_right_to_left_so_do_the_columns(
    comparing: MainWindow, qapp: QApplication
):
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qapp.processEvents()
    assert views(comparing)[0].x() > views(comparing)[2].x()
    drop(comparing, 0, 1, -10)
    assert humor(comparing) == [2, 0, 4]


def test_the_only_column_is_not_dragged(comparing: MainWindow):
    comparing.comparing.remove_selected()
    comparing.comparing.remove_selected()
    head = views(comparing)[0].head
    assert head.cursor().shape() == Qt.CursorShape.ArrowCursor
    drag(comparing, 0, 0)
    assert comparing.page.compare.strip._gap.isHidden()
    let_go(comparing, 0, 0)


def test_the_sign_of_the_selected_column_grows_with_the_text(
    comparing: MainWindow, theme: Theme, request: pytest.FixtureRequest, qtbot: QtBot
):
    """It is a picture, and once stayed as small as it was made."""
    request.addfinalizer(lambda: theme.set_scale(1.0))
    head = views(comparing)[2].head
    before = head.sign.pixmap().deviceIndependentSize().width()
    theme.set_scale(1.5)
    qtbot.waitUntil(lambda: head.sign.pixmap().deviceIndependentSize().width() > 1.3 * before)
