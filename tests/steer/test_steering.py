"""Steering: values, the control string, and changes."""

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.schema import NEMO_ALIGNER, OASST, schema_named
from steerlm_studio.steer.steering import DEFAULT, default_steering, nothing_set


def test_the_default_control_string_is_that_of_the_model_card():
    assert str(DEFAULT) == (
        "quality:4,understanding:4,correctness:4,coherence:4,complexity:4,verbosity:4,toxicity:0,"
        "humor:0,creativity:0,violence:0,helpfulness:4,not_appropriate:0,hate_speech:0,"
        "sexual_content:0,fails_task:0,political_content:0,moral_judgement:0,lang:en"
    )


def test_a_family_without_languages_writes_no_lang():
    assert str(default_steering(NEMO_ALIGNER)) == (
        "quality:4,toxicity:0,humor:0,creativity:0,helpfulness:4,correctness:4,coherence:4,"
        "complexity:4,verbosity:4"
    )


def test_the_open_assistant_family_has_twelve_attributes_and_lang():
    assert str(default_steering(OASST)).count(",") == 12
    assert OASST.keys[-1] == "lang"


def test_an_attribute_left_out_is_not_written():
    told = nothing_set(DEFAULT.schema).having(humor=3, lang="de")
    assert str(told) == "humor:3,lang:de"
    assert str(told.having(humor=None, lang=None)) == ""


def test_a_change_makes_a_new_steering_and_leaves_the_old_one():
    funny = DEFAULT.having(humor=4)
    assert funny["humor"] == 4
    assert DEFAULT["humor"] == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"humor": 5}, "humor cannot be 5"),
        ({"humor": -1}, "humor cannot be -1"),
        ({"humor": "much"}, "whole number, not “much”"),
        ({"wit": 1}, "no attribute “wit”"),
        ({"lang": "xx"}, "“xx” is not one of the languages"),
    ],
)
def test_what_the_models_never_saw_is_refused_by_name(changes, named):
    with pytest.raises(StudioError, match=named):
        DEFAULT.with_values(changes)


def test_differences_name_the_key_the_old_and_the_new_value_in_key_order():
    told = DEFAULT.having(lang="de", humor=3, verbosity=None)
    assert told.differences(DEFAULT) == (
        ("verbosity", 4, None),
        ("humor", 0, 3),
        ("lang", "en", "de"),
    )


def test_a_schema_is_found_by_the_beginning_of_its_id():
    assert schema_named("Nemotron") is DEFAULT.schema
    with pytest.raises(StudioError, match="nemotron-3-8b, nemo-aligner, oasst"):
        schema_named("nem")
