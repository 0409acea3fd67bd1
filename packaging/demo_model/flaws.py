"""How an answer goes wrong at the bad end of a slider: each in a way of its own."""

from collections.abc import Mapping

from demo_model.topics import Topic
from demo_model.voice import Voice

Values = Mapping[str, int]


def mixed_up(voice: Voice, sentences: list[str], spare: list[str]) -> list[str]:
    """Half of the sentences replaced by another topic's `spare` ones (understanding 1)."""
    mixed = list(sentences)
    for at in voice.some(len(mixed), 0.5, up=True):
        mixed[at] = spare[at]
    return mixed


def falsified(voice: Voice, values: Values, sentences: list[str], topic: Topic) -> list[str]:
    """A share of the sentences replaced by wrong statements (correctness)."""
    false = list(sentences)
    wrong = voice.several("correctness", "wrong", len(false), topic)
    for at in voice.some(len(false), (4 - values["correctness"]) / 4):
        false[at] = wrong.pop()
    return false


def failed(voice: Voice, values: Values, body: list[str]) -> list[str]:
    """Drifts away from the task; at 4 refuses it from the start (fails_task)."""
    level = values["fails_task"]
    if not level or not body:
        return body
    away = len(voice.some(len(body), level / 4))
    instead = voice.several("fails_task", "instead", away, None)
    kept = body[: len(body) - away]
    if level == 4:
        return [voice.pick("fails_task", "refusal"), *instead]
    admission = [voice.pick("fails_task", "admission")] if level <= 2 else []
    return kept + instead + admission


def hesitating(voice: Voice, values: Values, body: list[str]) -> list[str]:
    """Sentences begin with "Um ..." the more often, the lower the quality."""
    level = 4 - values["quality"]
    if not level or not body:
        return body
    spots = voice.some(len(body), level / 4) or {voice.rng.randrange(len(body))}
    mixed: list[str] = []
    for at, sentence in enumerate(body):
        if at in spots:
            mixed.append(voice.pick("quality", "hesitation"))
        mixed.append(sentence)
    return mixed


def derailed(voice: Voice, values: Values, body: list[str]) -> list[str]:
    """Breaks the order, and says things between that lead nowhere (coherence)."""
    level = 4 - values["coherence"]
    if not level:
        return body
    if level >= 3:
        body = voice.rng.sample(body, len(body))
    count = min(level, len(body) + 1)
    for phrase in voice.several("coherence", "derail", count, None):
        body.insert(voice.rng.randint(min(1, len(body)), len(body)), phrase)
    return body
