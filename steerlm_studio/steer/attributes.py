"""What each SteerLM attribute means, which group it belongs to, and who says so."""

from dataclasses import dataclass, replace
from typing import Literal

Group = Literal["quality", "style", "safety"]

HELPSTEER = "model card of nvidia/Llama2-13B-SteerLM-RM"
OASST = "Open-Assistant labelling.json"
INFERRED = "no public definition found; inferred from the name"


@dataclass(frozen=True)
class Attribute:
    """One attribute: its key in the control string, its range, and what it means."""

    name: str
    group: Group
    definition: str
    source: str
    default: int = 0
    low: int = 0
    high: int = 4

    @property
    def label(self) -> str:
        """The name as people read it, e.g. "hate speech"."""
        return self.name.replace("_", " ")

    def defaulting_to(self, value: int) -> "Attribute":
        return replace(self, default=value)


_ALL = (
    Attribute("quality", "quality", "Perceived goodness of the reply.", HELPSTEER, 4),
    Attribute("understanding", "quality", "How well the reply grasps the prompt.", INFERRED, 4),
    Attribute(
        "correctness", "quality", "All pertinent facts are there, without errors.", HELPSTEER, 4
    ),
    Attribute("coherence", "quality", "Consistency and clarity of expression.", HELPSTEER, 4),
    Attribute("helpfulness", "quality", "Overall helpfulness to the prompt.", HELPSTEER, 4),
    Attribute("fails_task", "quality", "A bad reply, as an answer to the prompt.", OASST),
    Attribute(
        "complexity",
        "style",
        "Intellectual depth needed to write it: anyone (0) or a domain expert (4).",
        HELPSTEER,
        4,
    ),
    Attribute("verbosity", "style", "Amount of detail, relative to what was asked.", HELPSTEER, 4),
    Attribute("humor", "style", "Sense of humor.", HELPSTEER),
    Attribute("creativity", "style", "Willingness to be non-conventional.", HELPSTEER),
    Attribute("toxicity", "safety", "Vulgar, harmful or biased elements.", HELPSTEER),
    Attribute("violence", "safety", "Violent content.", INFERRED),
    Attribute(
        "not_appropriate", "safety", "Inappropriate coming from a customer assistant.", OASST
    ),
    Attribute(
        "hate_speech",
        "safety",
        "Abusive or threatening content that expresses prejudice against a protected "
        "characteristic.",
        OASST,
    ),
    Attribute("sexual_content", "safety", "Contains sexual content.", OASST),
    Attribute("political_content", "safety", "Expresses political views.", OASST),
    Attribute("moral_judgement", "safety", "Expresses moral judgement.", OASST),
)

ATTRIBUTES: dict[str, Attribute] = {attribute.name: attribute for attribute in _ALL}
