"""Keys of servers: in the keyring of the desktop where there is one, in the environment, or asked.

A key is never written to our settings or logs, and never stands on a command line.

The window asks a child, for a keyring may ask the user to unlock it, and that lasts:

    python -m steerlm_studio.server_key find URL    {"can": whether there is one, "key": its key}
    python -m steerlm_studio.server_key keep URL    the key on stdin, none to forget it
"""

import json
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from urllib.parse import urlsplit

from steerlm_studio.child import child_command
from steerlm_studio.errors import StudioError

VARIABLE = "STEERLM_STUDIO_SERVER_KEY"
_SERVICE = "steerlm-studio"


def key_for(url: str) -> str:
    """The key for the server at `url`: from the environment, else from the keyring, else ""."""
    given = given_key()
    return kept_for(url) if given is None else given


def given_key() -> str | None:
    """The key that the environment gives, for any server."""
    return os.environ.get(VARIABLE)


def kept_for(url: str) -> str:
    """The key that the keyring has for the server at `url`; "" where there is none."""
    keyring = _keyring()
    if keyring is None:
        return ""
    try:
        return keyring.get_password(_SERVICE, _place(url)) or ""
    except keyring.errors.KeyringError:
        return ""


def can_remember() -> bool:
    """Whether there is a keyring that keeps what it is given."""
    return _keyring() is not None


def remember(url: str, key: str) -> None:
    """Keep the key in the keyring; an empty one is forgotten. Raises StudioError."""
    keyring = _keyring()
    if keyring is None:
        raise StudioError("There is no keyring here: the key is used, but not remembered.")
    try:
        if key:
            keyring.set_password(_SERVICE, _place(url), key)
        elif keyring.get_password(_SERVICE, _place(url)) is not None:
            keyring.delete_password(_SERVICE, _place(url))
    except keyring.errors.KeyringError as error:
        raise StudioError(f"The keyring did not take the key: {error}.") from error


def find_command(url: str) -> list[str]:
    """What finds the key for `url` ("" for none) in a child."""
    return child_command("steerlm_studio.server_key", "find", url)


def keep_command(url: str) -> list[str]:
    """What keeps or forgets the key for `url` in a child."""
    return child_command("steerlm_studio.server_key", "keep", url)


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one question with a JSON object on stdout."""
    what, url = sys.argv[1:] if arguments is None else arguments
    answer: dict[str, object] = {"done": True}
    try:
        if what == "find":
            answer = {"can": can_remember(), "key": kept_for(url) if url else ""}
        else:
            remember(url, sys.stdin.readline().strip())
    except StudioError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer))
    return 0


def _place(url: str) -> str:
    """Host and port: a key is for a server, whatever the path."""
    found = urlsplit(url if "://" in url else f"http://{url}")
    return found.netloc.rpartition("@")[2] or url


def _keyring() -> ModuleType | None:
    """The library, if it is installed and found a keyring that works."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    return keyring if keyring.get_keyring().priority > 0 else None


if __name__ == "__main__":
    sys.exit(main())
