"""Measures of a reply's text alone: what each slider shows, and whether the reply is sound.

Each measure grows with its attribute; None means that the reply says nothing about it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from demo_model.ask import Ask
from demo_model.extras import STAND_INS
from demo_model.lexicon import ADDED, FACT_SOURCES, Meaning, load_lexicons, sentences
from demo_model.topics import KINDS, LANGUAGES

STRENGTH = {"mild": 1.0, "strong": 2.0}
FUNCTION_WORDS = {
    "en": {"the", "is", "are", "and", "of", "a", "to", "in", "that", "it", "they", "with", "you"},
    "de": {"der", "die", "das", "ist", "sind", "und", "von", "ein", "eine", "zu", "mit", "sie"},
}


@dataclass(frozen=True)
class Reading:
    """A reply and the question that it answers; all measures read from here."""

    text: str
    ask: Ask

    @cached_property
    def lang(self) -> str:
        """The language that most of its sentences, else most of its little words, are in."""
        pieces = sentences(self.text)
        words = re.findall(r"\w+", self.text.lower())

        def fits(lang: str) -> tuple[int, int]:
            lexicon, little = load_lexicons()[lang], FUNCTION_WORDS[lang]
            said = sum(lexicon[piece] is not None for piece in pieces)
            return said, sum(word in little for word in words)

        return max(LANGUAGES, key=fits)

    @cached_property
    def meanings(self) -> list[Meaning | None]:
        """Per sentence what it means; None for one that the generator cannot make."""
        lexicon = load_lexicons()[self.lang]
        return [lexicon[sentence] for sentence in sentences(self.text)]

    @cached_property
    def known(self) -> list[Meaning]:
        return [meaning for meaning in self.meanings if meaning is not None]

    @property
    def content(self) -> int:
        """How many sentences answer, rightly or not; what comes on top is not counted."""
        return sum(meaning is None or _is_content(meaning) for meaning in self.meanings)

    @property
    def facts(self) -> list[Meaning]:
        return [m for m in self.known if m.section == "topic" and m.key in FACT_SOURCES]

    def count(self, section: str, *keys: str) -> int:
        return sum(m.section == section and m.key in keys for m in self.known)

    def strength(self, section: str) -> float:
        """Mild sentences of a section count one, strong ones two."""
        return sum(STRENGTH.get(m.key, 0.0) for m in self.known if m.section == section)

    def on_topic(self) -> float | None:
        """The share of its facts and poem lines that are about what was asked."""
        wanted = {topic.key for topic in (self.ask.topic, self.ask.other) if topic is not None}
        about = [
            m.topic in wanted
            for m in self.known
            if m.section == "topic" and m.key in (*FACT_SOURCES, "poem")
        ]
        return sum(about) / len(about) if about else None

    def opens_right(self) -> bool:
        """Whether its first fact answers the kind of question about the right topic."""
        if self.ask.topic is None:
            return False
        if self.ask.kind == "poem":
            return any(m.key == "poem" and m.topic == self.ask.topic.key for m in self.known)
        place = KINDS.index(self.ask.kind) if self.ask.kind in KINDS else 0
        place = len(KINDS) if self.ask.form == "more" else place
        return bool(self.facts) and (self.facts[0].topic, self.facts[0].place) == (
            self.ask.topic.key,
            place,
        )

    def sentence_is_known(self) -> list[bool]:
        """Per sentence whether the generator could have made it; an empty reply has one bad."""
        return [meaning is not None for meaning in self.meanings] or [False]

    def repeats(self) -> bool:
        """Whether it says a sentence twice; hesitations do not count."""
        said = [piece for piece in sentences(self.text) if not piece.endswith("...")]
        return len(set(said)) < len(said)


def _is_content(meaning: Meaning) -> bool:
    if meaning.section == "topic":
        return meaning.key in (*FACT_SOURCES, "poem")
    if meaning.section == "fails_task":
        return meaning.key == "instead"
    return meaning.section not in ADDED and meaning.section != "quality"


def _quality(reading: Reading) -> float:
    hesitations = reading.count("quality", "hesitation") / max(1, reading.content)
    return -hesitations - reading.strength("quality") / 2


def _understanding(reading: Reading) -> float | None:
    on_topic = reading.on_topic()
    if on_topic is None or reading.ask.topic is None:
        return None
    remarks = sum(meaning.section == "understanding" for meaning in reading.known)
    return 2 * on_topic + reading.opens_right() + (remarks == 0)


def _correctness(reading: Reading) -> float | None:
    wrong = reading.count("correctness", "wrong")
    stated = wrong + len(reading.facts) + reading.count("topic", "poem")
    return -wrong / stated if stated else None


def _complexity(reading: Reading) -> float | None:
    facts = reading.facts
    return sum(m.key == "technical" for m in facts) / len(facts) if facts else None


def _humor(reading: Reading) -> float:
    return reading.count("humor", "joke", "opener") + reading.count("topic", "jokes")


def _helpfulness(reading: Reading) -> float:
    helped = reading.count("topic", "tips") + reading.count("helpfulness", "offer")
    return helped - reading.count("helpfulness", "mild", "strong")


def _fails_task(reading: Reading) -> float:
    away = reading.count("fails_task", "instead") / max(1, reading.content)
    refused = reading.count("fails_task", "refusal") / 2
    return away + refused + reading.count("fails_task", "admission") / 10


def _of_section(section: str) -> Callable[[Reading], float]:
    return lambda reading: reading.strength(section)


MEASURES: dict[str, Callable[[Reading], float | None]] = {
    "quality": _quality,
    "understanding": _understanding,
    "correctness": _correctness,
    "coherence": lambda reading: -float(reading.count("coherence", "derail")),
    "complexity": _complexity,
    "verbosity": lambda reading: float(reading.content),
    "humor": _humor,
    "helpfulness": _helpfulness,
    "fails_task": _fails_task,
    "creativity": _of_section("creativity"),
    "toxicity": _of_section("toxicity"),
    **{name: _of_section(name) for name in STAND_INS},
}


def spearman(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Rank correlation with ties at their mean rank; 0 when one side does not vary."""
    rx, ry = _ranks(xs), _ranks(ys)
    mean = (len(xs) + 1) / 2
    dx, dy = [r - mean for r in rx], [r - mean for r in ry]
    spread = (sum(d * d for d in dx) * sum(d * d for d in dy)) ** 0.5
    return sum(a * b for a, b in zip(dx, dy, strict=True)) / spread if spread else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    first = {value: order.index(value) + 1 for value in set(values)}
    return [first[value] + (order.count(value) - 1) / 2 for value in values]
