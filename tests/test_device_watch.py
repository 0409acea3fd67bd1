"""The child that looks at the devices: real processes, with a module that stands for the driver."""

import json
import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from steerlm_studio.child import child_command
from steerlm_studio.device_watch import Seen

ROOT = Path(__file__).parents[1]
NVML = ROOT / "tests" / "fixtures" / "nvml"
GPU = {"name": "H100", "bus": "00000000:C1:00.0", "free": 60, "total": 80}
PATIENCE = 60  # s


@pytest.fixture
def watch(tmp_path):
    """Starts it with a driver that says what is in the file."""
    file = tmp_path / "nvml.json"
    file.write_text(json.dumps({"gpus": [GPU]}))
    paths = os.pathsep.join([str(NVML), str(ROOT)])
    pipe = subprocess.PIPE
    command = [*child_command("steerlm_studio.device_watch"), "--every=0.01"]
    environment = os.environ | {"FAKE_NVML": str(file), "PYTHONPATH": paths}
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        yield process, file
        process.kill()


def looks(process):
    return (msgspec.json.decode(line, type=Seen) for line in process.stdout)


def test_stdout_holds_nothing_but_looks_whatever_the_driver_prints(watch):
    process, _ = watch
    seen = next(looks(process))
    assert seen.machine.total > 0
    assert [gpu.name for gpu in seen.gpus] == ["H100"]


def test_what_changes_is_seen_in_the_next_looks(watch):
    process, file = watch
    other = file.with_suffix(".new")
    other.write_text(json.dumps({"gpus": [GPU | {"free": 5}]}))
    next(looks(process))
    other.replace(file)
    assert next(seen for seen in looks(process) if seen.gpus[0].free == 5)


def test_one_look_needs_nobody_to_wait_for(watch):
    process, _ = watch
    command = [*process.args[:-1], "--once"]
    said = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=True)
    assert msgspec.json.decode(said.stdout, type=Seen).machine.total > 0


def test_it_ends_with_its_stdin(watch):
    process, _ = watch
    next(looks(process))
    process.stdin.close()
    assert process.wait(PATIENCE) == 0
