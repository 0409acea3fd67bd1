"""The licences of everything that a bundle carries, as one text file."""

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

_NAMES = ("licen", "copying", "notice", "authors")
RULE = "=" * 78


def main() -> int:
    """licences.py OUT PACKAGE…: those packages and all that they need, by name."""
    out, *packages = sys.argv[1:]
    found = sorted(needed(packages), key=lambda each: each.name.lower())
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_text("\n".join(map(entry, found)), encoding="utf-8")
    print(f"{out}: {len(found)} packages")
    return 0


def needed(packages: list[str]) -> Iterator[Distribution]:
    """The installed distributions reached from `packages` through their requirements."""
    installed = {_key(each.name): each for each in distributions()}
    waiting, seen = [_key(name) for name in packages], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in installed:
            continue
        seen.add(name)
        waiting += [
            _key(_name_in(line))
            for line in installed[name].requires or ()
            if "extra ==" not in line
        ]
        yield installed[name]


def entry(package: Distribution) -> str:
    """Name, version, what its metadata says, and the texts it came with."""
    about = package.metadata
    licence = about.get("License-Expression") or about.get("License") or ""
    classifiers = [c for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    head = f"{package.name} {package.version}\n{licence[:200] or ', '.join(classifiers)}"
    return "\n".join([RULE, head, *texts(package), ""])


def texts(package: Distribution) -> Iterator[str]:
    for file in package.files or ():
        name = file.name.lower()
        in_metadata = ".dist-info" in str(file)
        if in_metadata and name.startswith(_NAMES) and (path := Path(str(file.locate()))).is_file():
            yield f"\n--- {file.name}\n\n{path.read_text(encoding='utf-8', errors='replace')}"


def _name_in(requirement: str) -> str:
    end = next((i for i, c in enumerate(requirement) if c in " ;<>=!~([,"), len(requirement))
    return requirement[:end]


def _key(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    sys.exit(main())
