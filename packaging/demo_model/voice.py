"""Chooses phrases and places: the dice of a reply."""

import math
import random

from demo_model.phrases import fitting, load_phrases
from demo_model.topics import Topic, TopicText

LEVELS = ((), ("mild",), ("mild", "mild"), ("mild", "strong"), ("mild", "strong", "strong"))


class Voice:
    """Speaks one language, for one reply; `topic` is what the reply is about."""

    def __init__(self, rng: random.Random, lang: str, topic: Topic | None) -> None:
        self.rng = rng
        self.lang = lang
        self.topic = topic
        self.phrases = load_phrases()[lang]

    def of(self, topic: Topic) -> TopicText:
        return topic.texts[self.lang]

    def pick(
        self, section: str, key: str, other: Topic | None = None, topic: Topic | None = None
    ) -> str:
        """A phrase of a list, about `topic` (else the reply's own)."""
        topic = topic or self.topic
        phrase = self.rng.choice(fitting(self.phrases[section, key], topic))
        return self.phrases.fill(phrase, topic, other)

    def several(self, section: str, key: str, count: int, topic: Topic | None) -> list[str]:
        """`count` different phrases, as far as there are so many."""
        pool = fitting(self.phrases[section, key], topic)
        chosen = self.rng.sample(pool, min(count, len(pool)))
        return [self.phrases.fill(phrase, topic) for phrase in chosen]

    def at_level(self, section: str, level: int) -> list[str]:
        """The remarks of a level from 0 to 4: more and stronger ones the higher it is."""
        strengths = LEVELS[level]
        mild = self.several(section, "mild", strengths.count("mild"), self.topic)
        return mild + self.several(section, "strong", strengths.count("strong"), self.topic)

    def some(self, count: int, share: float, up: bool = False) -> set[int]:
        """Random places, `share` of `count` of them; a half is rounded by chance (`up`: up)."""
        exact = count * share
        whole = math.floor(exact)
        if exact - whole > 0.5 or (exact - whole == 0.5 and (up or self.rng.random() < 0.5)):
            whole += 1
        return set(self.rng.sample(range(count), whole))
