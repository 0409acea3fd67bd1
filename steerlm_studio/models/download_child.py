"""The download child: fetches one file and tells how far it is, one JSON object per line.

Closing its stdin, the line `pause` and killing it keep what was fetched; `cancel` discards it.
"""

import argparse
import os
import sys
import threading
import traceback

from steerlm_studio.models.address import Address
from steerlm_studio.models.download import download
from steerlm_studio.models.hub_error import HubError
from steerlm_studio.models.progress import Failed, Progress, line
from steerlm_studio.models.unfinished import give_up, unfinished


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Fetch one file of the hub into its cache.")
    parser.add_argument("repo")
    parser.add_argument("file")
    parser.add_argument("--revision", default="main")
    options = parser.parse_args(arguments)
    address = Address(options.repo, options.file, options.revision)
    threading.Thread(target=_listen, args=(address,), daemon=True).start()
    try:
        for progress in download(address):
            _say(progress)
    except HubError as error:
        _say(Failed(str(error), error.kind, error.link, error.detail))
        return 1
    except Exception:  # a bug: the window shows the trace
        _say(Failed("The download failed in a way it should not; please report it.",
                    detail=traceback.format_exc()))  # fmt: skip
        return 1
    return 0


def _listen(address: Address) -> None:
    """End when the parent says so or is gone, even in the middle of a stalled read."""
    words = b""
    while not words.endswith(b"\n") and (more := os.read(0, 64)):
        words += more
    if words.strip() == b"cancel":
        for begun in unfinished():
            if begun.address == address:
                give_up(begun)
    os._exit(0)


def _say(progress: Progress) -> None:
    sys.stdout.buffer.write(line(progress))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
