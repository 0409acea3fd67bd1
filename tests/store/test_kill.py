"""kill -9 at any moment: everything that was acknowledged is there at the next start."""

import json
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path

ROOT = Path(__file__).parents[2]


def _killed_after(path: Path, lines: int) -> list[dict[str, object]]:
    """What a writer acknowledged that was killed while busy, some time after so many lines."""
    command = [sys.executable, "-m", "tests.store.writer", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        head = [writer.stdout.readline() for _ in range(lines)]
        writer.kill()
        rest = writer.stdout.read()
    text = "".join(head) + rest
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def _checked(path: Path, events: list[dict[str, object]]) -> None:
    questions, replies, finished, drafts, talk = {}, defaultdict(str), set(), {}, None
    for event in events:
        questions |= dict.fromkeys(event.get("asked", ()), event.get("question"))
        for turn, text in event.get("pieces", {}).items():
            replies[int(turn)] += text
        finished |= {event["finished"]} if "finished" in event else set()
        drafts |= {event["talk"]: event["draft"]} if "draft" in event else {}
        talk = event.get("open", talk)
    opened = open_store(path)
    try:
        assert opened.unclean
        assert opened.notes == ()
        records = [opened.store.conversation(e.id) for e in opened.store.shelf.entries()]
        found = {turn.id: turn for record in records for turn in record.turns}
        for turn, question in questions.items():
            assert found[turn].question == question
            assert found[turn].reply.startswith(replies[turn])
        assert all(found[turn].finish == "stop" for turn in finished)
        assert all(turn.finish in ("stop", "interrupted") for turn in found.values())
        assert set(opened.interrupted) <= set(found)
        typed = {record.id: record.draft for record in records}
        assert all(typed[talk] >= draft for talk, draft in drafts.items())
        assert opened.store.state("open") >= (talk or 0)
    finally:
        opened.close()


def _kill(path: Path, times: int) -> None:
    dice = random.Random(1)
    for _ in range(times):
        _checked(path, _killed_after(path, dice.randint(1, 120)))


def test_five_kills_lose_nothing_that_was_acknowledged():
    _kill(default_path(), 5)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fifty_kills_lose_nothing_that_was_acknowledged():
    _kill(default_path(), 50)
