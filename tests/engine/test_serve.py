"""The engine child as its parent sees it: real processes, real signals."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from steerlm_studio import protocol
from steerlm_studio.engine.client import Engine, command
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import (
    Cancel,
    Done,
    Failed,
    Generate,
    Loading,
    Ready,
    SetThreads,
    Step,
)
from tests.engine import tiny
from tests.engine.talk import hear, lane, prompt

ENDLESS = {"max_tokens": 0, "seed": 3}


@pytest.fixture(scope="module")
def slow_model(tmp_path_factory):
    """A model whose steps take milliseconds and whose long prompts take seconds."""
    shape = tiny.Shape(layers=6, width=512, heads=8, ffn=2048)
    return tiny.write(tmp_path_factory.mktemp("slow") / "slow.gguf", shape=shape)


@contextlib.contextmanager
def child(*arguments, env=None):
    """The bare process with its three pipes."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=pipe, env=env)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def replies(process):
    return (protocol.reply(data) for data in process.stdout)


def say(process, message):
    process.stdin.write(protocol.line(message))
    process.stdin.flush()


def first_step(stream):
    return next(message for message in stream if isinstance(message, Step))


def test_a_child_loads_says_so_and_streams(engine):
    heard = hear(engine.generate([lane(), lane(seed=1)]))
    assert engine.ready.architecture == "nemotron"
    assert engine.ready.context == 4096
    assert engine.ready.metadata["steerlm.schema"] == "nemotron-3-8b"
    assert set(heard.ends) == {0, 1}
    assert heard.done.generated == sum(end.tokens for end in heard.ends.values())
    assert heard.done.first_token_seconds <= heard.done.seconds


def test_loading_is_told_from_nothing_to_all(model):
    fractions = []
    with Engine(model, threads=1, loading=fractions.append):
        pass
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_tokens_come_with_text_part_and_how_many_are_cached(engine):
    assert engine.tokenize(prompt()).cached == 0
    hear(engine.generate([lane()]))
    tokens = engine.tokenize(prompt())
    assert "".join(tokens.pieces) == "".join(part.text for part in prompt())
    assert tokens.cached == len(tokens.ids)


def test_a_failed_run_leaves_the_engine_ready_for_the_next(engine):
    with pytest.raises(StudioError, match="empty"):
        hear(engine.generate([lane(())]))
    assert hear(engine.generate([lane()])).done.generated > 0


def test_leaving_the_loop_early_stops_the_run(engine):
    for message in engine.generate([lane(**ENDLESS)], stop=()):
        if isinstance(message, Step):
            break
    assert hear(engine.generate([lane()])).done.generated <= 12


def test_leaving_the_loop_at_done_waits_for_nothing(engine):
    """A caller that took Done and no more used to wait for a second one for ever."""
    for _ in range(2):
        replies = engine.generate([lane()])
        assert next(reply for reply in replies if isinstance(reply, Done)).generated > 0
        replies.close()


def test_a_cancel_is_heeded_within_a_step_and_keeps_the_text(slow_model):
    with Engine(slow_model, threads=1) as engine:
        heard, asked, slowest = [], 0.0, 0.0
        for message in engine.generate([lane(**ENDLESS)], stop=()):
            heard.append(message)
            if isinstance(message, Step):
                slowest = max(slowest, message.seconds)
                if not asked and len(heard) > 6:
                    asked = time.monotonic()
                    engine.cancel()
        waited = time.monotonic() - asked
        assert hear(heard).ends[0].finish == "cancelled"
        assert hear(heard).ends[0].tokens >= 5
        assert waited < slowest + 0.1


def test_a_cancel_does_not_wait_for_a_long_batch_of_prompt(slow_model):
    parts = prompt(before=[("Which tree?", "lang:en", "An oak. " * 40)] * 2)
    with Engine(slow_model, threads=1) as engine:
        whole = hear(engine.generate([lane(parts, max_tokens=1)])).done.prompt_seconds
        hear(engine.generate([lane()]))
        threading.Timer(0.05, engine.cancel).start()
        began = time.monotonic()
        heard = hear(engine.generate([lane(parts)]))
        assert heard.ends[0].finish == "cancelled"
        assert time.monotonic() - began < max(0.5, whole / 3)
        assert hear(engine.generate([lane(parts, max_tokens=1)])).done.generated == 1


