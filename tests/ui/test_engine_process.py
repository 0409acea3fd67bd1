"""The engine child as the window has it: real processes, real ends."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Cancel, Generate, Lane, Part, Sampling
from steerlm_studio.ui.engine_process import EngineProcess, engine_command
from tests.ui.conftest import LOAD

PROMPT = (Part("control", "<extra_id_1>"), Part("text", "User\nWhat is tea?\n"))


def asking(run: int, tokens: int) -> Generate:
    return Generate(run, (Lane(PROMPT, Sampling(max_tokens=tokens)),))


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[EngineProcess]:
    engine = EngineProcess()
    yield engine
    engine.stop()


def started(engine: EngineProcess, model: Path, qtbot: QtBot) -> int:
    with qtbot.waitSignal(engine.ready, timeout=LOAD):
        engine.start(engine_command(model, ["--threads=1"]))
    return engine.process_id


def test_a_reply_streams_and_ends(engine: EngineProcess, tiny_model: Path, qtbot: QtBot):
    started(engine, tiny_model, qtbot)
    pieces: list[str] = []
    engine.stepped.connect(lambda step: pieces.extend(step.pieces))
    with qtbot.waitSignal(engine.done, timeout=LOAD) as done:
        engine.send(asking(1, 20))
    assert len(pieces) >= 10
    assert done.args[0].run == 1


def test_a_killed_engine_is_told_in_words_and_comes_back_with_the_next_request(
    engine: EngineProcess, tiny_model: Path, qtbot: QtBot
):
    child = started(engine, tiny_model, qtbot)
    with qtbot.waitSignal(engine.stepped, timeout=LOAD):
        engine.send(asking(1, 3000))
    with qtbot.waitSignal(engine.lost, timeout=LOAD) as lost:
        os.kill(child, signal.SIGKILL)
    assert "signal 9" in lost.args[0]
    with qtbot.waitSignals([engine.ready, engine.done], timeout=LOAD):
        engine.send(asking(2, 5))


def test_an_abort_in_native_code_is_told_in_words(
    engine: EngineProcess, tiny_model: Path, qtbot: QtBot
):
    child = started(engine, tiny_model, qtbot)
    with qtbot.waitSignal(engine.lost, timeout=LOAD) as lost:
        os.kill(child, signal.SIGABRT)
    assert "signal 6" in lost.args[0]
    assert "Fatal Python error" in lost.args[1]  # the child's last words, for a report


def test_a_file_that_is_no_model_is_refused_with_a_reason(
    engine: EngineProcess, tmp_path: Path, qtbot: QtBot
):
    file = tmp_path / "letter.gguf"
    file.write_text("Dear model, …")
    with (
        qtbot.waitSignal(engine.lost, timeout=LOAD),
        qtbot.waitSignal(engine.failed, timeout=LOAD) as failed,
    ):
        engine.start(engine_command(file))
    assert "letter.gguf" in failed.args[0].message
    assert failed.args[0].run is None


def test_a_program_that_is_not_there_is_told_in_words(engine: EngineProcess, qtbot: QtBot):
    with qtbot.waitSignal(engine.lost, timeout=LOAD) as lost:
        engine.start(["/nonexistent/python", "-m", "x"])
    assert "could not be started" in lost.args[0]
    assert not engine.is_running


def test_nonsense_on_stdout_is_an_error_and_no_crash(engine: EngineProcess, qtbot: QtBot):
    says = [sys.executable, "-c", "print('hello')"]
    with qtbot.waitSignals([engine.failed, engine.lost], timeout=LOAD):
        engine.start(says)


def test_cancelling_ends_the_run_soon(engine: EngineProcess, tiny_model: Path, qtbot: QtBot):
    started(engine, tiny_model, qtbot)
    with qtbot.waitSignal(engine.stepped, timeout=LOAD):
        engine.send(asking(1, 3000))
    with qtbot.waitSignal(engine.lane_done) as done:
        engine.send(Cancel(1))
    assert done.args[0].finish == "cancelled"


def test_stopping_leaves_no_child_and_tells_nothing(
    engine: EngineProcess, tiny_model: Path, qtbot: QtBot
):
    child = started(engine, tiny_model, qtbot)
    with qtbot.assertNotEmitted(engine.lost, wait=50):
        engine.stop()
    assert not psutil.pid_exists(child)


def test_another_model_replaces_the_child(engine: EngineProcess, tiny_model: Path, qtbot: QtBot):
    first = started(engine, tiny_model, qtbot)
    second = started(engine, tiny_model, qtbot)
    assert first != second
    assert not psutil.pid_exists(first)
