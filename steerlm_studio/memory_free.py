"""How much memory this process may still take: the machine's, its container's, its own limit."""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil

_GROUPS = Path("/sys/fs/cgroup")
_NO_LIMIT = 1 << 60  # version 1 writes a number for none
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
    """The limits of the control groups around this process, of version 2 or 1."""
    try:
        lines = [line.split(":", 2) for line in own.read_text().splitlines()]
    except OSError:
        return
    for number, controllers, place in lines:
        if number == "0":
            yield from _limits(groups, place, "memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
            yield from _limits(groups / "memory", place, *names)


def _limits(groups: Path, place: str, limit_name: str, used_name: str) -> Iterator[Memory]:
    """Of a group and those around it; a container sees its own at the root, under another name."""
    folder = groups / place.strip().lstrip("/")
    for group in (folder, *folder.parents):
        if not group.is_relative_to(groups):
            return
        limit, used = _number(group / limit_name), _number(group / used_name)
        if limit is not None and used is not None and limit < _NO_LIMIT:
            yield Memory(max(0, limit - used + _file_pages(group)), limit)


def _file_pages(group: Path) -> int:
    try:
        lines = (group / "memory.stat").read_text().split("\n")
    except OSError:
        return 0
    names = ("total_inactive_file ", "inactive_file ")  # version 1 has both, its total first of all
    found = {name: int(x.split()[1]) for x in lines for name in names if x.startswith(name)}
    return next((found[name] for name in names if name in found), 0)


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
