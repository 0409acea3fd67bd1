"""Named steerings, one readable TOML file each: shipped ones and the user's own."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.lint import parse
from steerlm_studio.steer.schema import schema_named
from steerlm_studio.steer.steering import Steering


@dataclass(frozen=True)
class Preset:
    """A name for a steering; `shipped` ones cannot be changed."""

    name: str
    description: str
    steering: Steering
    shipped: bool = False


def read_preset(file: Path, *, shipped: bool = False) -> Preset:
    """Read one preset file. Raises StudioError that names the file and what is wrong."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StudioError(f"The preset {file.name} cannot be read: {error}.") from error
    fields = {key: data.get(key, "") for key in ("name", "description", "schema", "control")}
    if not all(isinstance(value, str) for value in fields.values()) or not fields["name"]:
        raise StudioError(
            f"The preset {file.name} needs name, schema and control, each a string in quotes."
        )
    parsed = parse(fields["control"], schema_named(fields["schema"]))
    if not parsed.is_valid:
        reasons = " ".join(problem.message for problem in parsed.problems if problem.is_error)
        raise StudioError(f"The preset {file.name} has a wrong control string. {reasons}")
    return Preset(fields["name"], fields["description"], parsed.steering, shipped)


def read_presets(folder: Path, *, shipped: bool = False) -> Iterator[Preset | StudioError]:
    """All presets of a folder by file name; a bad file yields its error and hides no other."""
    for file in sorted(folder.glob("*.toml")):
        try:
            yield read_preset(file, shipped=shipped)
        except StudioError as error:
            yield error


def write_preset(preset: Preset, folder: Path) -> Path:
    """Write the preset into `folder`, replacing one of the same name; returns the file.

    Written under a temporary name, synced and renamed: a crash leaves the old file whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = preset_file(preset.name, folder)
    temporary = file.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as out:
        out.write(_as_toml(preset))
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)
    return file


def preset_file(name: str, folder: Path) -> Path:
    """Where the user's preset of this name is kept. Raises StudioError without any letter in it."""
    stem = re.sub(r"[^\w-]+", "-", name.strip().lower()).strip("-")[:80]
    if not stem:
        raise StudioError("A preset needs a name with at least one letter or digit.")
    return folder / f"{stem}.toml"


def _as_toml(preset: Preset) -> str:
    fields = {
        "name": preset.name,
        "description": preset.description,
        "schema": preset.steering.schema.id,
        "control": str(preset.steering),
    }
    return "".join(f"{key} = {_quoted(value)}\n" for key, value in fields.items())


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
