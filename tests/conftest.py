"""Rules for every test: no window on a screen, no folder of the user's, no process left behind."""

import os
import signal

import psutil
import pytest
from hypothesis import HealthCheck, settings

from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# how quick the machine is says nothing about the program
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

# a shell's job in the background ignores it, and so would the children that are to be interrupted
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory, monkeypatch):
    """Config, data and cache of each test lie in a folder of its own."""
    monkeypatch.setenv("STEERLM_STUDIO_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture
def store(_own_home):
    """An empty store in a file of its own."""
    opened = open_store(default_path())
    yield opened.store
    opened.close()


@pytest.fixture(autouse=True)
def _no_child_left(request):
    """A test that leaves a child process alive fails and says which."""
    before = set(psutil.Process().children(recursive=True))
    yield
    left = [child for child in psutil.Process().children(recursive=True) if child not in before]
    _, alive = psutil.wait_procs(left, timeout=15)
    lines = [f"{child.pid}: {' '.join(_command(child))}" for child in alive]
    for child in alive:
        child.kill()
    if lines:
        pytest.fail("children left alive:\n" + "\n".join(lines))


def _command(child: psutil.Process) -> list[str]:
    try:
        return child.cmdline()
    except psutil.Error:
        return ["gone"]
