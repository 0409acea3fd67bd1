"""Correcting what a control string says of one attribute, the rest of it untouched."""

import re

from steerlm_studio.steer.schema import Schema


def relabelled(control: str, name: str, value: int, schema: Schema) -> str:
    """`control` with `name:value`, in the order of training when it was not there."""
    pair = f"{name}:{value}"
    found = _place(control, name)
    if found is not None:
        return control[: found.start()] + pair + control[found.end() :]
    later = schema.keys[schema.keys.index(name) + 1 :]
    places = [place.start() for key in later if (place := _place(control, key)) is not None]
    if places:
        return f"{control[: min(places)]}{pair},{control[min(places) :]}"
    return f"{control},{pair}" if control else pair


def _place(control: str, name: str) -> re.Match[str] | None:
    return re.search(rf"(?<![^,\s]){re.escape(name)}\s*:[^,]*", control)
