import os
import random
import shutil

import pytest

from steerlm_studio.models import local
from steerlm_studio.models.address import Address
from steerlm_studio.models.download import download
from steerlm_studio.models.library import Library
from steerlm_studio.models.local import local_models
from steerlm_studio.models.summary import summary
from tests.engine import tiny


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tiny.write(tmp_path_factory.mktemp("made") / "tiny-steerlm-F32.gguf")


@pytest.fixture
def listed(cache):
    """The models of the cache, and of a library, without the bundled one."""

    def list_them(known=Library()):  # noqa: B008
        return [found for found in local_models(known, cache) if found.where != "bundled"]

    return list_them


def test_a_file_tells_what_it_is_without_being_loaded(made):
    found = summary(made, "folder")
    assert (found.name, found.architecture, found.context) == ("Tiny random", "nemotron", 4096)
    assert (found.schema, found.template, found.steerlm) == ("nemotron-3-8b", "nemotron", "said")
    assert (found.quant, found.bytes, found.problem) == ("F32", made.stat().st_size, "")


def test_a_damaged_file_is_listed_with_its_problem(tmp_path, listed):
    (tmp_path / "bad.gguf").write_bytes(b"GGUF and nothing else")
    (found,) = listed(Library((str(tmp_path),)))
    assert "cannot be used" in found.problem
    assert found.bytes == 21


def test_models_of_the_cache_are_listed_with_their_repository(made, fake_hub, hub, cache, listed):
    files = {"m-F32.gguf": made.read_bytes(), "m.nemo": random.Random(1).randbytes(99)}
    fake_hub.add("ada/steer", files | {"README.md": b"no model"})
    for name in (*files, "README.md"):
        list(download(Address("ada/steer", name), hub, cache))
    found = listed()
    assert [(f.repo, f.where, f.format, f.problem) for f in found] == [
        ("ada/steer", "hub", "gguf", ""), ("ada/steer", "hub", "nemo", ""),
    ]  # fmt: skip


