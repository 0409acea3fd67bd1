"""What the examined replies come to: figures per attribute, checks, and the gates."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from demo_model.measures import MEASURES, Reading, spearman
from demo_model.probes import CHECKS, Probe

OF_THE_GENERATOR = 0.85  # least share of the generator's own rank correlation, per attribute
GATES = {  # least share of replies
    "language": 0.99,
    "well-formed": 0.98,
    "default: no repeats": 0.95,
    "default: on topic": 0.97,
    "greeting": 0.90,
    "unknown": 0.90,
    "typo": 0.90,
    "follow-up": 0.90,
    "topic change": 0.90,
}


@dataclass(frozen=True)
class AttributeFigure:
    """How well replies follow one slider: Spearman's rho of level and measure."""

    name: str
    replies: int
    model: float
    generator: float
    means: tuple[float, ...]  # the model's mean measure at the levels 0-4

    @property
    def passed(self) -> bool:
        return self.model >= OF_THE_GENERATOR * self.generator


@dataclass(frozen=True)
class CheckFigure:
    """A share of replies that are as they should be."""

    name: str
    replies: int
    share: float
    gate: float | None

    @property
    def passed(self) -> bool:
        return self.gate is None or self.share >= self.gate


@dataclass(frozen=True)
class Verdict:
    attributes: tuple[AttributeFigure, ...]
    checks: tuple[CheckFigure, ...]

    @property
    def passed(self) -> bool:
        attributes = all(figure.passed for figure in self.attributes)
        return attributes and all(check.passed for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "attributes": [asdict(f) | {"passed": f.passed} for f in self.attributes],
            "checks": [asdict(f) | {"passed": f.passed} for f in self.checks],
        }


def judge(probes: Sequence[Probe], model: Sequence[str], generator: Sequence[str]) -> Verdict:
    """The verdict on the replies of `model`, beside those of the generator to the same probes."""
    read = [Reading(text, probe.ask) for text, probe in zip(model, probes, strict=True)]
    best = [Reading(text, probe.ask) for text, probe in zip(generator, probes, strict=True)]
    attributes = tuple(_attribute(name, probes, read, best) for name in MEASURES)
    return Verdict(attributes, tuple(_checks(probes, read)))


def _attribute(
    name: str, probes: Sequence[Probe], model: Sequence[Reading], generator: Sequence[Reading]
) -> AttributeFigure:
    mine = [at for at, probe in enumerate(probes) if probe.about == name]
    told = [probes[at].level for at in mine]
    measured = [MEASURES[name](model[at]) for at in mine]
    best = [MEASURES[name](generator[at]) for at in mine]
    return AttributeFigure(
        name, len(mine), _rho(told, measured), _rho(told, best), _means(told, measured)
    )


def _rho(levels: Sequence[int], measured: Sequence[float | None]) -> float:
    pairs = [(level, m) for level, m in zip(levels, measured, strict=True) if m is not None]
    return round(spearman([float(a) for a, _ in pairs], [b for _, b in pairs]), 3)


def _means(levels: Sequence[int], measured: Sequence[float | None]) -> tuple[float, ...]:
    at: list[list[float]] = [[] for _ in range(5)]
    for level, value in zip(levels, measured, strict=True):
        if value is not None:
            at[level].append(value)
    return tuple(round(sum(values) / len(values), 2) if values else 0.0 for values in at)


def _checks(probes: Sequence[Probe], readings: Sequence[Reading]) -> list[CheckFigure]:
    pairs = list(zip(probes, readings, strict=True))
    figures = [
        _share("language", [reading.lang == probe.lang for probe, reading in pairs]),
        _share("well-formed", [well for r in readings for well in r.sentence_is_known()]),
    ]
    default = [reading for probe, reading in pairs if probe.about == "default"]
    topical = [(reading.on_topic() or 0.0) == 1.0 for reading in default]
    figures.append(_share("default: no repeats", [not r.repeats() for r in default]))
    figures.append(_share("default: on topic", topical))
    figures.append(_share("default: opens right", [r.opens_right() for r in default]))
    for check in CHECKS[1:]:
        right = [is_right(probe, reading) for probe, reading in pairs if probe.about == check]
        figures.append(_share(check, right))
    return figures


def is_right(probe: Probe, reading: Reading) -> bool:
    """Whether the reply to a check's probe does what was asked (verbosity 4, helpful)."""
    if probe.about == "greeting":
        return reading.count("smalltalk", "hello") > 0 and not reading.facts
    if probe.about == "unknown":
        return reading.count("smalltalk", "nothing") > 0 and not reading.facts
    if probe.follow == "joke":
        jokes = [m for m in reading.known if (m.section, m.key) == ("topic", "jokes")]
        return any(probe.ask.topic and m.topic == probe.ask.topic.key for m in jokes)
    if probe.follow == "shorter" and len(reading.facts) > 2:
        return False
    return reading.on_topic() == 1.0 and reading.opens_right()


def _share(name: str, right: Sequence[bool]) -> CheckFigure:
    share = sum(right) / len(right) if right else 0.0
    return CheckFigure(name, len(right), round(share, 3), GATES.get(name))
