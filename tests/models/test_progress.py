import itertools

import pytest

from steerlm_studio.models.progress import (
    Checking,
    Failed,
    Fetched,
    Finished,
    Meter,
    Started,
    Waiting,
    line,
    message,
)


@pytest.mark.parametrize(
    "said",
    [Started("a/b", "c\n.gguf", 9, 3), Checking(1, 3), Fetched(4, 9, 1.5, None), Waiting(2.0, "x"),
     Finished("/p", "e", 6), Failed("no", "gated", "https://x", "trace\nlines")],
)  # fmt: skip
def test_a_message_is_one_line_and_comes_back_as_it_was(said):
    assert line(said).count(b"\n") == 1
    assert message(line(said)) == said


def test_speed_and_remaining_time_follow_the_last_seconds():
    seconds = itertools.count()
    meter = Meter(lambda: float(next(seconds)))
    assert meter.at(0, 10_000) == Fetched(0, 10_000, 0.0, None)
    assert meter.at(100, 10_000) == Fetched(100, 10_000, 100.0, 99.0)
    for done in range(1000, 9000, 1000):
        last = meter.at(done, 10_000)
    assert (last.rate, last.remaining) == (1000.0, 2.0)
