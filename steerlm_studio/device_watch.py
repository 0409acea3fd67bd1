"""How full the memory of this machine and of its GPUs is, a line a second until stdin is closed.

    python -m steerlm_studio.device_watch [--every SECONDS | --once]

A process of its own, since a driver may take its time, or end whoever asks it.
"""

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence

import msgspec

from steerlm_studio.gpu_memory import Absence, Absent, Gpu, Gpus
from steerlm_studio.memory_free import Memory, memory


class Seen(msgspec.Struct, frozen=True):
    """All devices at one moment. Where there are no `gpus`, `absence` says why."""

    machine: Memory
    gpus: tuple[Gpu, ...] = ()
    absence: Absence = ""
    detail: str = ""  # of the absence, in the driver's words


def look(gpus: Gpus) -> Seen:
    try:
        return Seen(memory(), tuple(gpus.look()))
    except Absent as why:
        return Seen(memory(), (), why.why, str(why))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="steerlm_studio.device_watch", description=__doc__)
    parser.add_argument("--every", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--once", action="store_true", help="one line, and no waiting for stdin")
    options = parser.parse_args(arguments)
    channel = os.dup(1)  # whatever a driver prints goes to stderr
    os.dup2(2, 1)
    gpus = Gpus()
    if not options.once:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    while _tell(channel, look(gpus)) and not options.once:
        time.sleep(options.every)
    return 0


def _tell(channel: int, seen: Seen) -> bool:
    """Whether somebody still listens."""
    try:
        os.write(channel, msgspec.json.encode(seen) + b"\n")
    except BrokenPipeError:
        return False
    return True


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
