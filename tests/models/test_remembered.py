"""Licences, defaults, folders and recent models: what outlives the program."""

import os
from pathlib import Path

import pytest

from steerlm_studio import folders
from steerlm_studio.errors import StudioError
from steerlm_studio.models.defaults import Defaults, defaults_for, key_of, remember_defaults
from steerlm_studio.models.library import MAX_RECENT, add_folder, library, remember, remove_folder
from steerlm_studio.models.licences import accept, is_accepted, licence_named
from steerlm_studio.models.local import local_models
from steerlm_studio.models.unfinished import unfinished
from steerlm_studio.protocol import Sampling


def test_a_licence_is_asked_for_once():
    licence = licence_named("nv-ai-foundation-models-license")
    assert licence.link.startswith("https://developer.nvidia.com/")
    assert not is_accepted(licence)
    accept(licence)
    assert is_accepted(licence_named("NV-AI-foundation-models-license"))
    assert not is_accepted(licence_named("llama2"))


def test_free_licences_are_not_asked_for_and_unknown_ones_are():
    assert is_accepted(licence_named("apache-2.0"))
    unknown = licence_named("own-terms", "https://example.org")
    assert not is_accepted(unknown)
    assert unknown.link == "https://example.org"
    assert not is_accepted(licence_named(""))


def test_defaults_of_a_model_are_remembered_in_a_readable_file(tmp_path):
    mine = Defaults(context=2048, lanes=4, sampling=Sampling(temperature=0.2), schema="oasst")
    remember_defaults(tmp_path / "m.gguf", mine)
    remember_defaults(tmp_path / "n.gguf", Defaults(lanes=2))
    assert defaults_for(tmp_path / "m.gguf") == mine
    assert defaults_for(tmp_path / "other.gguf") == Defaults()
    text = (folders.config() / "model-defaults.json").read_text()
    assert '"context": 2048' in text
    remember_defaults(tmp_path / "m.gguf", Defaults())
    assert "2048" not in (folders.config() / "model-defaults.json").read_text()


def test_one_wrong_entry_does_not_cost_the_others(tmp_path):
    remember_defaults(tmp_path / "m.gguf", Defaults(lanes=3))
    file = folders.config() / "model-defaults.json"
    file.write_text(file.read_text().replace("{", '{"/x.gguf": {"lanes": "many"},', 1))
    assert defaults_for(Path("/x.gguf")) == Defaults()
    assert defaults_for(tmp_path / "m.gguf") == Defaults(lanes=3)


def test_a_damaged_file_is_set_aside_and_not_overwritten(tmp_path):
    file = folders.config() / "model-defaults.json"
    file.parent.mkdir(parents=True)
    file.write_text("{ this is half a fi")
    assert defaults_for(tmp_path / "m.gguf") == Defaults()
    assert file.with_name(file.name + ".damaged").read_text() == "{ this is half a fi"


def test_what_may_not_be_read_or_set_aside_counts_as_none(tmp_path):
    """A config folder of another user once ended `models list` with a trace."""
    file = folders.config() / "model-defaults.json"
    file.mkdir(parents=True)  # as unreadable as a file of another user, for root as well
    assert defaults_for(tmp_path / "m.gguf") == Defaults()
    file.rmdir()
    file.with_name(file.name + ".damaged").mkdir()
    file.write_text("{ this is half a fi")
    assert defaults_for(tmp_path / "m.gguf") == Defaults()
    assert file.read_text() == "{ this is half a fi"


def test_a_file_of_the_hub_keeps_its_defaults_in_its_next_version():
    old, new = (Path(f"/c/models--ada--steer--x/snapshots/{commit}/sub/m.gguf") for commit in "ab")
    assert key_of(old) == key_of(new) == "hub:ada/steer--x/sub/m.gguf"


def test_recent_models_are_kept_newest_first_and_not_forever():
    for number in range(MAX_RECENT + 3):
        remember(Path(f"/m{number}.gguf"))
    remember(Path("/m5.gguf"))
    recent = library().recent
    assert len(recent) == MAX_RECENT
    assert recent[:2] == ("/m5.gguf", f"/m{MAX_RECENT + 2}.gguf")


def test_folders_are_added_once_and_removed(tmp_path):
    add_folder(tmp_path)
    assert add_folder(tmp_path / ".").folders == (str(tmp_path.resolve()),)
    assert remove_folder(tmp_path).folders == ()
    with pytest.raises(StudioError, match="is not a folder"):
        add_folder(tmp_path / "none")


@pytest.mark.parametrize("text", ['{"folders": ' + "[" * 99_999, '{"a": ' * 99_999, "\0", "NaN"])
def test_files_that_no_program_wrote_count_as_none(text, tmp_path):
    notes = folders.data() / "downloads"
    for folder in (folders.config(), notes):
        folder.mkdir(parents=True)
    (folders.config() / "library.json").write_text(text)
    (folders.config() / "model-defaults.json").write_text(text)
    (notes / "x.json").write_text(text)
    assert library().folders == ()
    assert defaults_for(tmp_path / "m.gguf") == Defaults()
    assert unfinished() == ()


def test_what_no_path_can_be_hides_no_model(tmp_path):
    file = folders.config() / "library.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"folders": ["a\\u0000b"], "recent": ["\\u0000"]}')
    assert len(local_models(cache=tmp_path)) == 1


def test_a_number_that_none_would_choose_is_not_remembered(tmp_path):
    file = folders.config() / "model-defaults.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"/x.gguf": {"context": -5}, "/y.gguf": {"lanes": 1e99}}')
    assert defaults_for(Path("/x.gguf")) == defaults_for(Path("/y.gguf")) == Defaults()


def test_a_pipe_among_the_notes_on_downloads_is_not_waited_for():
    notes = folders.data() / "downloads"
    notes.mkdir(parents=True)
    os.mkfifo(notes / "0.json")
    assert unfinished() == ()


def test_what_cannot_be_written_leaves_nothing_behind():
    file = folders.config() / "licences.json"
    file.mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        accept(licence_named("llama2"))
    assert list(folders.config().iterdir()) == [file]
