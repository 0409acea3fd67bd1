"""Own presets are saved, renamed, deleted, taken in and given out; what was lost comes back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit
from pytestqt.qtbot import QtBot

from steerlm_studio import folders
from steerlm_studio.steer.presets import Preset, read_preset, write_preset
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.steering_panel import SteeringPanel

FUNNY = DEFAULT.having(humor=3)


@pytest.fixture
def panel(qtbot: QtBot) -> SteeringPanel:
    panel = SteeringPanel()
    qtbot.addWidget(panel)
    panel.resize(panel.minimumWidth(), 800)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.apply(FUNNY)
    return panel


def offered(panel: SteeringPanel) -> list[str]:
    return [preset.name for preset in panel.presets.presets() if not preset.shipped]


def own(name: str) -> Preset:
    return read_preset(folders.presets() / f"{name.lower()}.toml")


def test_what_is_set_can_be_saved_under_a_name(panel: SteeringPanel, qtbot: QtBot):
    panel.presets.menu.save_as.trigger()
    dialog = panel.findChild(QInputDialog)
    line = dialog.findChild(QLineEdit)
    qtbot.keyClicks(line, "Mine")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert own("Mine").steering == FUNNY
    assert offered(panel) == ["Mine"]
    assert panel.presets.choice.currentText() == "Mine"
    assert not panel.presets.reset.isEnabled()


def test_changes_are_saved_into_the_own_preset(panel: SteeringPanel):
    menu = panel.presets.menu
    menu.save_under("Mine")
    assert not menu.save.isEnabled()
    panel.apply(FUNNY.having(lang="de"))
    menu.save.trigger()
    assert own("Mine").steering == FUNNY.having(lang="de")


def test_a_preset_that_was_replaced_comes_back(panel: SteeringPanel, qtbot: QtBot):
    menu = panel.presets.menu
    menu.save_under("Mine")
    panel.apply(DEFAULT)
    menu.save_under("Mine")
    assert "Replaced" in panel.notice.message.text()
    qtbot.mouseClick(panel.notice.button, Qt.MouseButton.LeftButton)
    assert own("Mine").steering == FUNNY


def test_a_shipped_preset_cannot_be_changed(panel: SteeringPanel):
    menu = panel.presets.menu
    assert not any(action.isEnabled() for action in (menu.save, menu.rename, menu.delete))
    menu.save_under("Playful")
    assert "comes with the program" in panel.notice.message.text()
    assert offered(panel) == []


def test_a_new_name_leaves_no_preset_of_the_old_one(panel: SteeringPanel):
    panel.presets.menu.save_under("Mine")
    panel.presets.menu.rename_to("Yours")
    assert offered(panel) == ["Yours"]
    assert panel.preset.name == "Yours"
    assert [file.name for file in folders.presets().iterdir()] == ["yours.toml"]


def test_deleting_moves_no_slider_and_can_be_undone(panel: SteeringPanel, qtbot: QtBot):
    panel.presets.menu.save_under("Mine")
    panel.presets.menu.delete.trigger()
    assert offered(panel) == []
    assert panel.steering == FUNNY
    assert panel.preset.name == "Default"
    qtbot.mouseClick(panel.notice.button, Qt.MouseButton.LeftButton)
    assert offered(panel) == ["Mine"]
    assert panel.preset.name == "Mine"


def test_a_preset_goes_out_and_comes_in(panel: SteeringPanel, tmp_path: Path):
    menu = panel.presets.menu
    menu.export_to(tmp_path / "funny")
    assert read_preset(tmp_path / "funny.toml").steering == FUNNY
    panel.apply(DEFAULT)
    menu.import_from(tmp_path / "funny.toml")
    assert offered(panel) == ["Default (imported)"]
    assert panel.steering == FUNNY


def test_a_file_that_is_no_preset_is_refused_in_words(panel: SteeringPanel, tmp_path: Path):
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\x00")
    panel.presets.menu.import_from(bad)
    assert "bad.toml" in panel.notice.message.text()
    assert not panel.notice.button.isVisible()
    assert offered(panel) == []


def test_the_file_dialogs_open_without_stopping_the_window(panel: SteeringPanel):
    panel.presets.menu.bring_in.trigger()
    panel.presets.menu.send_out.trigger()
    dialogs = panel.findChildren(QFileDialog)
    assert len(dialogs) == 2
    for dialog in dialogs:
        dialog.reject()


def test_what_differs_is_listed_and_taken_back_one_by_one(panel: SteeringPanel):
    panel.apply(FUNNY.having(lang=None))
    differs = panel.presets.menu.differs
    differs.aboutToShow.emit()
    assert [action.text() for action in differs.actions()] == [
        "humor: 3, preset 0",
        "lang: \N{EN DASH}, preset en",
    ]
    differs.actions()[1].trigger()
    assert panel.steering == FUNNY


def test_a_broken_preset_file_is_named_at_the_start(qtbot: QtBot):
    write_preset(Preset("Mine", "", DEFAULT), folders.presets())
    (folders.presets() / "broken.toml").write_text("name = ", encoding="utf-8")
    panel = SteeringPanel()
    qtbot.addWidget(panel)
    panel.show()
    assert panel.notice.isVisible()
    assert "broken.toml" in panel.notice.message.text()
