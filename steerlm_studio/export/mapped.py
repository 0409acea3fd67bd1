"""Keeps the mapped pages of a large file from piling up in memory while llama.cpp runs through it.

llama.cpp maps a file whole and has Linux fetch all of it at once (MAP_POPULATE), so that its size
would count as memory of the process. Pages of a file can be dropped at any moment: whoever reads
them next gets them from the system's cache or the disk.
"""

import ctypes
import mmap
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BOUND = 256 << 20  # bytes in memory beyond which they are dropped
EVERY = 0.003  # seconds; some tens of megabytes are fetched meanwhile


@contextmanager
def few_pages(path: Path, bound: int = BOUND) -> Iterator[None]:
    """While the block runs, little more than `bound` bytes of `path` stay mapped into memory.

    A thread sees to it, since llama.cpp's calls do not come back before they are through. Elsewhere
    than on Linux nothing is done: there, pages come one by one as they are read.
    """
    if sys.platform != "linux":
        yield
        return
    over, most = threading.Event(), _file_bytes() + bound  # libraries are files too
    sweeper = threading.Thread(target=_sweep, args=(path, most, over), daemon=True)
    sweeper.start()
    try:
        yield
    finally:
        over.set()
        sweeper.join()


def _sweep(path: Path, most: int, over: threading.Event) -> None:
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    while not over.wait(EVERY):
        if _file_bytes() > most:
            for start, stop in _places(path):
                libc.madvise(start, stop - start, mmap.MADV_DONTNEED)


def _file_bytes() -> int:
    """Of this process's memory, what are pages of files."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[2]) * mmap.PAGESIZE


def _places(path: Path) -> list[tuple[int, int]]:
    """Where `path` is mapped: addresses of beginning and end."""
    name = os.fsencode(path.resolve()).replace(b"\n", b"\\012")
    with open("/proc/self/maps", "rb") as file:
        lines = [line.rstrip(b"\n").split(None, 5) for line in file]
    spans = [line[0].split(b"-") for line in lines if line[-1] == name]
    return [(int(start, 16), int(stop, 16)) for start, stop in spans]
