"""What the user wants each model to be opened with: one readable file for all."""

from pathlib import Path
from typing import Annotated

import msgspec

from steerlm_studio import folders
from steerlm_studio.models.readable import path_text, read_readable, write_readable
from steerlm_studio.protocol import Sampling

Count = Annotated[int, msgspec.Meta(ge=0, lt=2**31)]


class Defaults(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is left at its default is chosen by the program."""

    context: Count = 0  # tokens
    lanes: Count = 0
    gpu_layers: int | None = None  # None: all that fit
    sampling: Sampling | None = None
    schema: str = ""
    template: str = ""
    split: str = ""  # shares of several GPUs, e.g. 3,1
    cache: str = ""  # of keys and values; empty: F16
    overcommit: bool = False  # the user was warned that it does not fit


def defaults_for(model: Path) -> Defaults:
    """What was remembered for this file; entries that cannot be understood count as none."""
    entry = _all().get(key_of(model))
    if entry is None:
        return Defaults()
    try:
        return msgspec.json.decode(entry, type=Defaults)
    except msgspec.MsgspecError:
        return Defaults()


def remember_defaults(model: Path, defaults: Defaults) -> None:
    """Keep them; nothing but defaults is nothing to keep."""
    others = {key: entry for key, entry in _all().items() if key != key_of(model)}
    if defaults != Defaults():
        others[key_of(model)] = msgspec.Raw(msgspec.json.encode(defaults))
    write_readable(_file(), others)


def key_of(model: Path) -> str:
    """The same for every version of a file of the hub; else the full path."""
    whole = path_text(model.absolute())
    parts = Path(whole).parts
    for at, part in enumerate(parts[:-3]):
        if part.startswith("models--") and parts[at + 1] == "snapshots":
            repo = part.removeprefix("models--").replace("--", "/", 1)
            return f"hub:{repo}/{'/'.join(parts[at + 3 :])}"
    return whole


def _all() -> dict[str, msgspec.Raw]:
    return read_readable(_file(), dict[str, msgspec.Raw], {})


def _file() -> Path:
    return folders.config() / "model-defaults.json"
