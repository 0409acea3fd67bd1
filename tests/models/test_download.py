import os
import random
import shutil
from collections import namedtuple

import pytest
from huggingface_hub import scan_cache_dir, try_to_load_from_cache

from steerlm_studio.models.download import download
from steerlm_studio.models.hub import Hub
from steerlm_studio.models.hub_error import HubError
from steerlm_studio.models.partial import Partial
from steerlm_studio.models.progress import Checking, Fetched, Finished, Started, Waiting
from steerlm_studio.models.unfinished import SUFFIX, give_up, unfinished
from tests.models import fake_hub as tricks
from tests.models.fetching import ADDRESS, QUICK, SIZE, read


@pytest.fixture
def begun(hub, cache, data, fake_hub, blobs):
    """A download that ended after 100 kB."""
    fake_hub.tricks = [tricks.cut_after(100_000)]
    for progress in download(ADDRESS, hub, cache, QUICK):
        if isinstance(progress, Waiting):
            break
    fake_hub.tricks.clear()
    fake_hub.requests.clear()
    return blobs / (tricks.sha256(data) + SUFFIX)


def test_a_file_lands_in_the_cache_as_the_hubs_own_library_has_it(fetch, cache, data, blobs):
    messages = fetch()
    assert read(messages) == data
    found = try_to_load_from_cache(ADDRESS.repo, ADDRESS.file, cache_dir=cache)
    assert found == messages[-1].path
    assert os.path.realpath(found) == str(blobs / tricks.sha256(data))
    assert [repo.repo_id for repo in scan_cache_dir(cache).repos] == [ADDRESS.repo]
    assert [path.name for path in blobs.iterdir()] == [tricks.sha256(data)]
    assert unfinished() == ()


def test_it_tells_what_it_does(fetch):
    messages = fetch()
    assert messages[0] == Started(ADDRESS.repo, ADDRESS.file, SIZE, 0)
    assert isinstance(messages[-2], Fetched)
    assert (messages[-2].done, messages[-2].total) == (SIZE, SIZE)
    assert isinstance(messages[-1], Finished)
    assert messages[-1].fetched == SIZE


def test_a_file_that_is_here_is_not_fetched_again(fetch, fake_hub):
    fetch()
    fake_hub.requests.clear()
    messages = fetch()
    assert messages[0].present == SIZE
    assert messages[-1].fetched == 0
    assert fake_hub.gets == []


def test_a_small_file_is_checked_by_gits_name_for_it(fetch, fake_hub, data):
    fake_hub.small = True
    assert read(fetch()) == data
    fake_hub.repos.clear()
    fake_hub.add(ADDRESS.repo, {ADDRESS.file: data[:-1] + b"x"})
    fake_hub.tricks = [tricks.wrong_bytes]
    with pytest.raises(HubError, match="checksum"):
        fetch()


def test_an_empty_file_is_a_file(hub, cache, fake_hub):
    fake_hub.add(ADDRESS.repo, {ADDRESS.file: b""})
    assert read(list(download(ADDRESS, hub, cache, QUICK))) == b""


def test_a_cut_connection_is_gone_on_with_where_it_ended(fetch, fake_hub, data):
    fake_hub.tricks = [tricks.cut_after(50_000), tricks.cut_after(60_000)]
    messages = fetch()
    assert read(messages) == data
    assert [get.start for get in fake_hub.gets] == [0, 50_000, 110_000]
    assert messages[-1].fetched == SIZE
    assert sum(isinstance(message, Waiting) for message in messages) == 2


def test_an_interrupted_download_is_gone_on_with_later(begun, fetch, fake_hub, data):
    assert begun.stat().st_size == 100_000
    messages = fetch()
    assert read(messages) == data
    assert [get.start for get in fake_hub.gets] == [100_000]
    assert messages[0].present == 100_000
    assert Checking(100_000, 100_000) in messages
    assert messages[-1].fetched == SIZE - 100_000


def test_what_was_begun_is_listed_and_can_be_given_up(begun, data):
    (note,) = unfinished()
    assert (note.address, note.total, note.present) == (ADDRESS, SIZE, 100_000)
    give_up(note)
    assert unfinished() == ()
    assert not begun.exists()


@pytest.mark.parametrize("code", [500, 502, 503, 429, 408])
def test_a_busy_server_is_asked_again(fetch, fake_hub, data, code):
    fake_hub.tricks = [tricks.status(code), tricks.status(code)]
    fake_hub.head_tricks = [tricks.status(503)]
    messages = fetch()
    assert read(messages) == data
    assert f"status {code}" in str([m.reason for m in messages if isinstance(m, Waiting)])


def test_a_server_that_stays_busy_ends_it_with_a_sentence(fetch, fake_hub, begun):
    fake_hub.tricks = [tricks.status(503)] * 9
    with pytest.raises(HubError, match="trouble of its own") as caught:
        fetch()
    assert caught.value.kind == "hub"
    assert begun.stat().st_size == 100_000


def test_a_server_that_stalls_is_left_and_asked_again(fake_hub, cache, data):
    fake_hub.tricks = [tricks.stall_after(80_000)]
    messages = list(download(ADDRESS, Hub(fake_hub.url, timeout=0.3), cache, QUICK))
    assert read(messages) == data
    assert [get.start for get in fake_hub.gets] == [0, 80_000]
    assert "stopped sending" in str(messages)


def test_a_server_that_ignores_ranges_sends_all_again(begun, fetch, fake_hub, data):
    fake_hub.tricks = [tricks.ignores_range]
    assert read(fetch()) == data


