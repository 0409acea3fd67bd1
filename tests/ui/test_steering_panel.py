"""The panel holds a steering, tells what the user did, and takes it back on undo."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from steerlm_studio import folders
from steerlm_studio.steer.presets import Preset, write_preset
from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON
from steerlm_studio.steer.steering import DEFAULT, Steering, default_steering
from steerlm_studio.ui.attribute_group import AttributeGroup
from steerlm_studio.ui.steering_change import setting_in_words
from steerlm_studio.ui.steering_panel import SteeringPanel


@pytest.fixture
def panel(qtbot: QtBot) -> SteeringPanel:
    return shown(qtbot)


def shown(qtbot: QtBot) -> SteeringPanel:
    panel = SteeringPanel()
    qtbot.addWidget(panel)
    panel.resize(panel.minimumWidth(), 800)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def told_by(panel: SteeringPanel) -> list[Steering]:
    told: list[Steering] = []
    panel.steering_changed.connect(told.append)
    return told


def press(panel: SteeringPanel, qtbot: QtBot, name: str, key: str) -> None:
    qtbot.keyClick(panel.rows[name].slider, key)


def pick_preset(panel: SteeringPanel, name: str) -> None:
    """As a user does: the combo box, then the entry."""
    choice = panel.presets.choice
    choice.setCurrentIndex(choice.findText(name))
    choice.activated.emit(choice.currentIndex())


def safety(panel: SteeringPanel) -> AttributeGroup:
    return next(group for group in panel.groups if group.group == "safety")


def test_a_slider_makes_a_new_steering_in_the_same_event(panel: SteeringPanel, qtbot: QtBot):
    told = told_by(panel)
    press(panel, qtbot, "humor", "3")
    assert told == [DEFAULT.having(humor=3)]
    assert panel.steering == told[-1]


def test_all_seventeen_attributes_have_a_row(panel: SteeringPanel):
    assert set(panel.rows) == set(NEMOTRON.names)


def test_what_the_program_shows_is_not_told_and_cannot_be_undone(
    panel: SteeringPanel, qtbot: QtBot
):
    press(panel, qtbot, "humor", "3")
    told = told_by(panel)
    panel.set_steering(DEFAULT.having(verbosity=1))
    assert told == []
    assert panel.rows["verbosity"].value == 1
    assert not panel.undo_action.isEnabled()


def test_redo_is_ctrl_y_on_every_desktop(panel: SteeringPanel):
    keys = [key.toString() for key in panel.redo_action.shortcuts()]
    assert keys[0] == "Ctrl+Y"
    assert len(keys) == len(set(keys))


def test_undo_and_redo_walk_over_sliders_presets_and_languages(panel: SteeringPanel, qtbot: QtBot):
    press(panel, qtbot, "humor", "3")
    pick_preset(panel, "Playful")
    panel.language.box.click()
    steps = [DEFAULT, DEFAULT.having(humor=3), panel.preset.steering, panel.steering]
    assert panel.steering.lang is None
    for step in reversed(steps[:-1]):
        panel.undo_action.trigger()
        assert panel.steering == step
    assert panel.preset.name == "Default"
    for step in steps[1:]:
        panel.redo_action.trigger()
        assert panel.steering == step
    assert panel.preset.name == "Playful"


def test_a_drag_is_one_step_back(panel: SteeringPanel, qtbot: QtBot):
    slider = panel.rows["humor"].slider
    told = told_by(panel)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    for x in range(10, slider.width(), 4):
        qtbot.mouseMove(slider, QPoint(x, 10))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 4, 10))
    assert [steering["humor"] for steering in told] == [1, 2, 3, 4]
    panel.undo_action.trigger()
    assert panel.steering == DEFAULT
    assert not panel.undo_action.isEnabled()


def test_two_drags_are_two_steps(panel: SteeringPanel, qtbot: QtBot):
    slider = panel.rows["humor"].slider
    for x in (slider.width() - 10, 10):
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
    panel.undo_action.trigger()
    assert panel.steering["humor"] == 4


def test_undo_says_what_it_takes_back(panel: SteeringPanel, qtbot: QtBot):
    press(panel, qtbot, "humor", "3")
    assert "humor 0→3" in panel.undo_action.text()


def test_a_steering_from_elsewhere_can_be_applied_as_an_act_of_the_user(panel: SteeringPanel):
    told = told_by(panel)
    panel.apply(DEFAULT.having(humor=1, lang="de"))
    panel.undo_action.trigger()
    assert told == [DEFAULT.having(humor=1, lang="de"), DEFAULT]


def test_what_is_typed_in_one_visit_is_one_step_back(panel: SteeringPanel):
    for visit, humor in ((1, 2), (1, 3), (2, 4)):
        panel.apply(DEFAULT.having(humor=humor), visit)
    panel.undo_action.trigger()
    assert panel.steering["humor"] == 3
    panel.undo_action.trigger()
    assert panel.steering == DEFAULT


def test_a_preset_sets_every_slider_and_reset_goes_back_to_it(panel: SteeringPanel, qtbot: QtBot):
    pick_preset(panel, "Playful")
    playful = panel.steering
    assert playful["humor"] == 4
    assert not panel.presets.reset.isEnabled()
    press(panel, qtbot, "humor", "1")
    qtbot.mouseClick(panel.presets.reset, Qt.MouseButton.LeftButton)
    assert panel.steering == playful


def test_own_presets_are_offered_and_a_broken_one_is_named(qtbot: QtBot):
    write_preset(Preset("Mine", "My own.", DEFAULT.having(humor=2)), folders.presets())
    (folders.presets() / "broken.toml").write_text("name = ", encoding="utf-8")
    panel = shown(qtbot)
    pick_preset(panel, "Mine")
    assert panel.steering["humor"] == 2
    assert len(panel.presets.problems) == 1
    assert "broken.toml" in panel.presets.problems[0]


def test_another_family_shows_its_own_rows_and_keeps_what_it_shares(
    panel: SteeringPanel, qtbot: QtBot
):
    press(panel, qtbot, "humor", "3")
    choice = panel.family.choice
    choice.activated.emit(choice.findData(NEMO_ALIGNER.id))
    assert panel.steering == default_steering(NEMO_ALIGNER).having(humor=3)
    assert panel.rows["violence"].isHidden()
    assert panel.language.isHidden()
    panel.undo_action.trigger()
    assert panel.steering == DEFAULT.having(humor=3)
    assert not panel.rows["violence"].isHidden()


def test_a_schema_set_by_the_program_is_not_told(panel: SteeringPanel):
    told = told_by(panel)
    panel.set_schema(NEMO_ALIGNER)
    assert panel.steering == default_steering(NEMO_ALIGNER)
    assert told == []


def test_safety_is_folded_while_all_is_zero_and_says_so(panel: SteeringPanel):
    assert not panel.rows["toxicity"].isVisible()
    assert safety(panel).header.summary == "all 0"
    assert safety(panel).caution.isHidden()


def test_a_raised_safety_value_shows_one_calm_sentence(panel: SteeringPanel, qtbot: QtBot):
    safety(panel).header.click()
    press(panel, qtbot, "toxicity", "1")
    assert not safety(panel).caution.isHidden()
    press(panel, qtbot, "toxicity", "0")
    assert safety(panel).caution.isHidden()


def test_a_raised_value_from_elsewhere_does_not_hide(panel: SteeringPanel):
    panel.set_steering(DEFAULT.having(violence=2))
    assert panel.rows["violence"].isVisible()


def test_a_folded_group_says_what_was_changed_in_it(panel: SteeringPanel, qtbot: QtBot):
    press(panel, qtbot, "humor", "3")
    style = panel.groups[1]
    style.header.click()
    assert style.header.summary == "humor 3"
    assert style.header.accessibleName() == "Style: humor 3"


def test_a_fold_made_by_the_user_stays(panel: SteeringPanel, qtbot: QtBot):
    panel.set_steering(DEFAULT.having(violence=2))
    safety(panel).header.click()
    press(panel, qtbot, "humor", "3")
    assert not safety(panel).header.isChecked()


def test_sliders_stand_below_each_other(panel: SteeringPanel):
    starts = {row.slider.x() for row in panel.rows.values() if row.isVisible()}
    assert len(starts) == 1


def test_a_setting_is_said_by_what_differs_from_the_preset(panel: SteeringPanel):
    assert setting_in_words(panel.preset, DEFAULT) == "Default"
    funny = DEFAULT.having(humor=3)
    assert setting_in_words(panel.preset, funny) == "humor 0→3"
    other = funny.having(verbosity=None, lang="de", quality=1)
    assert setting_in_words(panel.preset, other) == "quality 4→1, verbosity 4→\N{EN DASH} +2"
