"""One click mends one problem; all of them together give a string that the models know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerlm_studio.steer.lint import parse
from steerlm_studio.steer.mend import mended, mended_whole
from steerlm_studio.steer.schema import NEMOTRON
from steerlm_studio.steer.steering import DEFAULT

GOOD = str(DEFAULT)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (GOOD.replace("humor:0", "humour:0"), GOOD),
        (GOOD.replace("humor:0", "humor:9"), GOOD.replace("humor:0", "humor:4")),
        (GOOD.replace("humor:0", "humor: 0"), GOOD),
        (GOOD.replace("humor:0,creativity:0", "creativity:0,humor:0"), GOOD),
        (GOOD.replace("humor:0", "humor:0,humor:3"), GOOD),
        (GOOD.replace("humor:0", "wit:0,humor:0"), GOOD),
        (GOOD.replace(",lang:en", ""), GOOD),
        (GOOD.replace("lang:en", "lang:en-US"), GOOD),
        (GOOD + ",", GOOD),
        ("," + GOOD, GOOD),
    ],
)
def test_one_click_mends_one_problem(wrong: str, right: str):
    problem = parse(wrong, NEMOTRON).problems[0]
    assert mended(wrong, problem, NEMOTRON) == right


def test_all_problems_are_mended_together():
    wrong = " creativity:0, humour:7,quality:4,quality:1,wit:2,lang:de_AT,"
    assert mended_whole(wrong, NEMOTRON) == "quality:4,humor:4,creativity:0,lang:de"


@given(st.text(alphabet="qualityhumor:,0459 -_n", max_size=80))
def test_whatever_was_typed_ends_as_a_valid_string(typed: str):
    assert parse(mended_whole(typed, NEMOTRON), NEMOTRON).is_valid
