"""One attribute of a label is corrected; nothing else of it changes."""

import pytest

from steerlm_studio.steer.relabel import relabelled
from steerlm_studio.steer.schema import NEMOTRON
from steerlm_studio.steer.steering import default_steering


@pytest.mark.parametrize(
    ("control", "wanted"),
    [
        ("", "humor:1"),
        ("humor:4", "humor:1"),
        ("quality:4,humor:4,lang:en", "quality:4,humor:1,lang:en"),
        ("quality:4, humor: 4 ,own_humor:2", "quality:4, humor:1,own_humor:2"),
        ("quality:4,lang:en", "quality:4,humor:1,lang:en"),
        ("quality:4,toxicity:0", "quality:4,toxicity:0,humor:1"),
        ("creativity:2,violence:0", "humor:1,creativity:2,violence:0"),
        ("some_new_one:9", "some_new_one:9,humor:1"),
    ],
)
def test_this_is_really_humor_1(control, wanted):
    assert relabelled(control, "humor", 1, NEMOTRON) == wanted


def test_a_whole_control_string_stays_one():
    steering = default_steering(NEMOTRON)
    for name in NEMOTRON.names:
        wanted = str(steering.having(**{name: 3}))
        assert relabelled(str(steering), name, 3, NEMOTRON) == wanted
        without = str(steering.having(**{name: None}))
        assert relabelled(without, name, 3, NEMOTRON) == wanted
