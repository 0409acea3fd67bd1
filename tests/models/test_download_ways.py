"""Files that a hub keeps elsewhere, or answers for in ways that only real hubs have."""

import errno
import os
from types import SimpleNamespace

import pytest
from huggingface_hub import constants

from steerlm_studio.models import partial
from steerlm_studio.models.address import Address
from steerlm_studio.models.download import download
from steerlm_studio.models.hub import Hub
from steerlm_studio.models.hub_error import HubError
from steerlm_studio.models.partial import Partial
from steerlm_studio.models.progress import Waiting
from steerlm_studio.models.transfer import Patience
from steerlm_studio.models.unfinished import SUFFIX, unfinished
from tests.models import fake_hub as tricks
from tests.models.fetching import ADDRESS, QUICK, SIZE, read


@pytest.fixture
def cdn(fake_hub):
    fake_hub.cdn = f"http://localhost:{fake_hub.port}"


def test_the_token_goes_to_the_hub_and_to_nobody_else(fetch, fake_hub, data, monkeypatch, cdn):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert read(fetch()) == data
    own = {r.authorization for r in fake_hub.requests if r.host.startswith("127.")}
    others = {r.authorization for r in fake_hub.requests if r.host.startswith("localhost")}
    assert (own, others) == ({"Bearer hf_secret"}, {""})


def test_an_expired_address_of_the_file_is_asked_for_anew(fetch, fake_hub, data, cdn):
    fake_hub.tricks = [tricks.cut_after(9000), tricks.status(403)]
    assert read(fetch()) == data


def test_a_xet_bridge_has_another_hash_for_the_same_file(fetch, fake_hub, data, cdn):
    """It looks like a sha256 and is none: real hubs redirect most models to such a bridge."""
    fake_hub.is_xet = True
    fake_hub.tricks = [tricks.cut_after(100_000)]
    assert read(fetch()) == data
    assert [get.start for get in fake_hub.gets] == [0, 100_000]


def test_a_mirror_that_hands_on_the_bridges_hash_is_believed_when_it_says_so_twice(
    fetch, fake_hub, data
):
    fake_hub.is_xet = True
    assert read(fetch()) == data
    assert len(fake_hub.gets) == 2


def test_a_model_that_was_renamed_is_fetched_by_its_old_name(hub, cache, fake_hub, data):
    fake_hub.moved = {"eve/old": ADDRESS.repo}
    old = Address("eve/old", ADDRESS.file)
    assert hub.model(old).repo == ADDRESS.repo
    assert read(list(download(old, hub, cache, QUICK))) == data


def test_a_mirror_may_lie_below_a_path(cache, fake_hub, data, cdn):
    fake_hub.prefix = "/mirror/of/hf"
    hub = Hub(fake_hub.url, timeout=5)
    assert hub.model(ADDRESS).repo == ADDRESS.repo
    assert read(list(download(ADDRESS, hub, cache, QUICK))) == data


@pytest.mark.parametrize("header", [{"Retry_After": 3}, {"RateLimit": '"resolvers";r=0;t=3'}])
def test_a_hub_that_says_how_long_to_wait_is_heeded(hub, cache, fake_hub, data, header):
    fake_hub.tricks = [tricks.status(429, **header)]
    patience = Patience(attempts=2, first=0.01, longest=0.02, asked=0.05)
    waits = [m.seconds for m in download(ADDRESS, hub, cache, patience) if isinstance(m, Waiting)]
    assert waits == [0.05]


def test_a_hub_that_points_in_circles_ends_it_with_a_sentence(fetch, fake_hub):
    circle = lambda handler, data: handler._answer(302, Location=handler.path)  # noqa: E731
    fake_hub.head_tricks = [circle] * 99
    with pytest.raises(HubError, match="from one address to the next"):
        fetch()
    fake_hub.head_tricks.clear()
    fake_hub.tricks = [circle] * 99
    with pytest.raises(HubError, match="from one address to the next"):
        fetch()


def test_a_hub_that_points_to_no_address_is_said_to_be_none(fetch, fake_hub, cdn):
    fake_hub.cdn = "http://[::1"
    with pytest.raises(HubError, match="in a way no hub does"):
        fetch()


def test_a_version_that_is_a_path_is_refused(fetch, fake_hub, data):
    fake_hub.repos[ADDRESS.repo].commit = "../../../evil"
    with pytest.raises(HubError, match="in a way no hub does"):
        fetch()


