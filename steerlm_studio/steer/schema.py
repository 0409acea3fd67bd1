"""Which attributes a model family was trained with, in which order, in which template."""

from dataclasses import dataclass

from steerlm_studio.errors import StudioError
from steerlm_studio.steer.attributes import ATTRIBUTES, Attribute
from steerlm_studio.steer.languages import LANGUAGES

DEFAULT_SYSTEM = (
    "A chat between a curious user and an artificial intelligence assistant. The assistant gives "
    "helpful, detailed, and polite answers to the user's questions."
)


@dataclass(frozen=True)
class Schema:
    """The attribute set of a model family; the order of `attributes` is that of training."""

    id: str
    title: str
    attributes: tuple[Attribute, ...]
    languages: tuple[str, ...]  # empty: the family has no `lang`
    documented_languages: tuple[str, ...]  # those that its card names as supported
    template: str  # id of the prompt layout it was trained in
    source: str
    system: str = DEFAULT_SYSTEM

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(attribute.name for attribute in self.attributes)

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys of its control string, in order."""
        return self.names + (("lang",) if self.languages else ())


def _attributes(names: str) -> tuple[Attribute, ...]:
    return tuple(ATTRIBUTES[name] for name in names.split())


NEMOTRON = Schema(
    id="nemotron-3-8b",
    title="Nemotron-3-8B-Chat-SteerLM",
    attributes=_attributes(
        "quality understanding correctness coherence complexity verbosity toxicity humor "
        "creativity violence helpfulness not_appropriate hate_speech sexual_content fails_task "
        "political_content moral_judgement"
    ),
    languages=tuple(LANGUAGES),
    documented_languages=("en",),
    template="nemotron",
    source="model card of nvidia/nemotron-3-8b-chat-4k-steerlm",
)

NEMO_ALIGNER = Schema(
    id="nemo-aligner",
    title="NeMo-Aligner SteerLM",
    attributes=_attributes(
        "quality toxicity humor creativity helpfulness correctness coherence complexity verbosity"
    ),
    languages=(),
    documented_languages=(),
    template="nemo-aligner",
    source="NeMo-Aligner, SteerLM user guide (Llama2-70B-SteerLM-Chat)",
)

OASST = Schema(
    id="oasst",
    title="OASST / NeMo YAML",
    attributes=_attributes(
        "quality toxicity humor creativity violence helpfulness not_appropriate hate_speech "
        "sexual_content fails_task political_content moral_judgement"
    ),
    languages=tuple(LANGUAGES),
    documented_languages=("en",),
    template="nemotron",
    source="Open-Assistant labels as written by NeMo",
)

SCHEMAS: dict[str, Schema] = {schema.id: schema for schema in (NEMOTRON, NEMO_ALIGNER, OASST)}


def schema_named(name: str) -> Schema:
    """The schema with this id, or the only one whose id begins so ("nemotron")."""
    wanted = name.strip().lower()
    if wanted in SCHEMAS:
        return SCHEMAS[wanted]
    found = [schema for key, schema in SCHEMAS.items() if wanted and key.startswith(wanted)]
    if len(found) != 1:
        raise StudioError(
            f"There is no attribute schema named “{name}”. Known are: {', '.join(SCHEMAS)}."
        )
    return found[0]
