"""What llama.cpp can use here, as one JSON object: `python -m steerlm_studio.engine.devices`.

Run it in a process of its own: a driver that is broken may end it.
"""

import os
import sys

import msgspec

from steerlm_studio.engine import backend
from steerlm_studio.protocol import Device


class Report(msgspec.Struct, frozen=True):
    """The llama.cpp in use and what it sees; memory in bytes."""

    llama_version: str
    build_flags: str
    can_offload: bool
    devices: list[Device]


def main() -> int:
    """Print the report as one line of JSON, with nothing else on stdout."""
    channel = os.dup(1)
    os.dup2(2, 1)
    report = Report(
        backend.version(), backend.build_flags(), backend.can_offload(), backend.devices()
    )
    os.write(channel, msgspec.json.encode(report) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