def test_a_file_that_is_sent_as_text_is_no_login_page(fetch, fake_hub, data):
    fake_hub.tricks = [tricks.as_text]
    assert read(fetch()) == data
    assert len(fake_hub.gets) == 1


def test_a_login_page_in_place_of_the_rest_costs_nothing_of_what_is_here(
    begun, fetch, fake_hub, data
):
    fake_hub.tricks = [tricks.login_page, tricks.login_page]
    messages = fetch()
    assert read(messages) == data
    assert [get.start for get in fake_hub.gets] == [100_000] * 3
    assert messages[-1].fetched == SIZE - 100_000


def test_a_server_that_trickles_is_waited_for(fake_hub, cache, data):
    """It takes longer than the silence that is borne, and is never silent."""
    fake_hub.pause = 0.1
    messages = list(download(ADDRESS, Hub(fake_hub.url, timeout=1), cache, QUICK))
    assert read(messages) == data
    assert messages[-1].fetched == SIZE


def test_a_server_without_that_range_is_asked_for_everything(begun, fetch, fake_hub, data):
    fake_hub.tricks = [tricks.status(416)]
    assert read(fetch()) == data
    assert [get.start for get in fake_hub.gets] == [100_000, 0]


def test_another_range_than_asked_for_is_not_used(begun, fetch, fake_hub, data):
    fake_hub.tricks = [tricks.other_range]
    assert read(fetch()) == data


def test_a_body_that_is_too_long_is_cut(fetch, fake_hub, data):
    fake_hub.tricks = [tricks.longer]
    assert read(fetch()) == data


def test_wrong_bytes_are_thrown_away_and_said(fetch, fake_hub, blobs, cache):
    fake_hub.tricks = [tricks.wrong_bytes]
    with pytest.raises(HubError, match="checksum differs") as caught:
        fetch()
    assert caught.value.kind == "checksum"
    assert list(blobs.iterdir()) == []
    assert unfinished() == ()
    assert try_to_load_from_cache(ADDRESS.repo, ADDRESS.file, cache_dir=cache) is None


def test_a_beginning_that_went_bad_on_the_disk_is_fetched_anew(begun, fetch, fake_hub, data):
    begun.write_bytes(bytes(100_000))
    assert read(fetch()) == data
    assert [get.start for get in fake_hub.gets] == [100_000, 0]


def test_a_beginning_longer_than_the_file_is_fetched_anew(begun, fetch, data):
    begun.write_bytes(bytes(SIZE + 5))
    assert read(fetch()) == data


def test_a_newer_version_replaces_what_was_begun(begun, fetch, fake_hub):
    newer = random.Random(2).randbytes(SIZE + 7)
    fake_hub.repos[ADDRESS.repo].files[ADDRESS.file] = newer
    assert read(fetch()) == newer
    assert fake_hub.gets[0].start == 0
    assert not begun.exists()


def test_a_version_that_changes_in_the_middle_starts_anew(fetch, fake_hub, data):
    newer = random.Random(2).randbytes(SIZE)

    def changes(handler, old):
        tricks.cut_after(100_000)(handler, old)
        fake_hub.repos[ADDRESS.repo].files[ADDRESS.file] = newer

    fake_hub.tricks = [changes]
    assert read(fetch()) == newer


def test_an_answer_with_another_etag_is_not_appended(fetch, fake_hub, data):
    fake_hub.tricks = [lambda handler, data: tricks.plain(handler, data, etag="0" * 64)]
    assert read(fetch()) == data
    assert len(fake_hub.gets) == 2


def test_a_hub_that_never_agrees_with_itself_ends_it(fetch, fake_hub):
    names = iter(range(99))
    fake_hub.tricks = [
        lambda handler, data: tricks.plain(handler, data, etag=f"{next(names):064}")
    ] * 99
    with pytest.raises(HubError, match="keeps changing"):
        fetch()


def test_a_file_larger_than_the_disk_is_refused_before_it_is_begun(fetch, fake_hub, blobs):
    fake_hub.repos[ADDRESS.repo].sizes[ADDRESS.file] = 10**15
    with pytest.raises(HubError, match=r"needs 1000000.0 GB more") as caught:
        fetch()
    assert caught.value.kind == "disk"
    assert fake_hub.gets == []
    assert unfinished() == ()
    assert not blobs.exists()


def test_a_small_file_on_a_full_disk_is_told_in_units_that_fit(fetch, fake_hub, monkeypatch):
    """It needed “0.0 GB more”, of which “0.0 GB” were free."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(20_000_000, 0, 20_000_000))
    fake_hub.repos[ADDRESS.repo].sizes[ADDRESS.file] = 7_000_000
    with pytest.raises(HubError, match=r"needs 7.0 MB more and 67.1 MB to spare, 20.0 MB are free"):
        fetch()


def test_the_same_file_is_not_fetched_twice_at_once(fetch, blobs, data):
    blob = blobs / tricks.sha256(data)
    with (
        Partial(blob, blob.name, SIZE),
        pytest.raises(HubError, match="already being downloaded") as caught,
    ):
        fetch()
    assert caught.value.kind == "busy"


def test_a_large_file_is_asked_for_in_segments(fetch, fake_hub, data, monkeypatch):
    monkeypatch.setattr("steerlm_studio.models.transfer.SEGMENT", 128_000)
    assert read(fetch()) == data
    assert [get.range for get in fake_hub.gets] == [
        "bytes=0-127999", "bytes=128000-255999", "bytes=256000-299999",
    ]  # fmt: skip
