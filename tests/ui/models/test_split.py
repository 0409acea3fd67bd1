"""How a model is to be loaded, chosen before and remembered: shares of several GPUs, 8 bits."""

import json
import sys
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.models.defaults import Defaults, defaults_for, remember_defaults
from steerlm_studio.protocol import Device
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.models import fit_view
from steerlm_studio.ui.models.fit_view import FitView
from steerlm_studio.ui.window import MainWindow
from tests.engine import tiny
from tests.ui.conftest import LOAD

GB = 10**9
CPU = Device("CPU", "EPYC", "cpu", 0, 0)
FIRST = Device("CUDA0", "NVIDIA H100", "gpu", 5 * GB, 80 * GB, "0000:01:00.0")
SECOND = Device("CUDA1", "NVIDIA A100", "gpu", 4 * GB, 80 * GB, "0000:02:00.0")
AGAIN = Device("Vulkan0", "NVIDIA H100", "gpu", 5 * GB, 80 * GB, "0000:01:00.0")
INSIDE = Device("Vulkan1", "Graphics of the processor", "igpu", 5 * GB, 80 * GB)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The estimate's child answers as on a machine with two GPUs; the file has how it was asked."""
    file = tmp_path / "asked"
    need = {"weights": GB, "cache": GB, "compute": GB}
    devices = [msgspec.to_builtins(d) for d in (CPU, FIRST, SECOND, AGAIN, INSIDE)]
    answer = json.dumps(
        {"need": need, "free": 9 * GB, "gpus": {"used": 2, "seen": 2}, "devices": devices}
    )
    code = "import sys; open(sys.argv[1], 'w').write(' '.join(sys.argv[3:])); print(sys.argv[2])"

    def command(module: str, *arguments: str) -> list[str]:
        return [sys.executable, "-c", code, str(file), answer, *arguments]

    monkeypatch.setattr(fit_view, "child_command", command)
    return file


@pytest.fixture
def fit(qtbot: QtBot) -> FitView:
    view = FitView()
    qtbot.addWidget(view)
    view.show()
    return view


def test_two_gpus_have_a_weight_each_and_the_estimate_is_asked_with_them(
    fit: FitView, tiny_model: Path, asked: Path, qtbot: QtBot
) -> None:
    assert not fit.split.isVisible()
    fit.show_model(tiny_model, Defaults())
    qtbot.waitUntil(fit.split.isVisible, timeout=LOAD)
    first, second = fit.split.spins  # a card that two backends know, and the processor's: none
    assert first.accessibleName() == "Weight of CUDA0 · NVIDIA H100"
    names = [label.accessibleName() for label in fit.split.findChildren(SmallElidedLabel)]
    assert names == ["CUDA0 · H100", "CUDA1 · A100"]  # the end of the whole was cut off
    assert fit.chosen(Defaults()).split == ""
    first.setValue(3)
    second.setValue(1)
    assert fit.chosen(Defaults()).split == "3,1"
    qtbot.waitUntil(lambda: "--split=3,1" in asked.read_text(), timeout=LOAD)
    fit.stop()


def test_a_change_is_held_against_the_gpus_and_not_the_machine(
    fit: FitView, tiny_model: Path, asked: Path, qtbot: QtBot
) -> None:
    """The machine's memory once stood there for a moment at each turn of a number."""
    fit.show_model(tiny_model, Defaults(gpu_layers=1))
    qtbot.waitUntil(lambda: "of 9.0 GB free" in fit.numbers.text(), timeout=LOAD)
    assert "--gpu-layers=1" in asked.read_text()
    fit.lanes.setValue(2)
    assert "of 9.0 GB free" in fit.numbers.text()
    fit.stop()


def test_weights_come_back_with_their_model(
    fit: FitView, tiny_model: Path, asked: Path, qtbot: QtBot
) -> None:
    fit.show_model(tiny_model, Defaults(split="0.75,0.25"))
    assert fit.chosen(Defaults()).split == "0.75,0.25"  # kept while the GPUs are not known
    qtbot.waitUntil(fit.split.isVisible, timeout=LOAD)
    assert [spin.value() for spin in fit.split.spins] == [100, 33]
    fit.show_model(tiny_model, Defaults(split="2,5,9"))
    assert [spin.value() for spin in fit.split.spins] == [2, 5]
    fit.show_model(tiny_model, Defaults(split="what"))
    assert [spin.value() for spin in fit.split.spins] == [0, 0]
    fit.stop()


def test_on_a_machine_without_several_gpus_nothing_is_asked_and_nothing_lost(
    fit: FitView, tiny_model: Path, qtbot: QtBot
) -> None:
    """With the real child: its answer has come when the numbers are llama.cpp's."""
    with qtbot.waitSignal(fit._question.answered, timeout=LOAD):
        fit.show_model(tiny_model, Defaults(split="3,1"))
    assert not fit.split.isVisible()
    assert fit.chosen(Defaults()).split == "3,1"
    fit.stop()


@pytest.mark.usefixtures("fake_hub")
def test_a_model_is_opened_with_its_weights(
    window: MainWindow, tiny_model: Path, asked: Path, qtbot: QtBot
) -> None:
    remember_defaults(tiny_model, Defaults(split="1,1"))
    window.frame.actions.open_model.trigger()
    browser = window.opening.browser
    assert browser is not None
    browser.local.add_folder(str(tiny_model.parent))
    qtbot.waitUntil(lambda: browser.local.table.count > 1, timeout=LOAD)
    browser.local.table.pick(str(tiny_model))
    split = browser.file_card.fit.split
    qtbot.waitUntil(split.isVisible, timeout=LOAD)
    split.spins[0].setValue(4)
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        qtbot.mouseClick(browser.file_card.open, Qt.MouseButton.LeftButton)
    assert defaults_for(tiny_model).split == "4,1"
    assert "--split=4,1" in window.loading.asked


def test_8_bits_are_offered_to_models_whose_heads_allow_them(
    fit: FitView, tiny_model: Path, tmp_path: Path
) -> None:
    wide = tiny.write(tmp_path / "wide.gguf", shape=tiny.Shape(heads=2))
    place = fit.cache.findData("q8_0")
    for path, can in ((tiny_model, False), (wide, True), (tiny_model, False)):
        fit.show_model(path, Defaults())
        flags = fit.cache.model().index(place, 0).flags()
        assert bool(flags & Qt.ItemFlag.ItemIsEnabled) is can
        assert bool(fit.cache.toolTip()) is not can
    fit.stop()
