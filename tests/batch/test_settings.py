"""Files of settings: the forms that are read, and what is said of wrong ones."""

import json

import pytest

from steerlm_studio import folders
from steerlm_studio.batch.settings import read_settings
from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.presets import Preset, write_preset
from steerlm_studio.steer.schema import NEMO_ALIGNER
from steerlm_studio.steer.steering import DEFAULT, default_steering, nothing_set


@pytest.fixture
def settings(tmp_path):
    def read(value, base=DEFAULT):
        path = tmp_path / "settings.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return [named.on(base, Sampling()) for named in read_settings(path)]

    return read


def test_an_object_names_changes_of_the_base(settings):
    base, funny = settings({"base": "", "funny": "humor=4,lang=de,toxicity=-"})
    assert (base.name, base.steering, base.sampling) == ("base", DEFAULT, Sampling())
    assert funny.steering == DEFAULT.having(humor=4, lang="de", toxicity=None)


def test_a_list_names_its_settings_or_takes_what_they_say(settings):
    found = settings(["humor=4", {"name": "dry", "set": {"humor": 0, "lang": None}}, {}])
    assert [setting.name for setting in found] == ["humor=4", "dry", "setting 3"]
    assert found[1].steering == DEFAULT.having(humor=0, lang=None)


def test_control_strings_and_presets_stand_for_the_whole(settings):
    write_preset(Preset("Mine", "", DEFAULT.having(humor=1)), folders.presets())
    told, mine, playful = settings(
        {"told": "humor:3,lang:en", "mine": {"preset": "mine"}, "p": {"preset": "Playful"}}
    )
    assert told.steering == nothing_set(DEFAULT.schema).having(humor=3, lang="en")
    assert mine.steering == DEFAULT.having(humor=1)
    assert playful.steering["creativity"] == 4


def test_a_preset_may_be_changed_and_sampling_named_and_changed(settings):
    (found,) = settings(
        {"x": {"preset": "Playful", "set": "humor=0", "sampling": "K50-Precise", "seed": 7}}
    )
    assert (found.steering["humor"], found.steering["creativity"]) == (0, 4)
    assert (found.sampling.temperature, found.sampling.seed) == (0.1, 7)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("{", "cannot be read"),
        ('{"a": "", "a": "humor=1"}', "“a” stands there twice"),
        ("[]", "holds no setting"),
        ("7", "JSON object of names, or a list"),
        (["humor=1", "humor=1"], "two settings called “humor=1”"),
        ({"a": "humor"}, "“a”: “humor” is not of the form"),
        ({"a": "humour=3"}, "“a”: .* has no attribute “humour”"),
        ({"a": "humor=9"}, "“a”: humor cannot be 9"),
        ({"a": {"humor": 3}}, "unknown key “humor”"),
        ({"a": {"set": {"humor": 1.5}}}, "no text like humor=3"),
        ({"a": {"set": {"humor": True}}}, "no text like humor=3"),
        ({"a": {"set": {"humor": False}}}, "no text like humor=3"),
        ({"a": "humor=1, humor=2"}, "“a”: humor stands twice"),
        ('{"a": {"temperature": NaN}}', "“a”: temperature cannot be nan"),
        ({"a": {"top_p": 1.5}}, "“a”: top_p cannot be 1.5: it goes from 0 to 1"),
        ({"a": {"preset": "Playful", "control": "humor:1"}}, "both “control” and “preset”"),
        ({"a": {"preset": "Nobody's"}}, "no preset “Nobody's”. Known: .*Playful"),
        ({"a": "toxcity:0"}, "Did you mean toxicity"),
        ({"a": {"top_k": "many"}}, "“a”: top_k must be a whole number, not a text"),
        ({"a": {"temperature": None}}, "“a”: temperature must be a number, not null"),
        ({"a": {"sampling": "K1"}}, "no sampling preset “K1”"),
        ({"a": 3}, "must be a string or an object"),
        ({"\n": ""}, "cannot be the name"),
    ],
)
def test_a_wrong_setting_is_named_with_its_fault(settings, value, why):
    with pytest.raises(StudioError, match=why):
        settings(value)


def test_a_preset_of_another_family_is_refused(settings):
    with pytest.raises(StudioError, match=r"“p”: .*NeMo-Aligner"):
        settings({"p": {"preset": "Playful"}}, default_steering(NEMO_ALIGNER))


def test_a_file_of_settings_that_is_not_there_is_said_without_a_number(tmp_path):
    with pytest.raises(StudioError, match=r"none.json cannot be read: No such file.*Check the"):
        read_settings(tmp_path / "none.json")
