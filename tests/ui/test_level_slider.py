"""The slider says what was picked by click, drag, key and wheel, and nothing otherwise."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.level_slider import LevelSlider


class Heard(list[int]):
    """A slider and what it said; the slider shows what was picked, as a row does."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__()
        self.slider = LevelSlider("style", 0, 4)
        qtbot.addWidget(self.slider)
        self.slider.chosen.connect(self.append)
        self.slider.chosen.connect(self.slider.setValue)
        self.slider.resize(220, 24)
        self.slider.show()

    def place(self, level: int) -> QPoint:
        """Where a level is on the slider, in pixels."""
        return QPoint(10 + level * 50, 12)


@pytest.fixture
def heard(qtbot: QtBot) -> Heard:
    return Heard(qtbot)


@pytest.mark.parametrize("level", range(5))
def test_a_digit_picks_the_level(heard: Heard, qtbot: QtBot, level: int):
    qtbot.keyClick(heard.slider, str(level))
    assert heard == [level]


def test_a_digit_beyond_the_range_picks_nothing(heard: Heard, qtbot: QtBot):
    qtbot.keyClick(heard.slider, "5")
    assert heard == []


def test_arrows_step_and_stop_at_the_ends(heard: Heard, qtbot: QtBot):
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Up):
        qtbot.keyClick(heard.slider, key)
    qtbot.keyClick(heard.slider, Qt.Key.Key_Home)
    assert heard == [1, 2, 1, 4, 4, 0]


def test_right_goes_down_where_text_runs_from_right_to_left(heard: Heard, qtbot: QtBot):
    heard.slider.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    heard.slider.setValue(2)
    qtbot.keyClick(heard.slider, Qt.Key.Key_Right)
    assert heard == [1]


def test_a_click_picks_the_level_below_it(heard: Heard, qtbot: QtBot):
    qtbot.mouseClick(heard.slider, Qt.MouseButton.LeftButton, pos=heard.place(3))
    assert heard == [3]


def test_a_drag_tells_every_level_once(heard: Heard, qtbot: QtBot):
    qtbot.mousePress(heard.slider, Qt.MouseButton.LeftButton, pos=heard.place(0))
    for x in range(10, 211, 10):
        qtbot.mouseMove(heard.slider, QPoint(x, 12))
    qtbot.mouseRelease(heard.slider, Qt.MouseButton.LeftButton, pos=heard.place(4))
    assert heard == [0, 1, 2, 3, 4]


def test_a_double_click_asks_for_the_default(heard: Heard, qtbot: QtBot):
    with qtbot.waitSignal(heard.slider.default_asked):
        qtbot.mouseDClick(heard.slider, Qt.MouseButton.LeftButton, pos=heard.place(1))


def test_minus_leaves_it_out(heard: Heard, qtbot: QtBot):
    with qtbot.waitSignal(heard.slider.left_out_asked):
        qtbot.keyClick(heard.slider, "-")


def turn_wheel(slider: LevelSlider) -> bool:
    """Turn the wheel up by one over the slider; True when the slider took it."""
    middle = QPointF(slider.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(slider.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, event)
    return event.isAccepted()


def test_the_wheel_steers_only_with_the_focus(heard: Heard, qtbot: QtBot):
    heard.slider.clearFocus()
    assert not turn_wheel(heard.slider)
    assert heard == []
    with qtbot.waitActive(heard.slider):
        heard.slider.activateWindow()
    heard.slider.setFocus()
    qtbot.waitUntil(heard.slider.hasFocus)
    assert turn_wheel(heard.slider)
    assert heard == [1]


def test_other_keys_go_on_to_the_window(heard: Heard, qtbot: QtBot):
    qtbot.keyClick(heard.slider, "x")
    assert heard == []


def test_a_slider_keeps_its_picture_until_it_looks_otherwise(heard: Heard, qtbot: QtBot):
    slider = heard.slider

    def drawn() -> int:
        slider.grab()
        return slider._picture.cacheKey()

    first = drawn()
    assert drawn() == first
    keys = [first]
    dark = slider.palette()
    dark.setColor(dark.ColorRole.Window, Qt.GlobalColor.black)
    for change in (
        lambda: slider.setValue(slider.value() + 1),
        lambda: slider.show_sent(False),
        lambda: slider.resize(180, 24),
        lambda: slider.setPalette(dark),
        lambda: slider.setRange(0, 3),
        lambda: slider.setLayoutDirection(Qt.LayoutDirection.RightToLeft),
    ):
        change()
        keys.append(drawn())
    assert len(set(keys)) == len(keys)
