"""The small panels: sampling, system text, conversations, banner, status line, keys."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from steerlm_studio import protocol
from steerlm_studio.protocol import Sampling
from steerlm_studio.sampling import PRESETS
from steerlm_studio.ui.banner import Banner
from steerlm_studio.ui.dialogs import show_about, show_keys
from steerlm_studio.ui.elided_label import ElidedLabel
from steerlm_studio.ui.sampling_panel import SamplingPanel
from steerlm_studio.ui.status import StatusLine
from steerlm_studio.ui.system_prompt import SystemPrompt
from steerlm_studio.ui.translations import install_translations
from steerlm_studio.ui.window import MainWindow


@pytest.fixture
def sampling(qtbot: QtBot) -> SamplingPanel:
    panel = SamplingPanel()
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_sampling_starts_as_nemo_does(sampling: SamplingPanel):
    assert sampling.sampling() == Sampling()
    assert sampling.header.summary == "K50 · seed 42"


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_sampling_preset_sets_its_numbers_and_leaves_the_seed(
    sampling: SamplingPanel, name: str, qtbot: QtBot
):
    sampling.seed.setValue(7)
    sampling.set_preset(name)
    assert sampling.preset_name() == name
    assert sampling.sampling().seed == 7


def test_changed_numbers_are_no_preset_any_more(sampling: SamplingPanel, qtbot: QtBot):
    with qtbot.waitSignal(sampling.sampling_changed) as changed:
        sampling.temperature.setValue(0.33)
    assert changed.args[0].temperature == pytest.approx(0.33)
    assert sampling.preset_name() == ""
    assert sampling.header.summary == "own · seed 42"


def test_a_new_seed_is_shown(sampling: SamplingPanel):
    seeds = set()
    for _ in range(5):
        sampling.new_seed_button.click()
        seeds.add(sampling.sampling().seed)
    assert len(seeds) > 1
    assert str(sampling.sampling().seed) in sampling.header.summary


def test_the_system_text_is_one_line_until_it_is_edited(qtbot: QtBot):
    system = SystemPrompt()
    qtbot.addWidget(system)
    system.resize(800, 100)
    system.show()
    with qtbot.assertNotEmitted(system.changed):
        system.set_text("Be brief.\nBe kind.")
    assert system.line.text() == "Be brief. Be kind."
    system.edit_button.click()
    assert system.editor.isVisible()
    with qtbot.waitSignal(system.changed):
        qtbot.keyClicks(system.editor, "Now: ")
    assert system.text().startswith("Now: ")
    qtbot.keyClick(system.editor, Qt.Key.Key_Escape)
    assert not system.editor.isVisible()


def test_an_error_is_shown_with_what_to_do_and_folded_details(qtbot: QtBot):
    banner = Banner()
    qtbot.addWidget(banner)
    action = QAction("Try again")
    done: list[bool] = []
    action.triggered.connect(lambda: done.append(True))
    banner.show_error("It broke. Try <b>again</b>.", "the trace", [action])
    assert banner.message.text() == "It broke. Try <b>again</b>."
    assert banner.message.textFormat() == Qt.TextFormat.PlainText
    assert banner.detail.isHidden()
    banner.unfold.click()
    assert banner.detail.toPlainText() == "the trace"
    banner._buttons.itemAt(0).widget().click()
    assert done == [True]


def test_a_long_line_gives_way_and_its_tooltip_has_it_all(qtbot: QtBot):
    label = ElidedLabel("A long line of text that will not fit here at all")
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    assert label.text().endswith("…")
    assert "fit here at all" in label.toolTip()


def ready(**changes: object) -> protocol.Ready:
    fields = {
        "name": "Demo",
        "architecture": "nemotron",
        "quant": "Q8_0",
        "parameters": 5_000_000,
        "file_bytes": 6_000_000,
        "layers": 6,
        "layers_offloaded": 0,
        "device": "CPU",
        "context": 4096,
        "lanes": 1,
        "threads": 1,
        "vocabulary": 4096,
        "metadata": {},
        "llama_version": "x",
        "load_seconds": 0.1,
    }
    return protocol.Ready(**(fields | changes))


@pytest.fixture
def english(qapp: QApplication) -> Iterator[None]:
    """Numbers and plurals as they are written in the United States."""
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    installed = install_translations(qapp, QLocale())
    yield
    for translator in installed:
        qapp.removeTranslator(translator)
    QLocale.setDefault(before)


def test_the_status_line_says_model_device_context_and_speed(qtbot: QtBot, english: None):
    status = StatusLine()
    qtbot.addWidget(status)
    status.resize(1280, 30)
    status.show()
    status.show_ready(ready(layers_offloaded=6, device="CUDA0"))
    assert status.model.accessibleName() == "Demo · Q8_0 · 6/6 layers on CUDA0 · 1 thread"
    status.begin(1, lanes=1)
    status.on_step(protocol.Step(1, (0,), ("tea",), 0.01, 2))
    status.on_lane_done(protocol.LaneDone(1, 0, "stop", 12, 400, 42))
    status.on_done(protocol.Done(1, 100, 300, 1, 0.1, 0.1, 0.2))
    assert status.context.text() == "context 412 / 4,096"
    assert status.rate.text() == "gen 100 t/s"
    assert status.prompt_rate.text() == "prompt 1,000 t/s"
    assert "2 threads" in status.model.accessibleName()


def test_loading_shows_how_far_it_is_and_can_be_stopped(qtbot: QtBot):
    status = StatusLine()
    qtbot.addWidget(status)
    status.show_loading("Big", protocol.Loading(0.4))
    assert status.progress.value() == 40
    assert not status.progress.isHidden()
    assert status.model.accessibleName() == "Loading Big"
    with qtbot.waitSignal(status.cancel_requested):
        status.cancel.click()
    status.show_loading("Big", protocol.Loading(1.0))
    assert status.model.accessibleName() == "Preparing Big"


def test_every_shortcut_is_listed_under_keys(window: MainWindow):
    dialog = show_keys(window)
    listed = {label.text() for label in dialog.findChildren(QLabel)}
    for keys in ("Ctrl+N", "Ctrl+O", "Ctrl+R", "Ctrl+Enter", "Esc", "Alt+Left", "Ctrl+Alt+C"):
        assert keys in listed
    dialog.close()
    show_about(window).close()


def test_no_two_commands_share_a_key(window: MainWindow):
    keys = [key.toString() for action in window.actions() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_a_letter_and_an_ellipsis_is_not_shown(qtbot: QtBot):
    label = ElidedLabel("small demo trained on synthetic text")
    qtbot.addWidget(label)
    metrics = label.fontMetrics()
    label.resize(metrics.horizontalAdvance("sm…") + 1, 20)
    label.show()
    assert label.text() == ""
    label.resize(metrics.horizontalAdvance("small d…") + 2, 20)
    qtbot.waitUntil(lambda: label.text().startswith("sma"))
