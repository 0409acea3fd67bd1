"""kill -9 of the window while a real model answers: what it had kept is there at the next start."""

import json
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from steerlm_studio import resources
from steerlm_studio.store.health import open_store
from steerlm_studio.store.records import StoredTurn
from steerlm_studio.store.store import default_path

ROOT = Path(__file__).parents[2]
MOST = 12  # things that it has told when it is killed
PAUSE = 0.3  # s: anywhere between two of them

pytestmark = pytest.mark.skipif(
    not resources.demo_model().is_file(), reason="the demo model was not made"
)


@dataclass
class Told:
    """What windows said that they had kept, over all of them."""

    turns: dict[int, tuple[str, str, str | None]] = field(default_factory=dict)
    open: int | None = None
    draft: str = ""


def killed(dice: random.Random, before: Told) -> int:
    """Start a window, kill it in the midst of its work; returns how much it had told."""
    command = [sys.executable, "-m", "tests.ui.talker"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as window:
        assert window.stdout is not None
        first, second, third = (json.loads(window.stdout.readline()) for _ in range(3))
        head = [window.stdout.readline() for _ in range(dice.randint(1, MOST))]
        time.sleep(dice.uniform(0, PAUSE))
        window.kill()
        rest = "".join(head) + window.stdout.read()
    assert (first["restored"], first["draft"]) == (before.open, before.draft)
    assert second["held_back"] == (before.open is not None)
    lines = rest[: rest.rfind("\n") + 1].splitlines()
    for line in lines:
        read(json.loads(line), before)
    psutil.wait_procs(engine(third["engine"]), timeout=10)
    assert engine(third["engine"]) == []
    return len(lines)


def engine(process: int) -> list[psutil.Process]:
    """The engine, as long as it lives."""
    try:
        return [psutil.Process(process)]
    except psutil.NoSuchProcess:
        return []


def read(event: dict[str, Any], told: Told) -> None:
    told.turns |= {int(number): tuple(turn) for number, turn in event["turns"].items()}
    told.open, told.draft = event["open"], event["draft"]


def check(told: Told) -> None:
    opened = open_store(default_path())
    try:
        assert opened.unclean
        assert opened.notes == ()
        found: dict[int, StoredTurn] = {}
        for entry in opened.store.shelf.entries():
            record = opened.store.conversation(entry.id)
            found |= {turn.id: turn for turn in record.turns}
        for number, (question, text, finish) in told.turns.items():
            assert found[number].question == question
            assert found[number].reply.startswith(text)
            if finish is not None:
                assert (found[number].reply, found[number].finish) == (text, finish)
        assert all(turn.finish is not None for turn in found.values())
        # what was kept in the moment between its telling and the kill counts too
        told.open = opened.store.state("open")
        record = opened.store.conversation(told.open)
        assert number_of(record.draft) >= number_of(told.draft) or record.draft == ""
        told.draft = record.draft
    finally:
        opened.store.close()  # not cleanly: the next window shall find it as the last one left it
        opened.claim.release()


def number_of(draft: str) -> int:
    return int(draft.removeprefix("draft ") or 0)


def kill(times: int) -> None:
    dice, told, lines = random.Random(3), Told(), 0
    for _ in range(times):
        lines += killed(dice, told)
        check(told)
    assert any(finish is None for _, _, finish in told.turns.values())  # some were cut
    assert lines > times


def test_three_kills_lose_nothing_that_was_kept():
    kill(3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fifty_kills_lose_nothing_that_was_kept():
    kill(50)
