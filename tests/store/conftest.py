"""An empty store in a file of its own."""

import pytest

from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path


@pytest.fixture
def store():
    opened = open_store(default_path())
    yield opened.store
    opened.close()
