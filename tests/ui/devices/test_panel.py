"""The devices dock in the whole window, with a module that stands for NVIDIA's driver."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import AskDevices, Device
from steerlm_studio.ui.devices.panel import DevicesPanel
from steerlm_studio.ui.palette import open_palette
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from tests.ui.conftest import LOAD

ROOT = Path(__file__).parents[3]
FIRST = {"name": "H100", "bus": "00000000:C1:00.0", "free": 60 * 10**9, "total": 80 * 10**9}
SECOND = {"name": "A100", "bus": "00000000:C2:00.0", "free": 30 * 10**9, "total": 40 * 10**9}
Driver = Callable[..., None]


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """What the window's child sees as the driver: it says what is given here last."""
    file = tmp_path / "nvml.json"
    monkeypatch.setenv("FAKE_NVML", str(file))
    paths = [str(ROOT / "tests" / "fixtures" / "nvml"), str(ROOT)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))

    def say(**state: object) -> None:
        new = file.with_suffix(".new")
        new.write_text(json.dumps(state))
        new.replace(file)

    say(gpus=[FIRST, SECOND])
    return say


def opened(window: MainWindow) -> DevicesPanel:
    window.frame.devices_dock.toggleViewAction().trigger()
    return window.frame.devices


def texts(panel: DevicesPanel) -> list[str]:
    return [row.accessibleDescription() for row in panel.rows.values()]


def test_it_shows_the_machine_and_its_gpus_live_and_one_that_goes(
    loaded: MainWindow, driver: Driver, qtbot: QtBot
) -> None:
    panel = opened(loaded)
    qtbot.waitUntil(lambda: len(panel.rows) == 3, timeout=LOAD)
    processor, first, second = texts(panel)
    assert processor.startswith("Processor")
    assert "engine" in processor
    assert "all 2 layers and the output" in processor
    assert "H100: 60.0 GB of 80.0 GB free" in first
    assert "make cuda" in panel.note.text()
    driver(gpus=[SECOND | {"free": 10 * 10**9}])
    qtbot.waitUntil(lambda: "10.0 GB of 40.0 GB free" in texts(panel)[2], timeout=LOAD)
    assert "does not see it any more" in texts(panel)[1]
    plot = panel.rows["0000:c2:00.0"].plot
    assert plot.points[0][1] == pytest.approx(10)
    assert plot.points[-1][1] == pytest.approx(30)
    assert panel.summary().splitlines()[:3] == texts(panel)
    assert second != texts(panel)[2]


def test_a_machine_without_gpus_shows_its_processor_and_one_sentence(
    window: MainWindow, driver: Driver, qtbot: QtBot
) -> None:
    driver(init=12)
    panel = opened(window)
    qtbot.waitUntil(lambda: len(panel.rows) == 1, timeout=LOAD)
    assert "No driver" in panel.note.text()
    assert panel.summary().count("\n") == 1
    driver(gpus=[FIRST])
    qtbot.waitUntil(lambda: len(panel.rows) == 2, timeout=LOAD)
    assert not panel.note.isVisible()


def test_nobody_is_asked_while_nobody_looks(
    window: MainWindow, driver: Driver, qtbot: QtBot
) -> None:
    assert not window.watching.watch.is_running
    panel = opened(window)
    assert window.watching.watch.is_running
    qtbot.waitUntil(lambda: len(panel.rows) == 3, timeout=LOAD)
    window.frame.devices_dock.close()
    assert not window.watching.watch.is_running


def test_a_driver_that_ends_its_asker_is_a_sentence(
    window: MainWindow, driver: Driver, qtbot: QtBot
) -> None:
    driver(abort=True)
    panel = opened(window)
    qtbot.waitUntil(lambda: "crashed with signal 6" in panel.note.text(), timeout=LOAD)
    assert panel.rows == {}


def test_a_driver_that_falls_silent_is_a_sentence(
    window: MainWindow, driver: Driver, qtbot: QtBot
) -> None:
    panel = opened(window)
    qtbot.waitUntil(lambda: len(panel.rows) == 3, timeout=LOAD)
    driver(gpus=[FIRST, SECOND], sleep=LOAD)
    qtbot.waitUntil(lambda: "do not answer at present" in panel.note.text(), timeout=LOAD)
    assert len(panel.rows) == 3


def test_it_is_in_the_palette_and_remembered(
    theme: Theme, driver: Driver, window: MainWindow, qtbot: QtBot
) -> None:
    palette = open_palette(window)
    palette.input.setText("devices")
    assert palette.list.model().rowCount() == 2
    palette.close()
    opened(window)
    window.close()
    again = MainWindow(theme, settings(), ["--threads=1"])
    qtbot.addWidget(again)
    again.show()
    assert again.frame.devices_dock.isVisible()
    again.close()


def test_gpus_that_no_driver_tells_of_are_asked_of_the_engine(
    loaded: MainWindow, driver: Driver, qtbot: QtBot
) -> None:
    """As with Vulkan or ROCm; the real engine here has none, which is what it then tells."""
    driver(init=12)
    assert loaded.model is not None
    assert loaded.model.ready is not None
    ready = loaded.model.ready
    card = Device("Vulkan0", "RX 7900", "gpu", 20 * 10**9, 24 * 10**9)
    panel = loaded.frame.devices
    asked = list[tuple[object, int]]()
    loaded.engine.devices.connect(lambda told: asked.append((told, len(panel.rows))))
    loaded.engine.ready.emit(msgspec.structs.replace(ready, devices=(*ready.devices, card)))
    opened(loaded)
    qtbot.waitUntil(lambda: bool(asked), timeout=LOAD)
    assert asked[0][1] == 2
    qtbot.waitUntil(lambda: len(panel.rows) == 1, timeout=LOAD)
    assert len(asked) == 1  # it has none now: there is nothing more to ask


def test_the_engine_tells_its_own_devices_when_it_is_asked(
    loaded: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(loaded.engine.devices, timeout=LOAD) as told:
        loaded.engine.send(AskDevices())
    assert [device.name for device in told.args[0].devices] == ["CPU"]
    assert told.args[0].devices[0].memory_total > 0