def test_small_questions_are_answered_during_a_run(model):
    with child(*command(model, threads=1)) as process:
        stream = replies(process)
        say(process, Generate(1, (lane(**ENDLESS),), stop=()))
        first_step(stream)
        say(process, protocol.Tokenize(2, prompt()))
        say(process, SetThreads(2))
        assert any(isinstance(message, protocol.Tokens) for message in stream)
        assert any(isinstance(m, Step) and m.threads == 2 for m in stream)


def test_a_run_that_waits_can_be_cancelled_before_it_starts(model):
    with child(*command(model, threads=1)) as process:
        stream = replies(process)
        say(process, Generate(1, (lane(**ENDLESS),), stop=()))
        say(process, Generate(2, (lane(),)))
        first_step(stream)
        say(process, Cancel(2))
        say(process, Cancel(1))
        ends = [m for m in _until_done(stream, 2) if isinstance(m, protocol.LaneDone)]
        assert [(end.run, end.finish) for end in ends] == [(1, "cancelled"), (2, "cancelled")]


def _until_done(stream, run):
    for message in stream:
        yield message
        if isinstance(message, protocol.Done) and message.run == run:
            return


def test_a_line_that_is_no_request_is_skipped(model):
    with child(*command(model, threads=1)) as process:
        stream = replies(process)
        process.stdin.write(b'{"type":"sing"}\nnonsense\n')
        say(process, Generate(1, (lane(),)))
        assert hear(_until_done(stream, 1)).done.generated > 0


@pytest.mark.parametrize(
    ("number", "words"), [(signal.SIGKILL, "killed"), (signal.SIGABRT, "gave")]
)
def test_a_child_that_dies_while_streaming_is_told_by_its_signal(model, number, words):
    with Engine(model, threads=1) as engine:
        stream = engine.generate([lane(**ENDLESS)], stop=())
        first_step(stream)
        os.kill(engine.pid, number)
        with pytest.raises(StudioError, match=rf"signal {int(number)} \(.*{words}") as caught:
            hear(stream)
        if number == signal.SIGABRT:
            assert "Fatal Python error: Aborted" in caught.value.detail
        with pytest.raises(StudioError, match="The engine"):
            engine.tokenize(prompt())


def test_closing_stdin_ends_the_child_also_while_it_generates(slow_model):
    with child(*command(slow_model, threads=1)) as process:
        say(process, Generate(1, (lane(**ENDLESS),), stop=()))
        first_step(replies(process))
        process.stdin.close()
        assert process.wait(5) == 0
        process.stdin = None


def test_closing_stdin_ends_the_child_also_while_it_loads(slow_model):
    with child(*command(slow_model, threads=1)) as process:
        first = next(replies(process))
        assert isinstance(first, Loading)
        assert [device.name for device in first.devices if device.kind == "cpu"] == ["CPU"]
        process.stdin.close()
        assert process.wait(5) == 0
        process.stdin = None


PARENT = """
import subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(child.pid, child.stdout.readline().decode(), flush=True)
time.sleep(60)
"""


def test_the_child_dies_with_its_parent(model):
    with child(sys.executable, "-c", PARENT, *command(model, threads=1)) as parent:
        pid = int(parent.stdout.readline().split()[0])
        engine = psutil.Process(pid)
        parent.kill()
        with contextlib.suppress(psutil.NoSuchProcess):
            engine.wait(5)
        assert not psutil.pid_exists(pid)


def test_stdout_holds_nothing_but_messages(model):
    with child(*command(model, threads=1)) as process:
        say(process, Generate(1, (lane(),)))
        kinds = {type(message) for message in _until_done(replies(process), 1)}
        assert {Loading, Ready, Step, protocol.Done} <= kinds


def test_a_missing_llama_cpp_is_said_with_the_way_to_install_it(tmp_path, model):
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text("raise ImportError('not here')")
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with child(*command(model), env=env) as process:
        (failed,) = replies(process)
        assert isinstance(failed, Failed)
        assert "pip install llama-cpp-python" in failed.message
        assert process.wait(5) == 1


def test_the_devices_are_printed_as_one_json_object():
    arguments = [sys.executable, "-m", "steerlm_studio.engine.devices"]
    report = json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout)
    assert report["devices"][-1]["kind"] == "cpu"
    assert report["devices"][-1]["memory_total"] > 0
    assert "llama-cpp-python" in report["llama_version"]
