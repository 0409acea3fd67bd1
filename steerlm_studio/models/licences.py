"""Under which conditions a model may be used, and which of them the user has accepted."""

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from steerlm_studio import folders, resources
from steerlm_studio.models.readable import read_readable, write_readable

_USUAL = {"nemo-aligner": "llama2"}  # by the id of a schema


@dataclass(frozen=True)
class Licence:
    """`id` as the hub writes it; one that `asks` must be accepted once before the model is used."""

    id: str
    name: str
    link: str
    asks: bool = True


@cache
def _known() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(resources.path("licences.toml").read_text(encoding="utf-8"))


def licence_named(id: str, link: str = "") -> Licence:
    """The licence of this id; one that is not known asks. `link` stands in where none is known."""
    facts = _known().get(id.lower())
    if facts is None:
        return Licence(id, id or "no licence named", link)
    return Licence(id.lower(), facts["name"], facts["link"], facts["asks"])


def known_licences() -> list[Licence]:
    return [licence_named(id) for id in _known()]


def usual_licence(schema: str) -> Licence:
    """The one under which models of this schema were published, where a model names none."""
    return licence_named(_USUAL.get(schema, "nv-ai-foundation-models-license"))


def is_accepted(licence: Licence) -> bool:
    """Whether it need not be asked (any more)."""
    return not licence.asks or licence.id in accepted()


def accepted() -> dict[str, str]:
    """The licences that were accepted, with the day."""
    return read_readable(_file(), dict[str, str], {})


def accept(licence: Licence) -> None:
    """Remember that the user accepts it, from today on."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    write_readable(_file(), accepted() | {licence.id: today})


def _file() -> Path:
    return folders.config() / "licences.json"
