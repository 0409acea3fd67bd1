"""Memory that runs out: what the window says of it, and the smaller way that it offers."""

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from steerlm_studio import memory_free, memory_place
from steerlm_studio.gguf_header import glance
from steerlm_studio.memory_free import Memory
from steerlm_studio.memory_need import need
from steerlm_studio.protocol import Device, Failed, Held, Ready
from steerlm_studio.ui import model_loading
from steerlm_studio.ui.engine_process import engine_command
from steerlm_studio.ui.memory_shortage import Asked, asked_by, died, refused
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.window import MainWindow
from tests.engine import tiny
from tests.ui.conftest import LOAD

GB = 10**9
LONG = 2**22  # tokens that need more than the limit
LIMIT = 7 * 2**28  # bytes of address space: what a batch system may leave
LIMITED = "import os,resource,sys; resource.setrlimit(resource.RLIMIT_AS, ({0},{0})); {1}"
INSTEAD = "os.execv(sys.argv[1], sys.argv[1:])"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="no such limit elsewhere")


@pytest.fixture(scope="module")
def long_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write(
        tmp_path_factory.mktemp("long") / "long.gguf", shape=tiny.Shape(heads=2, context=LONG)
    )


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every engine of the window has little memory, as under `ulimit -v`."""

    def command(model: Path, options: Sequence[str] = ()) -> list[str]:
        code = LIMITED.format(LIMIT, INSTEAD)
        return [sys.executable, "-c", code, *engine_command(model, options)]

    monkeypatch.setattr(model_loading, "engine_command", command)


def buttons(window: MainWindow) -> list[QPushButton]:
    """Those of the banner: what was offered before is gone as soon as Qt comes to it."""
    found = window.page.banner.findChildren(QPushButton)
    return [button for button in found if button.isVisibleTo(window.page.banner)]


def offer(window: MainWindow) -> QPushButton:
    return next(b for b in buttons(window) if b.text() == window.loading.smaller.text())


@on_linux
@pytest.mark.parametrize("option", ["--threads=1", "--overcommit"])  # reckoned, really tried
def test_a_load_without_memory_says_how_much_and_a_button_loads_it_smaller(
    window: MainWindow, long_model: Path, limited: None, qtbot: QtBot, option: str
) -> None:
    window._options = ("--threads=1", f"--context={LONG}", option)
    with qtbot.waitSignal(window.engine.lost, timeout=LOAD):
        window.open_model(long_model)
    said = window.page.banner.message.text()
    header = glance(long_model)
    needed = window.locale().formattedDataSize(
        need(header, LONG, 1).total, 1, window.locale().DataSizeFormat.DataSizeSIFormat
    )
    assert f"needs {needed} of memory" in said
    assert f"a context of {LONG} tokens" in said
    assert "context of" in offer(window).text()
    assert window.frame.status.model.text() == "long was not loaded"
    assert window.frame.status.progress.isHidden()
    window._options = ("--threads=1", f"--context={LONG}")
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD) as loaded:
        offer(window).click()
    assert loaded.args[0].cache == "q8_0"
    assert 0 < loaded.args[0].context < LONG
    assert window.page.banner.isHidden()
    assert "not loaded" not in window.frame.status.model.text()
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD) as again:
        window.frame.actions.reload_model.trigger()
    assert again.args[0].context == loaded.args[0].context


def test_an_engine_that_the_system_ended_for_want_of_memory_is_said_so(
    loaded: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    counted = tmp_path / "vmstat"
    monkeypatch.setattr(memory_free, "VMSTAT", counted)
    counted.write_text("nr_free_pages 1\noom_kill 7\n")
    with qtbot.waitSignal(loaded.engine.ready, timeout=LOAD):
        loaded.frame.actions.reload_model.trigger()
    counted.write_text("nr_free_pages 1\noom_kill 8\n")
    with qtbot.waitSignal(loaded.engine.lost, timeout=LOAD):
        os.kill(loaded.engine.process_id, signal.SIGKILL)
    said = loaded.page.banner.message.text()
    assert "The system ended the engine because the memory ran out" in said
    assert "The text so far is kept" in said
    assert "signal 9" in loaded.page.banner.detail.toPlainText()
    assert offer(loaded).text() == "Load with a context of 2048 tokens"
    with qtbot.waitSignal(loaded.engine.ready, timeout=LOAD) as ready:
        offer(loaded).click()
    assert (ready.args[0].context, ready.args[0].cache) == (2048, "f16")  # its heads are 16 wide


def test_a_death_for_memory_that_is_free_again_says_so_and_offers_both_ways(
    loaded: MainWindow,
) -> None:
    log = "terminate called after throwing an instance of 'std::bad_alloc'"
    loaded.engine.lost.emit("The engine crashed with signal 6.", log)
    said = loaded.page.banner.message.text()
    assert "The engine ended because the memory ran out" in said
    assert "another program may have held it" in said
    texts = [button.text() for button in buttons(loaded)]
    assert texts == [loaded.loading.smaller.text(), "Start the engine again"]


def test_one_that_somebody_killed_while_there_was_memory_is_not(
    loaded: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(loaded.engine.lost, timeout=LOAD):
        os.kill(loaded.engine.process_id, signal.SIGKILL)
    assert "stopped by signal 9" in loaded.page.banner.message.text()
    assert [button.text() for button in buttons(loaded)] == ["Start the engine again"]


def on_gpu(path: Path, free: int) -> Model:
    """As after a load whose layers all went to a GPU."""
    ready = Ready(
        name="Long",
        architecture="nemotron",
        quant="Q8_0",
        parameters=1,
        file_bytes=1,
        layers=2,
        layers_offloaded=2,
        device="H100",
        context=LONG,
        lanes=3,
        threads=1,
        vocabulary=1,
        metadata={},
        llama_version="",
        load_seconds=1.0,
        memory=(Held("CUDA0", 3, free // 2), Held("CPU", 0, 1)),
        devices=(Device("CUDA0", "H100", "gpu", free - free // 2, 80 * GB),),
    )
    return Model(path, ready)


def test_a_gpu_without_memory_ends_the_engine_with_its_own_words(long_model: Path) -> None:
    log = "CUDA error: out of memory\n  current device: 0\nggml_abort"
    model = on_gpu(long_model, 10 * GB)
    short = died(model, (), -signal.SIGABRT, log, was_killed_for_it=False)
    assert short is not None
    assert "The engine ended because the memory ran out" in short.sentence
    assert "10.0 GB is free" in short.sentence
    assert short.options == (f"--context={LONG}", "--cache=q8_0")
    assert died(model, (), -signal.SIGABRT, "an assertion", was_killed_for_it=True) is None


def test_an_engine_that_dies_while_it_loads_onto_a_gpu_is_held_against_that_gpu(
    long_model: Path,
) -> None:
    """A batch that is tried at the load may be what ends it; the machine's memory was named."""
    log = "CUDA error: out of memory\n  current device: 0\nggml_abort"
    cards = [Device(f"CUDA{n}", "H100", "gpu", free * GB, 80 * GB) for n, free in ((0, 9), (1, 2))]
    model = Model(long_model)
    options = (f"--context={LONG}",)
    short = died(model, options, -6, log, was_killed_for_it=False, devices=cards)
    assert short is not None
    assert "11.0 GB is free" in short.sentence
    halves = (*options, "--split=1,1")
    short = died(model, halves, -6, log, was_killed_for_it=False, devices=cards)
    assert short is not None
    assert "4.0 GB is free" in short.sentence


