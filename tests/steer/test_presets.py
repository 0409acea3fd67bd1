"""Presets: shipped and own."""

import pytest

from steerlm_studio import resources
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.presets import Preset, read_preset, read_presets, write_preset
from steerlm_studio.steer.steering import DEFAULT


def test_the_shipped_presets_are_all_readable_and_begin_with_the_default():
    presets = list(read_presets(resources.path("presets"), shipped=True))
    assert all(isinstance(preset, Preset) for preset in presets)
    assert presets[0].steering == DEFAULT
    assert len({preset.steering for preset in presets}) == len(presets) >= 5


@pytest.mark.parametrize("name", ["Mine", 'a "quoted"\nname', "日本語", "x\x7f\\y"])
def test_an_own_preset_comes_back_as_it_was(tmp_path, name):
    preset = Preset(name, "why\tnot", DEFAULT.having(humor=None, lang="fr"))
    assert read_preset(write_preset(preset, tmp_path)) == preset


def test_saving_again_replaces_the_file_and_leaves_no_other(tmp_path):
    write_preset(Preset("Mine", "", DEFAULT), tmp_path)
    write_preset(Preset("Mine", "", DEFAULT.having(humor=1)), tmp_path)
    (file,) = tmp_path.iterdir()
    assert read_preset(file).steering["humor"] == 1


def test_a_bad_preset_file_is_named_and_hides_no_other(tmp_path):
    write_preset(Preset("Good", "", DEFAULT), tmp_path)
    (tmp_path / "bad.toml").write_text("name = ", encoding="utf-8")
    (tmp_path / "typo.toml").write_text(
        'name = "t"\nschema = "nemotron-3-8b"\ncontrol = "toxcity:1"\n', encoding="utf-8"
    )
    bad, good, typo = read_presets(tmp_path)
    assert isinstance(good, Preset)
    assert isinstance(bad, StudioError)
    assert "bad.toml" in str(bad)
    assert isinstance(typo, StudioError)
    assert "toxicity" in str(typo)


def test_a_name_that_is_no_file_name_is_refused(tmp_path):
    with pytest.raises(StudioError, match="letter or digit"):
        write_preset(Preset("../", "", DEFAULT), tmp_path)
