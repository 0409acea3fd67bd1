"""How much memory this process may still take: the machine's, its container's, its own limit."""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil

_GROUPS = Path("/sys/fs/cgroup")
VMSTAT = Path("/proc/vmstat")


class Memory(msgspec.Struct, frozen=True):
    """Bytes; pages that the system only keeps for reading again count as free."""

    free: int
    total: int


def memory(groups: Path = _GROUPS, own: Path = Path("/proc/self/cgroup")) -> Memory:
    """What the tightest of all limits leaves."""
    machine = psutil.virtual_memory()
    found = [Memory(machine.available, machine.total), *_container(groups, own), *_own_limit()]
    return Memory(min(m.free for m in found), min(m.total for m in found))


def kills() -> int:
    """How many processes the system has ended so far for want of memory; 0 if it does not say."""
    try:
        lines = VMSTAT.read_text().splitlines()
    except OSError:
        return 0
    return next((int(x.split()[1]) for x in lines if x.startswith("oom_kill ")), 0)


def _container(groups: Path, own: Path) -> Iterator[Memory]:
    """The limits of the control groups around this process (version 2)."""
    try:
        line = next(text for text in own.read_text().splitlines() if text.startswith("0::"))
    except (OSError, StopIteration):
        return
    folder = groups / line.removeprefix("0::").strip().lstrip("/")
    for group in (folder, *folder.parents):
        if not group.is_relative_to(groups):
            return
        limit, used = _number(group / "memory.max"), _number(group / "memory.current")
        if limit is not None and used is not None:
            yield Memory(max(0, limit - used + _file_pages(group)), limit)


def _file_pages(group: Path) -> int:
    try:
        lines = (group / "memory.stat").read_text().split("\n")
    except OSError:
        return 0
    return next((int(x.split()[1]) for x in lines if x.startswith("inactive_file ")), 0)


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):  # "max" is no limit
        return None


def _own_limit() -> Iterator[Memory]:
    """`ulimit -v`, which a batch system may set."""
    if sys.platform == "linux":
        process = psutil.Process()
        limit, _ = process.rlimit(psutil.RLIMIT_AS)
        if limit != psutil.RLIM_INFINITY:
            yield Memory(max(0, limit - process.memory_info().vms), limit)
