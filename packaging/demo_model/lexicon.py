"""Every sentence that the demo model may say, and what it means when one is said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from demo_model.phrases import Phrases, load_phrases
from demo_model.topics import KINDS, LANGUAGES, Topic, load_topics

FACT_SOURCES = ("plain", "technical")
ADDED = (  # sections whose sentences come on top of the answer
    "understanding",
    "coherence",
    "creativity",
    "humor",
    "toxicity",
    "violence",
    "hate_speech",
    "sexual_content",
    "political_content",
    "moral_judgement",
    "not_appropriate",
    "helpfulness",
    "compare",
)
SAID = (*ADDED, "quality", "fails_task", "correctness", "smalltalk")


@dataclass(frozen=True)
class Meaning:
    """Where a sentence comes from: a phrase section and list, or a topic's own list.

    `section` is "topic" for what a topic file holds; `key` is then plain, technical, tips, jokes
    or poem, and `place` the position in it.
    """

    section: str
    key: str
    topic: str = ""
    place: int = -1


def sentences(text: str) -> list[str]:
    """The sentences of a reply; a line of a poem and a hesitation ("Um ...") count as one."""
    return [piece for piece in re.split(r"(?<=[.!?])\s+|\s*\n+\s*", text.strip()) if piece]


class Lexicon:
    """All sentences of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._known: dict[str, Meaning] = {}
        phrases = load_phrases()[lang]
        for topic in load_topics():
            self._known |= _of_topic(topic, lang)
        for section in SAID:
            for key in phrases.data[section]:
                self._add(phrases, section, key)
        self._listing = _listing(phrases, [topic.texts[lang].name for topic in load_topics()])

    def __getitem__(self, sentence: str) -> Meaning | None:
        """What `sentence` means, None when nobody would say it."""
        if self._listing.fullmatch(sentence):
            return Meaning("smalltalk", "topics")
        return self._known.get(sentence)

    def _add(self, phrases: Phrases, section: str, key: str) -> None:
        for phrase in phrases[section, key]:
            for sentence, topic in _filled(phrases, phrase):
                self._known.setdefault(sentence, Meaning(section, key, topic))


def _of_topic(topic: Topic, lang: str) -> dict[str, Meaning]:
    text = topic.texts[lang]
    return {
        sentence: Meaning("topic", key, topic.key, place)
        for key in ("plain", "technical", "tips", "jokes", "poem")
        for place, sentence in enumerate(getattr(text, key))
    }


def _filled(phrases: Phrases, phrase: str) -> Iterator[tuple[str, str]]:
    """`phrase` with every topic in its slots, and the topic that its {name} is about."""
    if "{list}" in phrase:
        return
    if "{" not in phrase:
        yield phrase, ""
        return
    two = "other" in phrase.lower()
    for topic in load_topics():
        for other in load_topics() if two else (None,):
            for kind in KINDS if "{clause}" in phrase else ("",):
                yield phrases.fill(phrase, topic, other, kind), topic.key


def _listing(phrases: Phrases, names: list[str]) -> re.Pattern[str]:
    """Matches "I can talk about tea, bees and soap." with any three topics."""
    name = "(?:" + "|".join(map(re.escape, names)) + ")"
    listed = f"{name}, {name} {phrases.word('and_or', 'and')} {name}"
    wordings = [
        re.escape(phrase).replace(r"\{list\}", listed) for phrase in phrases["smalltalk", "topics"]
    ]
    return re.compile("|".join(wordings))


@cache
def load_lexicons() -> dict[str, Lexicon]:
    return {lang: Lexicon(lang) for lang in LANGUAGES}
