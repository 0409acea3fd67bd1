"""The licences of what a bundle holds and no Python package brings.

That is Python itself, llama.cpp, and the libraries of the Debian system that it was built on.
"""

import subprocess
import sysconfig
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from licences import RULE

_LLAMA = Path(__file__).parent / "bundle" / "llama.cpp-LICENCE.txt"
_COMMON = Path("/usr/share/common-licenses")  # what the texts of Debian refer to
_DOC = Path("/usr/share/doc")


def text_for(bundle: Path) -> str:
    """All of them. Raises LookupError for a library of which nobody says whose it is."""
    owners, unknown = system_packages(libraries(bundle))
    if unknown := unknown - packaged():
        raise LookupError(f"No licence is known for {', '.join(sorted(unknown))}.")
    return "\n".join(_entry(title, text) for title, text in _texts(owners))


def libraries(bundle: Path) -> set[str]:
    """The names of the shared libraries beside the program."""
    return {file.name for file in (bundle / "_internal").glob("lib*.so*")}


def packaged() -> set[str]:
    """The names of all files that installed Python packages brought."""
    return {file.name for each in distributions() for file in each.files or ()}


def system_packages(names: set[str]) -> tuple[set[str], set[str]]:
    """The Debian packages that brought libraries of these names, and the names of none."""
    patterns = [f"*/{name}" for name in sorted(names)]
    said = subprocess.run(["dpkg", "-S", *patterns], capture_output=True, text=True).stdout
    owners, found = set(), set()
    for line in said.splitlines():
        owner, _, path = line.partition(": ")
        owners |= {each.partition(":")[0] for each in owner.split(", ")}
        found.add(Path(path).name)
    return owners, names - found


def _texts(owners: set[str]) -> Iterator[tuple[str, str]]:
    yield "Python", _python()
    yield "llama.cpp and ggml", _LLAMA.read_text(encoding="utf-8")
    for owner in sorted(owners):
        copyright = _DOC / owner / "copyright"
        if copyright.is_file():
            yield f"{owner}, of Debian", copyright.read_text(encoding="utf-8", errors="replace")
    for file in sorted(_COMMON.iterdir()):
        if not file.is_symlink():
            yield file.name, file.read_text(encoding="utf-8", errors="replace")


def _python() -> str:
    """Python's own, from its library or, of Debian's Python, from its documentation."""
    version = sysconfig.get_python_version()
    places = (
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        _DOC / f"python{version}" / "copyright",
        _DOC / f"libpython{version}-minimal" / "copyright",
    )
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


def _entry(title: str, text: str) -> str:
    return "\n".join([RULE, title, "", text, ""])
