"""Words what a user asks: many wordings, hurried typing, and some that only the test sees."""

import random
import re

from demo_model.ask import Ask
from demo_model.phrases import Phrases, load_phrases
from demo_model.topics import KINDS, Topic

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"


def word_question(
    rng: random.Random, ask: Ask, lang: str, *, follow: str = "", split: str = "train"
) -> str:
    """The user's text. `follow` is a key of [follow] where it leans on the turn before."""
    phrases = load_phrases()[lang]
    if follow:
        text = _frame(rng, phrases, "follow", follow, split)
        return _hurried(rng, phrases.fill(text, ask.topic), ask.topic, lang, split)
    if ask.topic is None:
        return _hurried(rng, _talk(rng, phrases, ask.kind, split), None, lang, split)
    text = _about(rng, phrases, ask, split)
    return _hurried(rng, text, ask.topic, lang, split)


def _about(rng: random.Random, phrases: Phrases, ask: Ask, split: str) -> str:
    kind = ask.kind
    if kind not in KINDS:
        frame = _frame(rng, phrases, "frames", kind, split)
        return phrases.fill(frame, ask.topic, ask.other)
    if split == "train" and rng.random() < 0.25:
        return phrases.fill("{question}", ask.topic, kind=kind)
    frames = phrases["frames", kind]
    own = 0.5 if kind == "what" else 0.25
    if kind == "what" and split == "train" and rng.random() < 0.25:
        return phrases.fill(rng.choice(phrases["frames", "bare"]), ask.topic)
    if frames and rng.random() < own and (split == "train" or phrases["frames", f"held_{kind}"]):
        return phrases.fill(_frame(rng, phrases, "frames", kind, split), ask.topic)
    return phrases.fill(_frame(rng, phrases, "frames", "any", split), ask.topic, kind=kind)


def _frame(rng: random.Random, phrases: Phrases, section: str, key: str, split: str) -> str:
    held = phrases[section, f"held_{key}"]
    return rng.choice(held if split == "test" and held else phrases[section, key])


def _talk(rng: random.Random, phrases: Phrases, kind: str, split: str) -> str:
    if kind != "unknown":
        return _frame(rng, phrases, "talk", kind, split)
    if split == "train" and rng.random() < 0.3:
        return rng.choice(phrases["unknown", "whole"])
    thing = _frame(rng, phrases, "unknown", "things", split)
    if split == "train" and rng.random() < 0.4:
        thing = _invented(rng, phrases.lang)
    text = rng.choice(phrases["unknown", "questions"]).format(x=thing)
    return text[0].upper() + text[1:]


def _invented(rng: random.Random, lang: str) -> str:
    """A word that does not exist, so that not knowing is not learnt by heart."""
    word = "".join(
        rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.randint(2, 3))
    ) + rng.choice(("", "n", "s", "k"))
    return word.capitalize() if lang == "de" else word


def _hurried(rng: random.Random, text: str, topic: Topic | None, lang: str, split: str) -> str:
    """Misspellings, lower case, a missing question mark: each in a share of the questions."""
    if split == "test":
        return text
    if topic is not None and rng.random() < 0.18:
        text = misspelt(rng, text, topic, lang)
    if rng.random() < 0.06:
        text = _slip(rng, text)
    if rng.random() < 0.15:
        text = text.lower()
    if rng.random() < 0.15:
        text = text.rstrip("?.!")
    return text


def misspelt(rng: random.Random, text: str, topic: Topic, lang: str) -> str:
    """`text` with the topic's name misspelt, where it occurs."""
    name = topic.texts[lang].name
    typo = rng.choice(topic.texts[lang].typos)

    def spell(found: re.Match[str]) -> str:
        return typo[0].upper() + typo[1:] if found[0][0].isupper() else typo

    return re.sub(rf"\b{re.escape(name)}\b", spell, text, flags=re.IGNORECASE)


def _slip(rng: random.Random, text: str) -> str:
    """Two letters swapped or one lost somewhere."""
    if len(text) < 8:
        return text
    at = rng.randrange(1, len(text) - 2)
    if rng.random() < 0.5:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :]
