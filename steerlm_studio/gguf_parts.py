"""A GGUF that was split into several files: `NAME-00001-of-00003.gguf` and those after it."""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

from steerlm_studio.errors import StudioError

_PART = re.compile(r"-([0-9]{5})-of-(?!00000)([0-9]{5})\.gguf$", re.IGNORECASE)


def is_later_part(name: str) -> bool:
    """Whether this is part 2, 3 … of several; llama.cpp is given the first."""
    found = _PART.search(name)
    return found is not None and int(found[1]) != 1


def parts_of(name: str) -> Iterator[str]:
    """The names of all parts of a model, of which this is the first: itself where there is one."""
    found = _PART.search(name)
    if found is None:
        yield name
        return
    for number in range(1, int(found[2]) + 1):
        yield f"{name[: found.start()]}-{number:05}-of-{found[2]}{name[-5:]}"


def later_parts(path: Path) -> Iterator[Path]:
    """The files of the parts after the first, in their order, whether or not they are there."""
    return (path.with_name(name) for name in parts_of(path.name) if name != path.name)


def later_bytes(path: Path) -> int:
    """The parts after `path`, together, up to the first that is not there."""
    return sum(part.stat().st_size for part in takewhile(os.path.isfile, later_parts(path)))


def check_whole(path: Path, parts: object) -> None:
    """Raise StudioError where `path` is not the first of `parts`, or another is not beside it."""
    first = next(parts_of(path.name))
    if first != path.name:
        raise StudioError(f"{path.name} is a later part of a model. Open its first part, {first}.")
    found = _PART.search(path.name)
    if found is None or int(found[2]) != parts:
        raise StudioError(
            f"{path.name} is one of {parts} parts of a model, and is not named so. Give the parts "
            "back their names, such as NAME-00001-of-00003.gguf."
        )
    for name in parts_of(path.name):
        if not os.path.isfile(path.with_name(name)):
            raise StudioError(
                f"{path.name} is one of several parts, and {name} is not beside it. Put all parts "
                "into one folder."
            )


def grouped(names: Iterable[str]) -> dict[str, list[str]]:
    """The parts that are there of each model, under the name that sorts first."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(next(parts_of(name)), []).append(name)
    return {group[0]: group for group in found.values()}
