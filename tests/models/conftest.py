"""A hub on loopback and an empty cache for each test."""

import os
import random
import subprocess
import sys

import pytest

from steerlm_studio.models.download import download
from steerlm_studio.models.hub import Hub
from tests.models.fake_hub import FakeHub
from tests.models.fetching import ADDRESS, QUICK, SIZE


@pytest.fixture(autouse=True)
def _no_login(monkeypatch, tmp_path):
    """No token of the user's, no proxy."""
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "no-token"))
    for name in ("HF_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake_hub():
    hub = FakeHub()
    yield hub
    hub.close()


@pytest.fixture
def hub(fake_hub):
    return Hub(fake_hub.url, timeout=5)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def data(fake_hub):
    data = random.Random(1).randbytes(SIZE)
    fake_hub.add(ADDRESS.repo, {ADDRESS.file: data})
    return data


@pytest.fixture
def blobs(cache):
    return cache / "models--ada--steer" / "blobs"


@pytest.fixture
def fetch(hub, cache, data):
    return lambda: list(download(ADDRESS, hub, cache, QUICK))


@pytest.fixture
def environment(fake_hub, cache):
    """What a process needs to use the fake hub and the empty cache."""
    token = {"HF_TOKEN_PATH": str(cache.parent / "no-token"), "HF_HUB_CACHE": str(cache)}
    token["HF_HOME"] = str(cache.parent / "hf")  # what the library notes for itself
    return os.environ | token | {"HF_ENDPOINT": fake_hub.url, "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def child(environment):
    """Starts download children; those left are ended."""
    started = []

    def start(*arguments, **options):
        command = [sys.executable, "-m", "steerlm_studio.models.download_child", *arguments]
        started.append(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                **options,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()