@pytest.mark.parametrize(
    ("free", "counted", "words"),
    [
        (1, True, "The system ended the engine"),
        (1, False, "killed, most likely because the memory ran out"),
        (64 * GB, False, None),
    ],
)
def test_a_kill_is_put_down_to_memory_as_far_as_that_is_known(
    long_model: Path, monkeypatch: pytest.MonkeyPatch, free: int, counted: bool, words: str | None
) -> None:
    monkeypatch.setattr(memory_place, "memory", lambda: Memory(free, 64 * GB))
    options = (f"--context={LONG}",)
    model = Model(long_model)
    short = died(model, options, -signal.SIGKILL, "", was_killed_for_it=counted)
    assert (short is None) is (words is None)
    if short is not None and words is not None:
        assert words in short.sentence
        assert "text so far" not in short.sentence  # there was none: it was still loading


def test_where_no_worthwhile_context_fits_a_gpu_fewer_layers_go_there(long_model: Path) -> None:
    weights = need(glance(long_model), 1024, 1).weights
    message = Failed("short", needed=5 * weights, free=weights // 2, on_gpu=True)
    model = replace(on_gpu(long_model, 1), ready=None)
    short = refused(model, ("--context=2048",), message)
    assert short is not None
    assert short.button == "Load with 0 of 2 layers on the GPU"
    assert short.options == ("--context=2048", "--cache=q8_0", "--gpu-layers=0")
    fewer = refused(model, ("--context=2048", "--gpu-layers=1"), message)
    assert fewer is not None
    assert fewer.options[-1] == "--gpu-layers=0"


def test_where_nothing_smaller_is_left_it_is_said_without_a_button(long_model: Path) -> None:
    message = Failed("short", needed=GB, free=1)
    short = refused(Model(long_model), ("--context=256", "--cache=q8_0"), message)
    assert short is not None
    assert short.options == ()
    assert "Close other programs" in short.sentence


def test_a_failure_about_something_else_is_no_shortage(long_model: Path, tmp_path: Path) -> None:
    assert refused(Model(long_model), (), Failed("a damaged file")) is None
    assert refused(Model(tmp_path / "gone.gguf"), (), Failed("short", needed=1)) is None


def test_of_options_that_say_the_same_the_last_counts() -> None:
    options = ("--context=4096", "--cache=q8_0", "--overcommit", "--context=512", "--gpu-layers=3")
    assert asked_by(options, None) == Asked(512, 1, "q8_0", 3)
