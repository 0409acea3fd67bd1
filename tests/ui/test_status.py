"""The status line: what it says of model, layers and threads."""

import msgspec
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Device, Ready
from steerlm_studio.ui.status import StatusLine


def ready(offloaded: int, device: str) -> Ready:
    return Ready(
        name="Tiny",
        architecture="nemotron",
        quant="Q8_0",
        parameters=1,
        file_bytes=1,
        layers=4,
        layers_offloaded=offloaded,
        device=device,
        context=4096,
        lanes=8,
        threads=1,
        vocabulary=260,
        metadata={},
        llama_version="",
        load_seconds=0.1,
    )


def said(qtbot: QtBot, message: Ready) -> str:
    line = StatusLine()
    qtbot.addWidget(line)
    line.resize(1200, 30)
    line.show()
    line.show_ready(message)
    return line.model.accessibleName()


def test_without_a_gpu_all_layers_are_said_to_be_on_the_cpu(qtbot: QtBot):
    assert "4/4 layers on CPU" in said(qtbot, ready(0, "CPU"))


def test_a_build_for_gpus_says_that_none_was_found(qtbot: QtBot):
    built = msgspec.structs.replace(ready(0, "CPU"), built_for="CUDA")
    assert "4/4 layers on CPU, no GPU found" in said(qtbot, built)
    found = msgspec.structs.replace(built, devices=(Device("CUDA0", "H200", "gpu", 1, 1),))
    assert "no GPU found" not in said(qtbot, found)


def test_with_a_gpu_the_layers_there_are_told(qtbot: QtBot):
    assert "3/4 layers on CUDA0" in said(qtbot, ready(3, "CUDA0"))
