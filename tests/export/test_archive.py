"""Members of a tar are read where they lie, packed or not."""

import pytest

from steerlm_studio.errors import StudioError
from steerlm_studio.export import archive
from steerlm_studio.export.members import small
from tests.export import made

DATA = bytes(range(256)) * 40


@pytest.fixture(params=["w", "w:gz"])
def opened(request, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "BLOCK", 1000)
    path = made.tar(tmp_path / "m.nemo", {"./a": b"first", "./deep/b": DATA}, request.param)
    with archive.opened(path) as members:
        yield members


def test_any_range_of_a_member_can_be_read(opened):
    assert opened.names == ("a", "deep/b")
    for offset, size in ((0, 10240), (999, 2), (5000, 3000), (1000, 1000), (17, 0), (10239, 1)):
        assert opened.read("deep/b", offset, size) == DATA[offset : offset + size]


@pytest.mark.parametrize(("offset", "size"), [(10239, 2), (-1, 1), (0, -1), (1 << 40, 1)])
def test_what_is_not_there_is_an_error(offset, size, opened):
    with pytest.raises(StudioError, match="cut off"):
        opened.read("deep/b", offset, size)


def test_a_small_file_that_is_not_small_is_not_read(opened):
    assert small(opened, "a", 5) == b"first"
    with pytest.raises(StudioError, match="more than 4"):
        small(opened, "a", 4)
