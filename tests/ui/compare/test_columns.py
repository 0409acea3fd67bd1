"""Columns as values: what changes in which, and what differs from the first."""

import json

import pytest

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.schema import NEMO_ALIGNER
from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.compare.columns import MOST, Column, Columns
from steerlm_studio.ui.compare.kept import answers_of, as_data, columns_of, from_data

FUNNY = DEFAULT.having(humor=4)
BRIEF = DEFAULT.having(verbosity=0)
THREE = Columns().adding(FUNNY).adding(BRIEF)


def told(columns: Columns) -> list[Steering]:
    return [column.steering for column in columns.all]


def answer(steering: Steering, seed: int = 42) -> Answer:
    return Answer("What is tea?", steering, Sampling(seed=seed))


def test_a_new_column_stands_at_the_end_and_is_selected():
    assert told(THREE) == [DEFAULT, FUNNY, BRIEF]
    assert THREE.current.steering == BRIEF


def test_a_ninth_column_is_not_added():
    columns = Columns()
    for _ in range(MOST + 2):
        columns = columns.adding(FUNNY)
    assert len(columns.all) == MOST
    assert columns.is_full


def test_a_duplicate_stands_beside_its_model_with_a_key_of_its_own():
    columns = THREE.duplicating(1)
    assert told(columns) == [DEFAULT, FUNNY, FUNNY, BRIEF]
    assert columns.selected == 2
    assert len({column.key for column in columns.all}) == 4


def test_a_removed_column_comes_back_to_its_place():
    gone = THREE.removing(1)
    assert told(gone) == [DEFAULT, BRIEF]
    assert gone.current.steering == BRIEF
    assert told(gone.inserting(1, THREE.all[1])) == told(THREE)


def test_the_only_column_stays():
    assert Columns().removing(0) == Columns()


def test_a_moved_column_takes_its_key_and_the_selection_along():
    columns = THREE.moving(2, -1)
    assert told(columns) == [DEFAULT, BRIEF, FUNNY]
    assert columns.current == THREE.current
    assert THREE.moving(0, -1) == THREE
    assert THREE.moving(2, 1) == THREE


def test_the_differences_are_those_from_the_first_column_sampling_included():
    usual = Sampling(seed=42)
    columns = THREE.sampling(1, Sampling(seed=7))
    assert columns.differences(0, usual) == ()
    assert columns.differences(1, usual) == (("humor", 0, 4), ("seed", 42, 7))


def test_one_change_can_be_made_in_every_column():
    columns = THREE.steering_all(BRIEF, BRIEF.having(lang="de"))
    assert [one.lang for one in told(columns)] == ["de"] * 3
    assert [one["humor"] for one in told(columns)] == [0, 4, 0]


def test_another_family_keeps_the_values_it_shares():
    columns = THREE.steering_all(BRIEF, Steering(NEMO_ALIGNER, (4,) * 9))
    assert all(one.schema is NEMO_ALIGNER for one in told(columns))
    assert [one["humor"] for one in told(columns)] == [0, 4, 0]


def test_columns_are_the_same_after_json():
    columns = THREE.sampling(1, Sampling(seed=7)).selecting(1)
    again = from_data(json.loads(json.dumps(as_data(columns))))
    assert again == columns


@pytest.mark.parametrize(
    "data",
    [{}, {"columns": 3}, {"columns": [{"control": "humor:9", "schema": "nemotron-3-8b"}, 4, {}]}],
)
def test_data_that_holds_no_column_gives_none(data):
    assert from_data(data) is None


def test_a_column_that_cannot_be_read_is_left_out():
    data = as_data(THREE)
    data["columns"][0]["schema"] = "of another program"
    data["selected"] = 99
    again = from_data(data)
    assert again is not None
    assert (told(again), again.selected) == ([FUNNY, BRIEF], 0)


def test_each_column_shows_the_newest_answer_made_under_its_settings():
    old, funny, new = answer(DEFAULT), answer(FUNNY), answer(DEFAULT)
    found = answers_of(THREE, [old, funny, new])
    assert found == {0: new, 1: funny}


def test_columns_that_are_told_the_same_keep_their_order():
    first, second = answer(DEFAULT), answer(DEFAULT)
    columns = Columns().adding(DEFAULT)
    assert answers_of(columns, [first, second]) == {0: first, 1: second}


def test_a_column_with_its_own_seed_shows_no_answer_of_another():
    columns = Columns((Column(0, DEFAULT, Sampling(seed=7)),))
    assert answers_of(columns, [answer(DEFAULT)]) == {}
    assert len(answers_of(columns, [answer(DEFAULT, seed=7)])) == 1


def test_versions_under_several_settings_become_columns():
    columns = columns_of([answer(DEFAULT), answer(FUNNY), answer(DEFAULT)])
    assert columns is not None
    assert told(columns) == [DEFAULT, FUNNY]
    assert columns_of([answer(DEFAULT), answer(DEFAULT)]) is None
