"""Which schema and template a model file speaks, from what it says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON, SCHEMAS, Schema
from steerlm_studio.steer.template import TEMPLATES, Template


@dataclass(frozen=True)
class Family:
    """What a model was trained on; `guessed` when its file does not say so itself."""

    schema: Schema
    template: Template
    guessed: bool


def family_of(metadata: Mapping[str, str]) -> Family:
    """Read `steerlm.schema` and `steerlm.template`; else guess from the name, visibly."""
    schema = SCHEMAS.get(metadata.get("steerlm.schema", ""))
    known = schema or _guessed(metadata.get("general.name", ""))
    template = TEMPLATES.get(metadata.get("steerlm.template", "")) or TEMPLATES[known.template]
    return Family(known, template, guessed=schema is None)


def _guessed(name: str) -> Schema:
    """Llama-2 SteerLM models are of the NeMo-Aligner family, everything else is taken as ours."""
    lowered = name.lower()
    return NEMO_ALIGNER if "llama" in lowered and "steerlm" in lowered else NEMOTRON
