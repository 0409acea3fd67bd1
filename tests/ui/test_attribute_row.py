"""A row shows one value and tells only what the user did."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.steer.attributes import ATTRIBUTES
from steerlm_studio.ui.attribute_row import AttributeRow


class Told(list[tuple[str, int | None]]):
    """A row and all that it told."""

    def __init__(self, qtbot: QtBot, name: str = "humor") -> None:
        super().__init__()
        self.row = AttributeRow(ATTRIBUTES[name])
        qtbot.addWidget(self.row)
        self.row.changed.connect(lambda *change: self.append(change))


@pytest.fixture
def told(qtbot: QtBot) -> Told:
    return Told(qtbot)


def test_a_digit_sets_slider_and_number(told: Told, qtbot: QtBot):
    qtbot.keyClick(told.row.slider, "3")
    assert told == [("humor", 3)]
    assert told.row.slider.value() == 3
    assert told.row.number.text() == "3"


def test_what_is_shown_already_is_not_told_again(told: Told, qtbot: QtBot):
    qtbot.keyClick(told.row.slider, "0")
    assert told == []


def test_the_box_leaves_the_attribute_out_and_back_in(told: Told, qtbot: QtBot):
    told.row.set_value(2)
    qtbot.keyClick(told.row.box, Qt.Key.Key_Space)
    assert told.row.number.text() == "\N{EN DASH}"
    qtbot.keyClick(told.row.box, Qt.Key.Key_Space)
    assert told == [("humor", None), ("humor", 2)]


def test_a_level_picked_on_a_row_left_out_puts_it_back_in(told: Told, qtbot: QtBot):
    told.row.set_value(None)
    qtbot.keyClick(told.row.slider, "0")
    assert told == [("humor", 0)]
    assert told.row.box.isChecked()


def test_what_the_program_shows_is_not_told(told: Told):
    told.row.set_value(4)
    told.row.set_value(None)
    assert told == []


def test_a_dot_marks_what_differs_from_the_preset(told: Told, qtbot: QtBot):
    told.row.set_preset_value(1)
    told.row.set_value(1)
    assert told.row.dot.isHidden()
    qtbot.keyClick(told.row.slider, "2")
    assert not told.row.dot.isHidden()


def test_a_double_click_goes_back_to_the_preset(told: Told, qtbot: QtBot):
    told.row.set_preset_value(2)
    qtbot.mouseDClick(told.row.slider, Qt.MouseButton.LeftButton)
    assert told.row.value == 2


def test_the_tooltip_says_the_meaning_and_its_source(qtbot: QtBot):
    humor, violence = Told(qtbot, "humor").row, Told(qtbot, "violence").row
    assert "Sense of humor." in humor.toolTip()
    assert ATTRIBUTES["humor"].source in humor.toolTip()
    assert "No public definition was found" in violence.toolTip()


def test_every_control_has_a_name(told: Told):
    row = told.row
    names = [widget.accessibleName() for widget in (row.box, row.slider, row.number)]
    assert names == ["Send humor", "humor", "Value of humor: 0"]
