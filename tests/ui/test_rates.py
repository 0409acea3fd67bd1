"""Rates are counted from the engine's own times."""

import pytest

from steerlm_studio.protocol import Done, Prefilling, Step
from steerlm_studio.ui.rates import RunRates


def step(*lanes: int, seconds: float) -> Step:
    return Step(1, lanes, ("x",) * len(lanes), seconds, 1)


def done(evaluated: int = 32, reused: int = 380, generated: int = 20) -> Done:
    return Done(1, evaluated, reused, generated, 0.016, 0.038, 0.2)


def test_a_lane_at_ten_milliseconds_a_token_makes_a_hundred_a_second():
    run = RunRates(1, 1, 0.0)
    for _ in range(20):
        run.stepped(step(0, seconds=0.01), 1.0)
    assert run.now == pytest.approx(100)
    assert run.mean == pytest.approx(100)
    assert run.total.seconds[-1] == pytest.approx(0.2)


def test_now_is_the_last_half_second_and_mean_is_all():
    run = RunRates(1, 1, 0.0)
    for _ in range(100):
        run.stepped(step(0, seconds=0.01), 1.0)
    for _ in range(100):
        run.stepped(step(0, seconds=0.02), 2.0)
    assert run.now == pytest.approx(50, rel=0.05)
    assert run.mean == pytest.approx(200 / 3)


def test_lanes_add_up_and_one_that_ended_stops_counting():
    run = RunRates(1, 2, 0.0)
    for _ in range(50):
        run.stepped(step(0, 1, seconds=0.02), 1.0)
    assert run.now == pytest.approx(100)
    assert run.lanes[1].rates[-1] == pytest.approx(50)
    for _ in range(50):
        run.stepped(step(0, seconds=0.02), 2.0)
    assert run.now == pytest.approx(50, rel=0.05)
    assert len(run.lanes[1].rates) == 50


def test_the_prompt_rate_is_measured_here_until_the_engine_tells_it():
    run = RunRates(1, 1, 10.0)
    run.prefilled(Prefilling(1, 100, 400), 10.5)
    assert run.prompt_rate == pytest.approx(200)
    run.done(done())
    assert run.prompt_rate == pytest.approx(2000)


def test_the_first_token_is_timed_here_until_the_engine_tells_it():
    run = RunRates(1, 1, 10.0)
    run.stepped(step(0, seconds=0.01), 10.25)
    run.stepped(step(0, seconds=0.01), 10.5)
    assert run.first_token == pytest.approx(0.25)
    run.done(done())
    assert run.first_token == pytest.approx(0.038)


def test_a_run_without_tokens_has_no_first_one():
    run = RunRates(1, 1, 0.0)
    run.done(done(generated=0))
    assert run.first_token is None
    assert (run.evaluated, run.reused) == (32, 380)