def test_folders_are_searched_below_but_not_in_hidden_places(made, tmp_path, listed):
    for name in ("a.gguf", "deep/er/b.gguf", ".hidden/c.gguf", "1/2/3/4/5/d.gguf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made, tmp_path / name)
    names = [found.path.removeprefix(f"{tmp_path}/") for found in listed(Library((str(tmp_path),)))]
    assert names == ["a.gguf", "deep/er/b.gguf"]


def test_a_file_is_listed_once_and_a_recent_one_that_is_gone_not_at_all(made, tmp_path, listed):
    shutil.copy(made, tmp_path / "a.gguf")
    (tmp_path / "b.gguf").symlink_to(tmp_path / "a.gguf")
    recent = (str(tmp_path / "a.gguf"), str(tmp_path / "gone.gguf"))
    assert len(listed(Library((str(tmp_path),), recent))) == 1


def test_of_a_split_model_the_first_part_stands_for_all(made, tmp_path, listed):
    for number in (1, 2, 3):
        path = tmp_path / f"m-0000{number}-of-00003.gguf"
        path.write_bytes(made.read_bytes() + bytes(number))
    (found,) = listed(Library((str(tmp_path),)))
    assert found.path.endswith("m-00001-of-00003.gguf")


def test_no_cache_is_no_error(listed):
    assert listed() == []


def test_a_folder_that_is_gone_is_no_error(listed, tmp_path):
    assert listed(Library((str(tmp_path / "gone"),))) == []


def put(cache, commit, name, data):
    """As the hub's library lays a file of `ada/steer` into its cache."""
    blob = cache / "models--ada--steer" / "blobs" / f"of-{commit}-{name}"
    link = cache / "models--ada--steer" / "snapshots" / commit / name
    for path in (blob, link):
        path.parent.mkdir(parents=True, exist_ok=True)
    blob.write_bytes(data)
    link.symlink_to(os.path.relpath(blob, link.parent))
    return blob


def test_a_file_whose_bytes_are_gone_from_the_cache_does_not_hide_the_others(made, cache, listed):
    put(cache, "1" * 40, "a.gguf", made.read_bytes())
    put(cache, "2" * 40, "deep/b.gguf", made.read_bytes())
    put(cache, "2" * 40, "c.gguf", made.read_bytes()).unlink()
    (cache / "models--ada--steer" / "refs").mkdir()
    (cache / "models--ada--steer" / "refs" / "main").write_text("3" * 40)  # which is not here
    (cache / "models--no").mkdir()
    (cache / "version.txt").write_text("1")
    found = {(m.repo, m.path.rpartition("/")[2]) for m in listed()}
    assert found == {("ada/steer", "a.gguf"), ("ada/steer", "b.gguf")}


def test_of_a_file_that_two_revisions_share_there_is_one(made, cache, listed):
    put(cache, "1" * 40, "a.gguf", made.read_bytes())
    again = cache / "models--ada--steer" / "snapshots" / ("2" * 40) / "a.gguf"
    again.parent.mkdir()
    again.symlink_to(f"../../blobs/of-{'1' * 40}-a.gguf")
    assert len(listed()) == 1


def test_a_cache_that_is_a_file_is_no_error(cache, listed):
    cache.write_text("no folder")
    assert listed() == []


def test_links_in_a_circle_and_names_beyond_any_length_are_passed_over(made, tmp_path, listed):
    shutil.copy(made, tmp_path / "a.gguf")
    (tmp_path / "loop.gguf").symlink_to("loop.gguf")
    (tmp_path / "folders").symlink_to(".")
    recent = (str(tmp_path / ("b" * 300 + ".gguf")),)
    (found,) = listed(Library((str(tmp_path),), recent))
    assert found.path == str(tmp_path / "a.gguf")


def test_a_name_that_is_no_text_is_listed_with_its_problem(made, tmp_path, listed):
    folder = os.fsencode(tmp_path)
    shutil.copy(made, os.path.join(folder, b"caf\xe9.gguf"))
    (found,) = listed(Library((str(tmp_path),)))
    assert (found.name, found.path.encode().endswith(b".gguf")) == ("caf\ufffd", True)
    assert "not in UTF-8" in found.problem


def test_a_folder_with_more_files_than_are_looked_at_is_named(made, tmp_path, monkeypatch):
    monkeypatch.setattr(local, "LIMIT", 30)
    for number in range(31):
        (tmp_path / f"{number}.txt").touch()
    cut = []
    local_models(Library((str(tmp_path),)), tmp_path / "none", cut)
    assert cut == [str(tmp_path)]


def test_a_folder_with_more_models_than_are_read_is_named(made, tmp_path, monkeypatch):
    monkeypatch.setattr(local, "MODELS", 2)
    for number in range(3):
        shutil.copy(made, tmp_path / f"{number}.gguf")
    cut = []
    found = local_models(Library((str(tmp_path),)), tmp_path / "none", cut)
    assert [m.path for m in found if m.where == "folder"] == [
        str(tmp_path / "0.gguf"), str(tmp_path / "1.gguf"),
    ]  # fmt: skip
    assert cut == [str(tmp_path)]


def test_a_name_with_an_impossible_number_of_parts_hides_no_other_model(made, tmp_path, listed):
    for name in ("m-00001-of-00000.gguf", "n-00001-of-99999.gguf", "o.gguf"):
        shutil.copy(made, tmp_path / name)
    assert len(listed(Library((str(tmp_path),)))) == 3


def test_a_file_that_was_not_copied_to_its_end_is_listed_as_that(made, tmp_path, listed):
    (tmp_path / "half.gguf").write_bytes(made.read_bytes()[:-1])
    (found,) = listed(Library((str(tmp_path),)))
    assert "ends too early" in found.problem


def test_a_split_model_is_as_large_as_its_parts_and_needs_all_of_them(tmp_path, listed):
    first, second, third = tiny.write_split(tmp_path)
    (found,) = listed(Library((str(tmp_path),)))
    assert found.bytes == sum(part.stat().st_size for part in (first, second, third))
    assert found.problem == ""
    second.unlink()
    (found,) = listed(Library((str(tmp_path),)))
    assert f"{second.name} is not beside it" in found.problem
