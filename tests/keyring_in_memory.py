"""A keyring for tests; the desktop's own is left alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
import keyring.backend


class Memory(keyring.backend.KeyringBackend):
    """Keeps while it is in use."""

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


@contextmanager
def in_memory() -> Iterator[Memory]:
    before = keyring.get_keyring()
    memory = Memory()
    keyring.set_keyring(memory)
    try:
        yield memory
    finally:
        keyring.set_keyring(before)
