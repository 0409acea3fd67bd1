"""Presets: shipped and own."""

import pytest

from steerlm_studio import resources
from steerlm_studio.errors import StudioError
from steerlm_studio.steer.presets import (
    Preset,
    delete_preset,
    export_preset,
    read_preset,
    read_presets,
    write_preset,
)
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


def test_names_that_differ_only_in_signs_are_two_presets(tmp_path):
    write_preset(Preset("Mine", "", DEFAULT), tmp_path)
    write_preset(Preset("Mine!", "", DEFAULT.having(humor=1)), tmp_path)
    assert {preset.name for preset in read_presets(tmp_path)} == {"Mine", "Mine!"}


def test_a_preset_is_deleted_by_its_name_whatever_its_file_is_called(tmp_path):
    export_preset(Preset("Mine", "", DEFAULT), tmp_path / "other.toml")
    delete_preset("Mine", tmp_path)
    delete_preset("Mine", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError, match="cannot be written"):
        write_preset(Preset("Mine", "", DEFAULT), tmp_path / "file" / "presets")


def test_a_file_too_large_for_a_preset_is_not_read(tmp_path):
    large = tmp_path / "large.toml"
    large.write_text("#" * 200_000)
    with pytest.raises(StudioError, match="too large"):
        read_preset(large)


@pytest.mark.parametrize("lacks", ["name", "schema", "control"])
def test_a_file_of_another_program_is_said_to_be_no_preset(tmp_path, lacks: str):
    """Without a schema it said: There is no attribute schema named “”."""
    file = tmp_path / "foreign.toml"
    fields = {"name": "Mine", "schema": "nemotron-3-8b", "control": "quality:4"}
    file.write_text("".join(f'{key} = "{fields[key]}"\n' for key in fields if key != lacks))
    with pytest.raises(StudioError, match=r"foreign\.toml needs name, schema and control"):
        read_preset(file)


def test_a_folder_is_no_preset_and_said_to_be_one_in_words(tmp_path):
    with pytest.raises(StudioError, match=r"cannot be read: Is a directory\.$"):
        read_preset(tmp_path)
