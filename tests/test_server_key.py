"""Keys of servers: the environment first, then the keyring."""

import keyring
import pytest

from steerlm_studio import server_key
from steerlm_studio.errors import StudioError
from tests.keyring_in_memory import in_memory


@pytest.fixture
def memory():
    with in_memory() as memory:
        yield memory


def test_a_key_is_kept_for_its_server_and_no_other(memory):
    server_key.remember("https://host:8000/v1", "word")
    assert server_key.can_remember()
    assert server_key.key_for("https://host:8000") == "word"
    assert server_key.key_for("https://host:9000") == ""
    server_key.remember("https://host:8000", "")
    assert memory.kept == {}


def test_the_environment_comes_first(memory, monkeypatch):
    server_key.remember("https://host", "word")
    monkeypatch.setenv(server_key.VARIABLE, "other")
    assert server_key.key_for("https://host") == "other"


def test_without_a_keyring_nothing_is_remembered_and_that_is_said():
    before = keyring.get_keyring()
    from keyring.backends.fail import Keyring

    keyring.set_keyring(Keyring())
    try:
        assert not server_key.can_remember()
        assert server_key.key_for("https://host") == ""
        with pytest.raises(StudioError, match="no keyring"):
            server_key.remember("https://host", "word")
    finally:
        keyring.set_keyring(before)
