"""What comes on top of an answer: images, jokes, remarks, help or a shrug."""

from demo_model.ask import FAREWELLS, Ask
from demo_model.flaws import Values
from demo_model.voice import Voice

STAND_INS = (  # harmless stand-ins for the harmful attributes, in the order in which they speak
    "violence",
    "not_appropriate",
    "hate_speech",
    "sexual_content",
    "political_content",
    "moral_judgement",
)


def imagined(voice: Voice, values: Values, body: list[str]) -> list[str]:
    """An image behind each of the first sentences (creativity)."""
    images = voice.at_level("creativity", values["creativity"])
    mixed: list[str] = []
    for sentence in body:
        mixed.append(sentence)
        if images and "\n" not in sentence:
            mixed.append(images.pop(0))
    return mixed + images


def jokes(voice: Voice, values: Values, at_least: int = 0) -> list[str]:
    """One to three jokes, at 4 announced (humor)."""
    level = values["humor"]
    count = max(at_least, min(level, 3))
    if not count:
        return []
    pool = voice.several("humor", "joke", count, voice.topic)
    if voice.topic is not None:
        own = list(voice.of(voice.topic).jokes)
        pool = voice.rng.sample(own, min(count, 2)) + pool
    chosen = voice.rng.sample(pool[:count], count)
    return ([voice.pick("humor", "opener")] if level == 4 else []) + chosen


def remarks(voice: Voice, values: Values) -> list[str]:
    """What the stand-ins have to say."""
    return [remark for name in STAND_INS for remark in voice.at_level(name, values[name])]


def closer(voice: Voice, values: Values) -> list[str]:
    level = values["quality"]
    return [voice.pick("quality", "strong" if level == 0 else "mild")] if level <= 1 else []


def help_or_shrug(voice: Voice, values: Values, ask: Ask) -> list[str]:
    """A tip and an offer at helpfulness 4, shrugs at the other end."""
    level = values["helpfulness"]
    if level <= 1:
        shrug = [voice.pick("helpfulness", "mild")]
        return shrug + ([voice.pick("helpfulness", "strong")] if level == 0 else [])
    if level == 2 or values["fails_task"] >= 3 or ask.kind in FAREWELLS:
        return []
    tip = [voice.rng.choice(voice.of(ask.topic).tips)] if ask.topic else []
    return tip + ([voice.pick("helpfulness", "offer")] if level == 4 else [])
