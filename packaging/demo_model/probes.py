"""The questions of the demo model's examination, in wordings and combinations it never saw."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from demo_model.ask import Ask
from demo_model.controls import DEFAULTS, Control, control, held_out
from demo_model.corpus import Turn
from demo_model.questions import misspelt, word_question
from demo_model.replies import write_reply
from demo_model.topics import KINDS, LANGUAGES, load_topics
from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.conversation import Turn as Told
from steerlm_studio.steer.schema import DEFAULT_SYSTEM
from steerlm_studio.steer.template import Part, render

CHECKS = ("default", "greeting", "unknown", "typo", "follow-up", "topic change")


@dataclass(frozen=True)
class Probe:
    """One question to the model. `about` is an attribute (then `level` is its value) or a check."""

    about: str
    level: int
    lang: str
    ask: Ask
    told: Control
    user: str
    before: tuple[Turn, ...] = ()
    follow: str = ""

    def prompt(self) -> tuple[Part, ...]:
        turns = tuple(Told(turn.user, turn.reply, turn.control) for turn in self.before)
        return render(Conversation(DEFAULT_SYSTEM, turns), self.user, self.told.text)


Answer = Callable[[Sequence[Probe]], list[str]]


def generator_answers(probes: Sequence[Probe]) -> list[str]:
    """What the corpus itself would answer: the most that a model trained on it can reach."""
    return [
        write_reply(random.Random(number), probe.told.values, probe.lang, probe.ask)
        for number, probe in enumerate(probes)
    ]


def attribute_probes(rng: random.Random, name: str, count: int) -> Iterator[Probe]:
    """`name` from 0 to 4 in turn; every other probe in a combination kept from training."""
    for number in range(count):
        level, lang = number % 5, rng.choice(LANGUAGES)
        ask = Ask(rng.choice(KINDS), rng.choice(load_topics()))
        values = _unseen(rng, name, level) if number % 2 else _plain(rng, name, level)
        yield _probe(rng, name, ask, control(values, lang), level=level)


def check_probes(rng: random.Random, check: str, count: int) -> Iterator[Probe]:
    """Default strings, greetings, what is not known, misspellings, and second turns."""
    for number in range(count):
        lang = LANGUAGES[number % len(LANGUAGES)]
        yield from _check(rng, check, control(DEFAULTS, lang), lang)


def _check(rng: random.Random, check: str, told: Control, lang: str) -> Iterator[Probe]:
    ask = Ask(rng.choice(KINDS), rng.choice(load_topics()))
    if check in ("greeting", "unknown"):
        yield _probe(rng, check, Ask("hello" if check == "greeting" else check), told)
    elif check == "default":
        yield _probe(rng, check, ask, told)
    elif check == "typo":
        yield _misspelt(rng, ask, told, lang)
    else:
        yield _second(rng, check, ask, told, lang)


def _misspelt(rng: random.Random, ask: Ask, told: Control, lang: str) -> Probe:
    while True:
        probe = _probe(rng, "typo", ask, told)
        assert ask.topic is not None
        text = misspelt(rng, probe.user, ask.topic, lang)
        if text != probe.user:
            return Probe("typo", 0, lang, ask, told, text)
        # Some questions never hold the name as it stands alone ("with cats" in German).
        ask = Ask(rng.choice(KINDS), rng.choice(load_topics()))


def _second(rng: random.Random, check: str, first: Ask, told: Control, lang: str) -> Probe:
    """A turn after one that was answered well: leaning on it, or about something else."""
    user = word_question(rng, first, lang, split="test")
    before = Turn(user, told.text, write_reply(rng, told.values, lang, first))
    other = rng.choice([topic for topic in load_topics() if topic is not first.topic])
    if check == "topic change":
        return _probe(rng, check, Ask(rng.choice(KINDS), other), told, before=(before,))
    move = rng.choice(("shorter", "and", "joke", "more", "why", "origin"))
    if move == "and":
        ask = Ask(first.kind, other)
    elif move == "joke":
        ask = Ask("joke", first.topic)
    elif move in KINDS:
        ask = Ask(move, first.topic)
    else:
        ask = Ask(first.kind, first.topic, form=move)
    return _probe(rng, check, ask, told, before=(before,), follow=move)


def _probe(
    rng: random.Random,
    about: str,
    ask: Ask,
    told: Control,
    *,
    level: int = 0,
    before: tuple[Turn, ...] = (),
    follow: str = "",
) -> Probe:
    lang = told.lang or "en"
    user = word_question(rng, ask, lang, follow=follow, split="test")
    return Probe(about, level, lang, ask, told, user, before, follow)


def _plain(rng: random.Random, name: str, level: int) -> dict[str, int]:
    return {**DEFAULTS, "verbosity": rng.randint(1, 4), name: level}


def _unseen(rng: random.Random, name: str, level: int) -> dict[str, int]:
    """A combination with the two or three changes beside `name` that training left out."""
    while True:
        values = _plain(rng, name, level)
        for other in rng.sample([key for key in DEFAULTS if key != name], 3):
            values[other] = rng.randint(0, 4)
        if held_out(values):
            return values
