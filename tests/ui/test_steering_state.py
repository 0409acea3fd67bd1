"""The panel's state: presets and steerings carried from one model family to another."""

from steerlm_studio.steer.presets import Preset
from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON, OASST
from steerlm_studio.steer.steering import DEFAULT, default_steering
from steerlm_studio.ui.steering_change import change_in_words
from steerlm_studio.ui.steering_state import State, fitted


def test_a_smaller_schema_keeps_what_it_shares():
    there = fitted(DEFAULT.having(humor=3, violence=2, toxicity=None), NEMO_ALIGNER)
    assert (there["humor"], there["toxicity"], there.lang) == (3, None, None)


def test_a_larger_schema_is_filled_up_as_its_family_recommends():
    there = fitted(default_steering(NEMO_ALIGNER).having(humor=2), NEMOTRON)
    assert there == DEFAULT.having(humor=2)


def test_the_language_goes_along_left_out_or_not():
    assert fitted(DEFAULT.having(lang="de"), OASST).lang == "de"
    assert fitted(DEFAULT.having(lang=None), OASST).lang is None


def test_a_preset_is_picked_in_the_schema_that_is_shown():
    preset = Preset("Dry", "", DEFAULT.having(verbosity=0))
    state = State().in_schema(NEMO_ALIGNER).picking(preset)
    assert state.steering == default_steering(NEMO_ALIGNER).having(verbosity=0)
    assert state.preset_steering == state.steering


def test_a_value_moves_the_steering_away_from_its_preset():
    state = State().having("humor", 3)
    assert state.steering == DEFAULT.having(humor=3)
    assert state.preset_steering == DEFAULT


def test_a_change_is_put_in_words():
    assert change_in_words(DEFAULT, DEFAULT.having(humor=3)) == "humor 0→3"
    assert change_in_words(DEFAULT, DEFAULT.having(toxicity=None)) == "toxicity 0→\N{EN DASH}"
    assert change_in_words(DEFAULT, DEFAULT.having(humor=3, lang="de")) == "2 values"
    assert change_in_words(DEFAULT, default_steering(OASST)) == OASST.title
