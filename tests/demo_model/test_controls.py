import random
from collections import Counter
from itertools import combinations

import pytest
from demo_model.controls import DEFAULTS, control, draw, held_out

from steerlm_studio.steer.steering import DEFAULT


@pytest.fixture(scope="module")
def late():
    rng = random.Random(1)
    return [draw(rng, "en", progress=0.8) for _ in range(6000)]


def test_the_default_values_make_the_default_string():
    assert control(DEFAULTS, "en").text == str(DEFAULT)


def test_what_is_left_out_counts_as_the_default():
    told = control({"humor": 3, "verbosity": None}, None)
    assert told.text == "humor:3"
    assert told.values == {**DEFAULTS, "humor": 3}


def test_nothing_set_is_no_control_string():
    assert control({}, None).text == ""


def test_a_fifth_of_the_late_draws_is_the_default_string(late):
    share = sum(told.text == str(DEFAULT) for told in late) / len(late)
    assert 0.18 < share < 0.30


def test_a_tenth_of_the_late_draws_leaves_something_out(late):
    share = sum(told.text.count(",") < 17 for told in late) / len(late)
    assert 0.07 < share < 0.13


def test_every_pair_of_slider_values_is_drawn():
    rng = random.Random(2)
    seen = set()
    for _ in range(60000):
        values = draw(rng, "en", progress=0.8).values
        changed = [(name, value) for name, value in values.items() if value != DEFAULTS[name]]
        seen.update(combinations(changed, 2))
    wanted = {
        ((a, x), (b, y))
        for a, b in combinations(DEFAULTS, 2)
        for x in range(5)
        for y in range(5)
        if x != DEFAULTS[a] and y != DEFAULTS[b]
    }
    assert wanted <= seen


def test_verbosity_takes_each_value_often(late):
    counts = Counter(told.values["verbosity"] for told in late)
    assert min(counts.values()) > 0.08 * len(late)


def test_held_out_combinations_are_never_drawn_for_training(late):
    assert not any(held_out(told.values) for told in late)


def test_the_test_draws_nothing_but_held_out_combinations_and_the_default():
    rng = random.Random(3)
    for _ in range(100):
        told = draw(rng, "de", progress=1.0, split="test")
        assert held_out(told.values) or not _changed(told.values) or told.text.count(",") < 17


def test_early_control_strings_are_short():
    rng = random.Random(4)
    early = [draw(rng, "en", progress=0.1).text.count(",") for _ in range(500)]
    assert sum(count < 17 for count in early) > 200


def _changed(values):
    return [name for name, value in values.items() if value != DEFAULTS[name]]
