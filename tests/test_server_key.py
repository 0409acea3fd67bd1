"""Keys of servers: the environment first, then the keyring."""

import keyring
import keyring.backend
import pytest

from steerlm_studio import server_key
from steerlm_studio.errors import StudioError


class Memory(keyring.backend.KeyringBackend):
    """A keyring that keeps for one test."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


@pytest.fixture
def memory():
    before = keyring.get_keyring()
    memory = Memory()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


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