def test_a_name_that_no_repository_can_have_is_said_to_be_none(hub, cache):
    with pytest.raises(HubError, match="cannot be the page of a model") as caught:
        list(download(Address("a--b/c", "x.gguf"), hub, cache, QUICK))
    assert caught.value.kind == "missing"


def test_a_compressed_body_is_not_appended(fetch, fake_hub, data):
    fake_hub.tricks = [lambda handler, data: handler._answer(200, data, Content_Encoding="gzip")]
    assert read(fetch()) == data
    assert len(fake_hub.gets) == 2


def test_a_hub_that_is_gone_at_the_very_end_is_not_said_to_be_the_disk(
    fetch, fake_hub, data, monkeypatch
):
    def last(handler, data):
        fake_hub.head_tricks = [tricks.status(403)] * 9
        tricks.plain(handler, data)

    fake_hub.tricks = [last]
    with pytest.raises(HubError, match="refuses access"):
        fetch()
    (note,) = unfinished()
    assert note.present == SIZE
    fake_hub.head_tricks.clear()
    fake_hub.requests.clear()
    assert read(fetch()) == data
    assert fake_hub.gets == []


def test_a_signed_address_does_not_get_into_an_error(fetch, fake_hub, data, cdn):
    fake_hub.tricks = [tricks.status(404)]
    with pytest.raises(HubError) as caught:
        fetch()
    assert f"localhost:{fake_hub.port}/cdn" in caught.value.detail
    assert "s3cret" not in str(caught.value) + caught.value.detail


def test_where_links_are_not_possible_there_is_one_copy(fetch, fake_hub, cache, data, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_SYMLINKS", True)
    messages = fetch()
    assert read(messages) == data
    large = [p for p in cache.rglob("*") if p.is_file() and p.stat().st_size == SIZE]
    assert [str(path) for path in large] == [messages[-1].path]
    fake_hub.requests.clear()
    assert read(fetch()) == data
    assert fake_hub.gets == []


def test_a_cache_that_may_not_be_written_gives_what_it_has(fetch, cache, data):
    path = fetch()[-1].path
    folders = [cache, *(p for p in cache.rglob("*") if p.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert fetch()[-1].path == path
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_what_could_not_be_begun_is_not_said_to_be_begun(fetch, blobs, data):
    blobs.parent.mkdir(parents=True)
    blobs.write_text("a file where the folder should be")
    with pytest.raises(HubError) as caught:
        fetch()
    assert caught.value.kind == "disk"
    assert unfinished() == ()


def test_a_disk_that_knows_no_locks_is_written_all_the_same(fetch, data, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(partial, "fcntl", SimpleNamespace(flock=no_locks, LOCK_EX=2, LOCK_NB=4))
    assert read(fetch()) == data


def test_what_another_process_has_just_finished_is_neither_fetched_nor_harmed(
    fetch, fake_hub, blobs, data, monkeypatch
):
    """It is renamed between our opening it and our locking it."""
    blob = blobs / tricks.sha256(data)
    lock = partial.fcntl.flock

    def slow(*arguments):
        monkeypatch.setattr(partial.fcntl, "flock", lock)
        blob.with_name(blob.name + SUFFIX).write_bytes(data)
        blob.with_name(blob.name + SUFFIX).replace(blob)
        lock(*arguments)

    monkeypatch.setattr(partial.fcntl, "flock", slow)
    assert read(fetch()) == data
    assert fake_hub.gets == []
    assert [path.name for path in blobs.iterdir()] == [blob.name]


def test_what_was_killed_between_its_last_byte_and_its_name_is_not_fetched_again(
    fetch, fake_hub, blobs, data
):
    blobs.mkdir(parents=True)
    (blobs / (tricks.sha256(data) + SUFFIX)).write_bytes(data)
    assert read(fetch()) == data
    assert fake_hub.gets == []


def test_a_full_disk_that_is_freed_is_gone_on_with(fetch, fake_hub, data, monkeypatch):
    room = [120_000]
    write = Partial.write

    def into_little_room(self, piece):
        write(self, piece[: room[0] - self.size])
        if self.size == room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Partial, "write", into_little_room)
    with pytest.raises(HubError, match="disk is full"):
        fetch()
    room[0] = 10 * SIZE
    assert read(fetch()) == data
    assert [get.start for get in fake_hub.gets] == [0, 120_000]
