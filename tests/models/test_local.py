import random
import shutil

import pytest

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
