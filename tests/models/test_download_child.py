import itertools
import random
import resource
import signal
from pathlib import Path

import pytest

from steerlm_studio.models.progress import Failed, Fetched, Finished, Started, message
from steerlm_studio.models.unfinished import SUFFIX, unfinished
from tests.models import fake_hub as tricks

REPO, FILE = "ada/steer", "steer-Q8_0.gguf"
SIZE = 4_000_000
IN_FLIGHT = 400_000  # bytes that the buffers of a connection may hold when it breaks


@pytest.fixture
def data(fake_hub):
    data = random.Random(3).randbytes(SIZE)
    fake_hub.add(REPO, {FILE: data})
    return data


def replies(child):
    for line in child.stdout:
        yield message(line)


def until(child, kind, condition=lambda _: True):
    """Reads the child's messages up to the first of this kind that fits."""
    return next(reply for reply in replies(child) if isinstance(reply, kind) and condition(reply))


def whole(child):
    return Path(until(child, Finished).path).read_bytes()


def test_it_says_one_json_object_a_line_and_ends(child, data):
    process = child(REPO, FILE)
    said = list(replies(process))
    assert [type(said[0]), type(said[-1])] == [Started, Finished]
    assert Path(said[-1].path).read_bytes() == data
    assert process.wait(10) == 0


def test_the_hub_is_asked_for_the_file_and_for_nothing_else(child, fake_hub, data):
    process = child(REPO, FILE)
    assert isinstance(list(replies(process))[-1], Finished)
    assert {request.path for request in fake_hub.requests} == {f"/{REPO}/resolve/main/{FILE}"}


def test_a_failure_is_its_last_message(child, fake_hub):
    fake_hub.add(REPO, {}, error=(403, "GatedRepo"))
    process = child(REPO, FILE)
    (said,) = replies(process)
    assert isinstance(said, Failed)
    assert (said.kind, said.link) == ("gated", f"{fake_hub.url}/{REPO}")
    assert process.wait(10) == 1


@pytest.mark.parametrize("way", ["close", "pause"])
def test_it_pauses_when_told_to_or_when_its_parent_is_gone(child, fake_hub, data, way):
    fake_hub.tricks = [tricks.stall_after(1_000_000)]
    process = child(REPO, FILE)
    until(process, Fetched)
    if way == "pause":
        process.stdin.write(b"pause\n")
        process.stdin.flush()
    else:
        process.stdin.close()
    assert process.wait(10) == 0
    (note,) = unfinished()
    assert 0 < note.present <= 1_000_000
    assert whole(child(REPO, FILE)) == data


def test_cancel_throws_away_what_was_fetched(child, fake_hub, data, cache):
    fake_hub.tricks = [tricks.stall_after(1_000_000)]
    process = child(REPO, FILE)
    until(process, Fetched)
    process.stdin.write(b"cancel\n")
    process.stdin.flush()
    assert process.wait(10) == 0
    assert unfinished() == ()
    assert list(cache.rglob("*" + SUFFIX)) == []


def test_a_full_disk_is_said_and_the_beginning_kept(child, data):
    limit = 1_500_000
    small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # noqa: E731
    failed = until(child(REPO, FILE, preexec_fn=small), Failed)
    assert failed.kind == "disk"
    assert "disk is full" in failed.message
    assert unfinished()[0].present == limit
    assert whole(child(REPO, FILE)) == data


def test_several_at_once_do_not_disturb_each_other(child, fake_hub):
    files = {f"{name}.gguf": random.Random(name).randbytes(400_000) for name in "abc"}
    fake_hub.add(REPO, files)
    fake_hub.pause = 0.01
    processes = [child(REPO, name) for name in files]
    assert [whole(process) for process in processes] == list(files.values())


def killed(child, fake_hub, data, times):
    """Kill the child `times` at random places, then let it end; each byte came about once."""
    fake_hub.pause = times / 1000
    chance = random.Random(times)
    for _ in range(times):
        process = child(REPO, FILE)
        started = until(process, Started)
        goal = started.present + chance.random() * SIZE / times / 2
        until(process, Fetched, lambda reply, goal=goal: reply.done >= goal)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert whole(child(REPO, FILE)) == data
    starts = [get.start for get in fake_hub.gets]
    assert len(starts) == times + 1
    assert starts == sorted(starts)
    assert all(later > earlier for earlier, later in itertools.pairwise(starts))
    for get, end in zip(fake_hub.gets, [*starts[1:], SIZE], strict=True):
        assert get.start + get.sent - end < IN_FLIGHT, "bytes were fetched and lost"


def test_a_download_killed_four_times_fetches_each_byte_about_once(child, fake_hub, data):
    killed(child, fake_hub, data, 4)


@pytest.mark.slow
def test_a_download_killed_twenty_times_fetches_each_byte_about_once(child, fake_hub, data):
    killed(child, fake_hub, data, 20)
