"""Downloads of the window: children that fetch, pause, go on, and are given up."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.models.address import Address
from steerlm_studio.ui.models.downloads import Downloads
from steerlm_studio.ui.models.downloads_page import DownloadsPage
from tests.models import fake_hub as tricks
from tests.models.fake_hub import FakeHub
from tests.ui.models.conftest import DATA, FILE, REPO

PATIENCE = 30_000  # ms
ADDRESS = Address(REPO, FILE)


@pytest.fixture
def page(qtbot: QtBot):
    downloads = Downloads()
    page = DownloadsPage(downloads)
    qtbot.addWidget(page)
    page.show()
    yield page
    downloads.stop()


@pytest.fixture
def downloads(page: DownloadsPage) -> Downloads:
    return page._downloads


@pytest.mark.usefixtures("fake_hub")
def test_a_download_ends_with_the_right_file_and_offers_to_open_it(
    downloads: Downloads, page: DownloadsPage, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(downloads.finished, timeout=PATIENCE) as ended:
        downloads.begin(ADDRESS)
    assert Path(ended.args[0]).read_bytes() == DATA
    (row,) = page.rows
    assert (row.go.text(), row.drop.text()) == ("Open", "Remove from list")
    with qtbot.waitSignal(page.open_requested) as opened:
        row.go.click()
    assert opened.args == ended.args


def test_it_pauses_and_goes_on_where_it_was(
    downloads: Downloads, page: DownloadsPage, qtbot: QtBot, fake_hub: FakeHub
) -> None:
    fake_hub.tricks = [tricks.stall_after(100_000)]
    download = downloads.begin(ADDRESS)
    (row,) = page.rows
    qtbot.waitUntil(lambda: download.present > 0 and download.total > 0, timeout=PATIENCE)
    row.go.click()
    qtbot.waitUntil(lambda: download.state == "paused", timeout=PATIENCE)
    assert row.go.text() == "Resume"
    with qtbot.waitSignal(downloads.finished, timeout=PATIENCE):
        row.go.click()
    assert fake_hub.gets[-1].start > 0


def test_several_run_at_once(downloads: Downloads, qtbot: QtBot, fake_hub: FakeHub) -> None:
    fake_hub.add(REPO, {"a.gguf": DATA, "b.gguf": DATA[::-1]})
    fake_hub.pause = 0.01
    both = [downloads.begin(Address(REPO, name)) for name in ("a.gguf", "b.gguf")]
    assert downloads.active == both
    qtbot.waitUntil(lambda: all(each.state == "finished" for each in both), timeout=PATIENCE)


def test_cancel_takes_it_off_the_list_and_off_the_disk(
    downloads: Downloads, page: DownloadsPage, qtbot: QtBot, fake_hub: FakeHub, tmp_path: Path
) -> None:
    fake_hub.tricks = [tricks.stall_after(100_000)]
    download = downloads.begin(ADDRESS)
    qtbot.waitUntil(lambda: download.present > 0 and download.total > 0, timeout=PATIENCE)
    with qtbot.waitSignal(downloads.removed, timeout=PATIENCE):
        page.rows[0].drop.click()
    assert page.rows == []
    assert not list(tmp_path.rglob("*.incomplete"))


def test_why_it_failed_is_said_with_where_to_go(
    downloads: Downloads, page: DownloadsPage, qtbot: QtBot, fake_hub: FakeHub
) -> None:
    fake_hub.add(REPO, {}, error=(403, "GatedRepo"))
    download = downloads.begin(ADDRESS)
    qtbot.waitUntil(lambda: download.state == "failed", timeout=PATIENCE)
    (row,) = page.rows
    assert "accept" in row.why.text()
    assert row.page.isVisible()
    assert row.go.text() == "Try again"


def test_what_was_begun_at_another_time_can_go_on(
    downloads: Downloads, page: DownloadsPage, qtbot: QtBot
) -> None:
    note = {"repo": REPO, "file": FILE, "revision": "main", "present": 5, "total": 10}
    downloads.show_begun([note])
    downloads.show_begun([note])
    (row,) = page.rows
    assert row.go.text() == "Resume"
    assert "5 bytes of 10 bytes" in row.facts.text()


def test_a_page_made_later_lists_what_was_begun_before(qtbot: QtBot) -> None:
    downloads = Downloads()
    downloads.show_begun([{"repo": REPO, "file": FILE, "revision": "main", "total": 10}])
    page = DownloadsPage(downloads)
    qtbot.addWidget(page)
    assert [row.download.address for row in page.rows] == [ADDRESS]
    assert page._nothing.isHidden()


@pytest.mark.usefixtures("fake_hub")
def test_much_is_not_thrown_away_by_one_press(
    downloads: Downloads, page: DownloadsPage, qtbot: QtBot
) -> None:
    note = {"repo": REPO, "file": FILE, "revision": "main", "present": 60_000_000, "total": 10**9}
    downloads.show_begun([note])
    (row,) = page.rows
    row.drop.click()
    assert row.drop.text() == "Throw away 60.0 MB?"
    assert not downloads.all[0].is_active
    row._sure.start(1)  # it is thought better of
    qtbot.waitUntil(lambda: row.drop.text() == "Cancel", timeout=PATIENCE)
    row.drop.click()
    with qtbot.waitSignal(downloads.removed, timeout=PATIENCE):
        row.drop.click()
