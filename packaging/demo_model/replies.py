"""Writes the reply that a question deserves under a control string."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from demo_model import extras, flaws
from demo_model.ask import FAREWELLS, SMALL_TALK, Ask
from demo_model.flaws import Values
from demo_model.topics import FACTS, KINDS, Topic, load_topics
from demo_model.voice import Voice

SENTENCES = (1, 2, 3, 4, 6)  # per verbosity


def write_reply(rng: random.Random, values: Values, lang: str, ask: Ask) -> str:
    """The reply, in `lang`; `values` has all attributes of the schema."""
    strange = rng.choice([t for t in load_topics() if t not in (ask.topic, ask.other)])
    voice = Voice(rng, lang, ask.topic)
    ask, strange, opening = _understood(voice, values["understanding"], ask, strange)
    voice.topic = ask.topic
    body = _Answer(voice, values, ask, strange).sentences()
    body = extras.imagined(voice, values, flaws.failed(voice, values, body))
    body = flaws.derailed(voice, values, flaws.hesitating(voice, values, body))
    grumbles = voice.at_level("toxicity", values["toxicity"])
    ending = [] if ask.kind == "joke" else extras.jokes(voice, values)
    ending += grumbles[1:] + extras.remarks(voice, values) + extras.closer(voice, values)
    help_ = extras.help_or_shrug(voice, values, ask)
    if values["coherence"] <= 1:
        body, help_ = help_ + body, []
    whole = " ".join(opening + grumbles[:1] + body + ending + help_)
    return re.sub(r"(?: *\n)+ *", "\n", whole).strip()


def _understood(voice: Voice, level: int, ask: Ask, strange: Topic) -> tuple[Ask, Topic, list[str]]:
    """The question as it is heard, another topic that may get into it, and what is said first."""
    if ask.topic is None:
        if level > 1:
            return ask, strange, []
        other = voice.rng.choice(load_topics())
        said = voice.pick("understanding", "other", strange, strange)
        return Ask("what", strange), other, [said]
    if level == 3:
        return ask, strange, [voice.pick("understanding", "unsure")]
    if level == 2:
        kind = voice.rng.choice([k for k in KINDS if k != ask.kind])
        form = "" if ask.form == "more" else ask.form
        phrase = voice.rng.choice(voice.phrases["understanding", "wrong_kind"])
        said = voice.phrases.fill(phrase, ask.topic, kind=kind)
        return replace(ask, kind=kind, other=None, form=form), strange, [said]
    if level == 1:
        return ask, strange, [voice.pick("understanding", "half", strange)]
    if level == 0:
        said = voice.pick("understanding", "other", strange)
        return replace(ask, topic=strange), strange, [said]
    return ask, strange, []


class _Answer:
    """The sentences that answer, rightly or wrongly, before anything is added."""

    def __init__(self, voice: Voice, values: Values, ask: Ask, strange: Topic) -> None:
        self.voice = voice
        self.values = values
        self.ask = ask
        self.strange = strange

    def sentences(self) -> list[str]:
        ask = self.ask
        if ask.topic is None:
            return self._small_talk()
        if ask.kind == "joke":
            return extras.jokes(self.voice, self.values, at_least=1)
        if ask.kind == "poem":
            return self._poem(ask.topic)
        if ask.kind == "compare" and ask.other is not None:
            return self._comparison(ask.topic, ask.other)
        count = 1 if ask.form == "shorter" else SENTENCES[self.values["verbosity"]]
        return self._facts(ask.topic, KINDS.index(ask.kind), count)

    def _small_talk(self) -> list[str]:
        plan, verbosity = SMALL_TALK[self.ask.kind], self.values["verbosity"]
        plan = plan[: min(len(plan), verbosity + 1)]
        if self.ask.kind in FAREWELLS and verbosity < 3:
            plan = plan[:1]
        voice = self.voice
        names = [voice.of(topic).name for topic in voice.rng.sample(load_topics(), 3)]
        listed = voice.phrases.listed(names)
        return [
            voice.rng.choice(voice.phrases["smalltalk", part]).replace("{list}", listed)
            for part in plan
        ]

    def _poem(self, topic: Topic) -> list[str]:
        count = 2 if self.values["verbosity"] == 0 else None
        lines = list(self.voice.of(topic).poem[:count])
        lines = self._spoilt(topic, lines, list(self.voice.of(self.strange).poem))
        extra = max(0, self.values["verbosity"] - 2)
        return [f"\n{line}\n" for line in lines] + (self._facts(topic, 0, extra) if extra else [])

    def _comparison(self, topic: Topic, other: Topic) -> list[str]:
        count = max(2, SENTENCES[self.values["verbosity"]])
        turn = self.voice.pick("compare", "turn", other, topic)
        first = self._facts(topic, 0, (count + 1) // 2)
        return [*first, turn, *self._facts(other, 0, count // 2)]

    def _facts(self, topic: Topic, opening: int, count: int) -> list[str]:
        """The opening fact, then others in the topic's own order, none twice."""
        own = self._worded(topic, self._order(opening, count))
        strange = self._worded(self.strange, self._order(opening, count))
        return self._spoilt(topic, own, strange)

    def _order(self, opening: int, count: int) -> list[int]:
        if self.ask.form == "more":
            return [*range(len(KINDS), FACTS), *range(len(KINDS))][:count]
        rest = [fact for fact in range(FACTS) if fact != opening]
        return [opening, *sorted(self.voice.rng.sample(rest, count - 1))]

    def _worded(self, topic: Topic, facts: Sequence[int]) -> list[str]:
        """The facts in plain words or, in a share that grows with complexity, technical ones."""
        share = 0.0 if self.ask.form == "simpler" else self.values["complexity"] / 4
        technical = self.voice.some(len(facts), share)
        text = self.voice.of(topic)
        return [
            (text.technical if at in technical else text.plain)[fact]
            for at, fact in enumerate(facts)
        ]

    def _spoilt(self, topic: Topic, sentences: list[str], strange: list[str]) -> list[str]:
        if self.values["understanding"] == 1 and topic is self.ask.topic:
            sentences = flaws.mixed_up(self.voice, sentences, strange)
        return flaws.falsified(self.voice, self.values, sentences, topic)
