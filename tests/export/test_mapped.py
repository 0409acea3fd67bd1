"""Trying a file takes no more memory the larger it is."""

import json
import mmap
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest

from steerlm_studio.export import random_model
from steerlm_studio.export.mapped import few_pages
from steerlm_studio.export.random_model import SIZES, Size, written_model

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux fetches all at once")
MB = 1 << 20
FEW = 32 * MB  # the bound, and what other files of the process may have given back
PATIENCE = 60  # seconds; usually a hundredth of one is enough


def resident(path: Path) -> int:
    """Bytes of the file that are mapped into this process's memory now."""
    found, here = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split(" ", 1)[0]:
            here = line.endswith(str(path))
        elif here and line.startswith("Rss:"):
            found += int(line.split()[1]) * 1024
    return found


def comes_true(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_pages_that_were_mapped_are_given_back_and_come_again(tmp_path):
    path, data = tmp_path / "large file", os.urandom(MB) * 64
    path.write_bytes(data)
    options = {"flags": mmap.MAP_SHARED | mmap.MAP_POPULATE, "prot": mmap.PROT_READ}
    with path.open("rb") as file, few_pages(path, 8 * MB):
        mapped = mmap.mmap(file.fileno(), 0, **options)
        for _ in range(3):
            assert comes_true(lambda: resident(path) <= FEW)
            assert crc32(mapped) == crc32(data)
        mapped.close()


def test_nothing_sweeps_when_the_block_is_over(tmp_path):
    before = set(threading.enumerate())
    with few_pages(tmp_path / "absent", 8 * MB):
        assert len(set(threading.enumerate()) - before) == 1
    assert set(threading.enumerate()) <= before


TRIED = """
import sys, time
from pathlib import Path
from steerlm_studio.export.llama import Loaded
from steerlm_studio.export.mapped import few_pages
from tests.export.test_mapped import FEW, MB, comes_true, resident

def own():
    status = Path("/proc/self/status").read_text().partition("RssAnon:")[2]
    return int(status.split()[0]) * 1024

path = Path(sys.argv[1])
before = own()
with few_pages(path, 8 * MB):
    model = Loaded(path)
    assert own() - before < 32 * MB, "the weights were copied"
    assert comes_true(lambda: resident(path) <= FEW), "the file stays in memory"
    logits = model.logits([5, 300, 17])
    assert comes_true(lambda: resident(path) <= FEW), "the file is back in memory"
assert (Loaded(path).logits([5, 300, 17]) == logits).all(), "pages were lost"
"""


@pytest.mark.parametrize("kind", ["BF16", "Q4_0"])
def test_llama_computes_the_same_while_the_file_leaves_the_memory(kind, tmp_path, monkeypatch):
    """Q4_0 and others are rearranged at the load by default: a copy of all weights."""
    network = random_model._network(layers=4, width=1024)
    monkeypatch.setitem(SIZES, "small", Size(replace(network, feed_forward=8192), 5000))
    for _ in written_model("small", kind, tmp_path / "m.gguf"):
        pass
    assert (tmp_path / "m.gguf").stat().st_size > 50 * MB
    command = [sys.executable, "-c", TRIED, str(tmp_path / "m.gguf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["BF16", "Q4_K_M"])
def test_the_trial_of_a_large_file_stays_below_a_gibibyte(kind, tmp_path, monkeypatch):
    layers = 4 if kind == "BF16" else 40
    network = random_model._network(layers=layers, width=2048)
    monkeypatch.setitem(SIZES, "large", Size(network, 256_000))
    out = tmp_path / "m.gguf"
    for _ in written_model("large", kind, out):
        pass
    assert out.stat().st_size > 3 << 29
    question = {
        "strings": [],
        "prompt": list(range(300, 400)),
        "logits": [4, 5, 6, 7, 8, 9, 10, 11],
    }
    asked, said = tmp_path / "question", tmp_path / "answer"
    asked.write_text(json.dumps(question))
    with asked.open("rb") as stdin, said.open("wb") as stdout:
        command = [sys.executable, "-m", "steerlm_studio.export.verify_child", str(out)]
        child = subprocess.Popen(command, stdin=stdin, stdout=stdout)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    assert json.loads(said.read_bytes())["finite"]
    assert usage.ru_maxrss * 1024 < 1 << 30
