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

_LARGEST = 100_000  # bytes of a file that is worth reading
_FIELDS = ("name", "description", "schema", "control")


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
        if file.stat().st_size > _LARGEST:
            raise StudioError(f"{file.name} is too large to be a preset.")
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        why = error.strerror or error
        raise StudioError(f"The preset {file.name} cannot be read: {why}.") from error
    except ValueError as error:
        raise StudioError(f"The preset {file.name} cannot be read: {error}.") from error
    fields = {"description": "", **{key: data[key] for key in _FIELDS if key in data}}
    is_whole = len(fields) == len(_FIELDS) and bool(fields["name"])
    if not is_whole or not all(isinstance(value, str) for value in fields.values()):
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

    Raises StudioError when the name or the disk does not allow it.
    """
    file = preset_file(preset.name, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(file, error) from error
    export_preset(preset, file)
    return file


def export_preset(preset: Preset, file: Path) -> None:
    """Write the preset to this very file. Raises StudioError.

    Written under a temporary name, synced and renamed: a crash leaves the old file whole.
    """
    temporary = file.with_name(file.name + ".tmp")
    try:
        with temporary.open("w", encoding="utf-8") as out:
            out.write(_as_toml(preset))
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _unwritable(file, error) from error


def delete_preset(name: str, folder: Path) -> None:
    """Delete the user's preset of this name, if there is one. Raises StudioError."""
    file = _file_of(name, folder)
    try:
        if file:
            file.unlink()
    except OSError as error:
        why = error.strerror or error
        raise StudioError(f"The preset {file} cannot be deleted: {why}.") from error


def preset_file(name: str, folder: Path) -> Path:
    """Where the user's preset of this name is, or would be, kept.

    Names that differ never share a file. Raises StudioError without any letter in the name.
    """
    stem = re.sub(r"[^\w-]+", "-", name.strip().lower()).strip("-")[:80]
    if not stem:
        raise StudioError("A preset needs a name with at least one letter or digit.")
    free = (folder / f"{stem}{ending}.toml" for ending in ("", *(f"-{n}" for n in range(2, 1000))))
    return _file_of(name, folder) or next(file for file in free if not file.exists())


def _file_of(name: str, folder: Path) -> Path | None:
    """The file that holds the preset of this name, whatever the file is called."""
    for file in sorted(folder.glob("*.toml")):
        try:
            if read_preset(file).name == name:
                return file
        except StudioError:
            continue
    return None


def _unwritable(file: Path, error: OSError) -> StudioError:
    why = error.strerror or error
    return StudioError(f"The preset cannot be written to {file}: {why}. Choose another place.")


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
