"""A keyring for tests that children of the window find, too; the desktop's own is left alone.

Its file is named by KEYRING_IN_FILE. While that ends in `.locked`, it waits as one that asks the
user to unlock it.
"""

import json
import os
import time
from pathlib import Path

import keyring.backend
import keyring.errors


class InFile(keyring.backend.KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return read().get(f"{service} {username}")

    def set_password(self, service, username, password):
        if password == "too much":
            raise keyring.errors.PasswordSetError("it is full")
        write(read() | {f"{service} {username}": password})

    def delete_password(self, service, username):
        write({name: key for name, key in read().items() if name != f"{service} {username}"})


def file():
    return Path(os.environ["KEYRING_IN_FILE"])


def read():
    while file().with_suffix(".locked").exists():
        time.sleep(0.01)
    return json.loads(file().read_text()) if file().exists() else {}


def write(kept):
    file().write_text(json.dumps(kept))
