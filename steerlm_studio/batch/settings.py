"""The settings of a batch: named steerings, each with its sampling, from a JSON file."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from steerlm_studio import folders, resources
from steerlm_studio.errors import StudioError, piece
from steerlm_studio.protocol import Sampling
from steerlm_studio.sampling import checked, preset_named
from steerlm_studio.steer.changes import Changes, changes_in
from steerlm_studio.steer.lint import parse
from steerlm_studio.steer.presets import Preset, read_presets
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import Steering

_LARGEST = 2**20  # bytes of a file of settings
_SAMPLING = msgspec.structs.fields(Sampling)
_KEYS = ("name", "set", "control", "preset", "sampling", *(each.name for each in _SAMPLING))


@dataclass(frozen=True)
class Setting:
    """One column of the table."""

    name: str
    steering: Steering
    sampling: Sampling


@dataclass(frozen=True)
class Named:
    """A setting as the file has it: not yet held against a model's attributes.

    At most one of `control` and `preset` is given; `changes` are made to it, else to the base.
    """

    name: str
    changes: Changes = field(default_factory=dict)
    control: str | None = None
    preset: str | None = None
    sampling: Mapping[str, Any] = field(default_factory=dict)

    def on(self, base: Steering, sampling: Sampling) -> Setting:
        """The setting for a model with `base` and `sampling`. Raises StudioError by name."""
        try:
            steering = self._start(base).with_values(self.changes)
            return Setting(self.name, steering, self._sampling(sampling))
        except StudioError as error:
            raise StudioError(f"The setting “{self.name}”: {error}") from error

    def _start(self, base: Steering) -> Steering:
        if self.preset is not None:
            return _read(str(_preset(self.preset).steering), base.schema)
        return base if self.control is None else _read(self.control, base.schema)

    def _sampling(self, base: Sampling) -> Sampling:
        changes = dict(self.sampling)
        if (name := changes.pop("sampling", None)) is not None:
            base = preset_named(str(name))
        try:
            return checked(msgspec.convert(msgspec.to_builtins(base) | changes, Sampling))
        except msgspec.ValidationError as error:
            raise StudioError(f"{_in_words(error)}.") from error


def read_settings(path: Path) -> tuple[Named, ...]:
    """Read a file of settings. Raises StudioError naming the setting that is wrong."""
    try:
        if path.stat().st_size > _LARGEST:
            raise StudioError(f"{path} is too large to be a file of settings.")
        found = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except OSError as error:
        why = error.strerror or error
        raise StudioError(f"The settings {path} cannot be read: {why}. Check the path.") from error
    except (ValueError, RecursionError) as error:
        raise StudioError(f"The settings {path} cannot be read: {error}.") from error
    settings = tuple(_all(found))
    names = [setting.name for setting in settings]
    if not settings:
        raise StudioError(f"{path} holds no setting. Give at least one, e.g. {{“base”: “”}}.")
    for name in names:
        if names.count(name) > 1:
            raise StudioError(f"{path} holds two settings called “{name}”. Rename one of them.")
    return settings


def _all(found: Any) -> Iterator[Named]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield _named(name, value)
    elif isinstance(found, list):
        for number, value in enumerate(found, 1):
            own = value.get("name") if isinstance(value, dict) else value
            yield _named(own if isinstance(own, str) and own else f"setting {number}", value)
    else:
        raise StudioError("A file of settings is a JSON object of names, or a list. See the docs.")


def _named(name: str, value: Any) -> Named:
    if not name.strip() or not name.isprintable():
        raise StudioError(f"{name!r} cannot be the name of a setting. Use letters that show.")
    if isinstance(value, str):
        is_control = ":" in value
        return Named(name, {}, value) if is_control else Named(name, _changes(name, value))
    if not isinstance(value, dict):
        raise StudioError(f"The setting “{name}” must be a string or an object. See the docs.")
    if unknown := [key for key in value if key not in _KEYS]:
        raise StudioError(
            f"The setting “{name}” has the unknown key “{unknown[0]}”. Known: {', '.join(_KEYS)}."
        )
    texts = {key: value.get(key) for key in ("control", "preset")}
    for key, text in texts.items():
        if text is not None and not isinstance(text, str):
            raise StudioError(f"“{key}” of the setting “{name}” must be a string.")
    if None not in texts.values():
        raise StudioError(f"The setting “{name}” has both “control” and “preset”: keep one.")
    sampling = {key: value[key] for key in _KEYS[4:] if key in value}
    return Named(name, _changes(name, value.get("set", "")), **texts, sampling=sampling)


def _changes(name: str, value: Any) -> Changes:
    """`humor=3,lang=de`, or the same as an object with null for what is left out."""
    if isinstance(value, str):
        try:
            return changes_in(value)
        except StudioError as error:
            raise StudioError(f"The setting “{name}”: {error}") from error
    if isinstance(value, dict) and all(
        each is None or type(each) is (str if key == "lang" else int)  # a bool is no int here
        for key, each in value.items()
    ):
        return dict(value)
    raise StudioError(f"“set” of the setting “{name}” is no text like humor=3 and no such object.")


def _in_words(error: msgspec.ValidationError) -> str:
    """“Expected `int`, got `str` - at `$.top_k`”, as a user would say it."""
    what, _, where = str(error).replace("`", "").partition(" - at $.")
    kinds = {"int": piece("a whole number"), "float": piece("a number"), "str": piece("a text")}
    kinds |= {"bool": piece("true or false"), "array": piece("a list")}
    kinds |= {"object": piece("an object"), "null": "null"}
    found = re.fullmatch(r"Expected (\w+), got (\w+)", what)
    if not found:
        return f"{where}: {what}"
    wanted, got = (kinds.get(kind, kind) for kind in found.groups())
    return piece(f"{where} must be {wanted}, not {got}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no key stands twice: json would keep the last one silently."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(piece(f"“{twice}” stands there twice"))
    return found


def _read(control: str, schema: Schema) -> Steering:
    parsed = parse(control, schema)
    if not parsed.is_valid:
        raise StudioError(" ".join(p.message for p in parsed.problems if p.is_error))
    return parsed.steering


def _preset(name: str) -> Preset:
    """The user's preset of this name, else the shipped one. Raises StudioError."""
    shipped = read_presets(resources.path("presets"), shipped=True)
    found = [p for p in (*read_presets(folders.presets()), *shipped) if isinstance(p, Preset)]
    for preset in found:
        if preset.name.lower() == name.strip().lower():
            return preset
    raise StudioError(f"There is no preset “{name}”. Known: {', '.join(p.name for p in found)}.")
