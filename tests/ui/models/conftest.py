"""A hub on loopback and an empty cache for the children of the window."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.models.browser import ModelBrowser
from steerlm_studio.ui.models.downloads import Downloads
from tests.models.fake_hub import FakeHub

REPO, FILE = "ada/steerlm-8b", "steerlm-8b-Q8_0.gguf"
PATIENCE = 30_000  # ms
DATA = random.Random(5).randbytes(300_000)


@pytest.fixture
def fake_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """What the children see as the hub; nobody is logged in."""
    hub = FakeHub()
    hub.add(REPO, {FILE: DATA, "README.md": b"card"}, card={"license": "mit"})
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "hf" / "token"))
    for name in ("HF_HUB_CACHE", "HF_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield hub
    hub.close()


@pytest.fixture
def browser(qtbot: QtBot, fake_hub: FakeHub) -> Iterator[ModelBrowser]:
    downloads = Downloads()
    browser = ModelBrowser(downloads)
    qtbot.addWidget(browser)
    browser.look()
    qtbot.waitUntil(lambda: browser.local.table.count > 0, timeout=PATIENCE)
    yield browser
    browser.stop()
    downloads.stop()
