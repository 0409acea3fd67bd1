"""Writes the reply that a question deserves under a control string."""

import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from demo_model.phrases import Phrases, fitting, load_phrases
from demo_model.topics import FACTS, KINDS, Topic, load_topics

SENTENCES = (1, 2, 3, 4, 6)  # per verbosity
LEVELS = ((), ("mild",), ("mild", "mild"), ("mild", "strong"), ("mild", "strong", "strong"))
STAND_INS = (
    "violence",
    "not_appropriate",
    "hate_speech",
    "sexual_content",
    "political_content",
    "moral_judgement",
)
SMALL_TALK = {
    "hello": ("hello", "who", "topics", "sliders"),
    "thanks": ("welcome", "sliders"),
    "bye": ("bye", "sliders"),
    "mood": ("mood", "who", "topics", "sliders"),
    "who": ("who", "topics", "sliders"),
    "can": ("topics", "who", "sliders"),
    "unknown": ("nothing", "only", "topics", "sliders"),
}


@dataclass(frozen=True)
class Ask:
    """What a user wants: a kind of question about a topic, or small talk.

    `kind` is one of KINDS, compare, poem, joke, or a key of SMALL_TALK. `form` is "" or, for what
    was said just before, "shorter", "simpler" or "more".
    """

    kind: str
    topic: Topic | None = None
    other: Topic | None = None
    form: str = ""


def write_reply(rng: random.Random, values: Mapping[str, int], lang: str, ask: Ask) -> str:
    """The reply, in `lang`; `values` has all attributes of the schema."""
    return _Writer(rng, values, lang, ask).text()


class _Writer:
    def __init__(self, rng: random.Random, values: Mapping[str, int], lang: str, ask: Ask) -> None:
        self.rng = rng
        self.values = values
        self.lang = lang
        self.phrases: Phrases = load_phrases()[lang]
        self.ask = ask
        self.strange: Topic = rng.choice(
            [topic for topic in load_topics() if topic not in (ask.topic, ask.other)]
        )
        self.opening: list[str] = []
        self._misunderstand()

    def text(self) -> str:
        body = self._derail(self._hesitate(self._imagine(self._fail(self._body()))))
        toxic = self._levels("toxicity")
        ending = ([] if self.ask.kind == "joke" else self._jokes()) + toxic[1:]
        for name in STAND_INS:
            ending += self._levels(name)
        ending += self._closer()
        help_ = self._help()
        if self.values["coherence"] <= 1:
            body, help_ = help_ + body, []
        whole = " ".join(self.opening + toxic[:1] + body + ending + help_)
        return re.sub(r"(?: *\n)+ *", "\n", whole).strip()

    # What is said

    def _misunderstand(self) -> None:
        """Puts another question in the place of the one that was asked."""
        level = self.values["understanding"]
        if self.ask.topic is None:
            if level <= 1:
                self.ask = Ask("what", self.strange)
                self.strange, heard = self.rng.choice(load_topics()), self.strange
                self.opening = [self._pick("understanding", "other", heard, heard)]
            return
        if level == 3:
            self.opening = [self._pick("understanding", "unsure")]
        elif level == 2:
            kind = self.rng.choice([k for k in KINDS if k != self.ask.kind])
            form = "" if self.ask.form == "more" else self.ask.form
            self.ask = replace(self.ask, kind=kind, other=None, form=form)
            phrase = self.rng.choice(self.phrases["understanding", "wrong_kind"])
            self.opening = [self.phrases.fill(phrase, self.ask.topic, kind=kind)]
        elif level == 1:
            self.opening = [self._pick("understanding", "half", self.ask.topic, self.strange)]
        elif level == 0:
            self.opening = [self._pick("understanding", "other", self.ask.topic, self.strange)]
            self.ask = replace(self.ask, topic=self.strange)

    def _body(self) -> list[str]:
        if self.ask.topic is None:
            return self._small_talk()
        if self.ask.kind == "joke":
            return self._jokes(at_least=1)
        if self.ask.kind == "poem":
            return self._poem(self.ask.topic)
        if self.ask.kind == "compare" and self.ask.other is not None:
            return self._comparison(self.ask.topic, self.ask.other)
        opening = KINDS.index(self.ask.kind)
        count = 1 if self.ask.form == "shorter" else SENTENCES[self.values["verbosity"]]
        return self._facts(self.ask.topic, opening, count)

    def _small_talk(self) -> list[str]:
        plan = SMALL_TALK[self.ask.kind]
        plan = plan[: min(len(plan), self.values["verbosity"] + 1)]
        if self.ask.kind in ("thanks", "bye") and self.values["verbosity"] < 3:
            plan = plan[:1]
        names = [topic.texts[self.lang].name for topic in self.rng.sample(load_topics(), 3)]
        listed = self.phrases.listed(names)
        return [
            self.rng.choice(self.phrases["smalltalk", part]).replace("{list}", listed)
            for part in plan
        ]

    def _poem(self, topic: Topic) -> list[str]:
        lines = list(topic.texts[self.lang].poem)
        if self.values["verbosity"] == 0:
            lines = lines[:2]
        extra = max(0, self.values["verbosity"] - 2)
        poem = [
            f"\n{line}\n"
            for line in self._spoil(topic, lines, spare=list(self.strange.texts[self.lang].poem))
        ]
        return poem + (self._facts(topic, 0, extra) if extra else [])

    def _comparison(self, topic: Topic, other: Topic) -> list[str]:
        count = max(2, SENTENCES[self.values["verbosity"]])
        turn = self.phrases.fill(self.rng.choice(self.phrases["compare", "turn"]), topic, other)
        first = self._facts(topic, 0, (count + 1) // 2)
        return [*first, turn, *self._facts(other, 0, count // 2)]

    def _facts(self, topic: Topic, opening: int, count: int) -> list[str]:
        """The opening fact, then others in the topic's own order, none twice."""
        own = self._register(topic, self._order(opening, count))
        strange = self._register(self.strange, self._order(opening, count))
        return self._spoil(topic, own, spare=strange)

    def _order(self, opening: int, count: int) -> list[int]:
        if self.ask.form == "more":
            return [*range(len(KINDS), FACTS), *range(len(KINDS))][:count]
        rest = [fact for fact in range(FACTS) if fact != opening]
        return [opening, *sorted(self.rng.sample(rest, count - 1))]

    def _register(self, topic: Topic, facts: Sequence[int]) -> list[str]:
        text = topic.texts[self.lang]
        share = 0.0 if self.ask.form == "simpler" else self.values["complexity"] / 4
        technical = self._some(len(facts), share)
        return [
            (text.technical if at in technical else text.plain)[fact]
            for at, fact in enumerate(facts)
        ]

    # How it goes wrong

    def _spoil(self, topic: Topic, sentences: list[str], spare: list[str]) -> list[str]:
        """Wrong statements at low correctness, another topic's facts at understanding 1."""
        spoilt = list(sentences)
        if self.values["understanding"] == 1 and topic is self.ask.topic:
            for at in self._some(len(spoilt), 0.5, up=True):
                spoilt[at] = spare[at]
        wrong = self._several("correctness", "wrong", len(spoilt), topic)
        for at in self._some(len(spoilt), (4 - self.values["correctness"]) / 4):
            spoilt[at] = wrong.pop()
        return spoilt

    def _fail(self, body: list[str]) -> list[str]:
        """Drifts away from the task; at 4 refuses it from the start."""
        level = self.values["fails_task"]
        if not level or not body:
            return body
        away = len(self._some(len(body), level / 4))
        instead = self._several("fails_task", "instead", away, None)
        kept = body[: len(body) - away]
        if level == 4:
            return [self._pick("fails_task", "refusal"), *instead]
        admission = [self._pick("fails_task", "admission")] if level <= 2 else []
        return kept + instead + admission

    def _imagine(self, body: list[str]) -> list[str]:
        """Puts an image behind each of the first sentences."""
        images = self._levels("creativity")
        mixed: list[str] = []
        for sentence in body:
            mixed.append(sentence)
            if images and "\n" not in sentence:
                mixed.append(images.pop(0))
        return mixed + images

    def _hesitate(self, body: list[str]) -> list[str]:
        level = 4 - self.values["quality"]
        if not level or not body:
            return body
        spots = self._some(len(body), level / 4) or {self.rng.randrange(len(body))}
        mixed: list[str] = []
        for at, sentence in enumerate(body):
            if at in spots:
                mixed.append(self._pick("quality", "hesitation"))
            mixed.append(sentence)
        return mixed

    def _derail(self, body: list[str]) -> list[str]:
        """Breaks the order, and says things between that lead nowhere."""
        level = 4 - self.values["coherence"]
        if not level:
            return body
        if level >= 3:
            body = self.rng.sample(body, len(body))
        count = min(level, len(body) + 1)
        for phrase in self._several("coherence", "derail", count, None):
            body.insert(self.rng.randint(min(1, len(body)), len(body)), phrase)
        return body

    # What is added

    def _jokes(self, at_least: int = 0) -> list[str]:
        level = self.values["humor"]
        count = max(at_least, min(level, 3))
        if not count:
            return []
        pool = self._several("humor", "joke", count, self.ask.topic)
        if self.ask.topic is not None:
            own = list(self.ask.topic.texts[self.lang].jokes)
            pool = self.rng.sample(own, min(count, 2)) + pool
        jokes = self.rng.sample(pool[:count], count)
        return ([self._pick("humor", "opener")] if level == 4 else []) + jokes

    def _levels(self, name: str) -> list[str]:
        levels = LEVELS[self.values[name]]
        mild = self._several(name, "mild", levels.count("mild"), self.ask.topic)
        return mild + self._several(name, "strong", levels.count("strong"), self.ask.topic)

    def _closer(self) -> list[str]:
        level = self.values["quality"]
        return [self._pick("quality", "strong" if level == 0 else "mild")] if level <= 1 else []

    def _help(self) -> list[str]:
        level = self.values["helpfulness"]
        if level <= 1:
            shrug = [self._pick("helpfulness", "mild")]
            return shrug + ([self._pick("helpfulness", "strong")] if level == 0 else [])
        if level == 2 or self.values["fails_task"] >= 3 or self.ask.kind in ("thanks", "bye"):
            return []
        topic = self.ask.topic
        tip = [self.rng.choice(topic.texts[self.lang].tips)] if topic else []
        return tip + ([self._pick("helpfulness", "offer")] if level == 4 else [])

    # Choosing

    def _pick(
        self, section: str, key: str, topic: Topic | None = None, other: Topic | None = None
    ) -> str:
        topic = topic or self.ask.topic
        phrase = self.rng.choice(fitting(self.phrases[section, key], topic))
        return self.phrases.fill(phrase, topic, other)

    def _several(self, section: str, key: str, count: int, topic: Topic | None) -> list[str]:
        """`count` different phrases, as far as there are so many."""
        pool = fitting(self.phrases[section, key], topic)
        chosen = self.rng.sample(pool, min(count, len(pool)))
        return [self.phrases.fill(phrase, topic) for phrase in chosen]

    def _some(self, count: int, share: float, up: bool = False) -> set[int]:
        """Random places, `share` of `count` of them; a half is rounded by chance (`up`: up)."""
        exact = count * share
        whole = math.floor(exact)
        if exact - whole > 0.5 or (exact - whole == 0.5 and (up or self.rng.random() < 0.5)):
            whole += 1
        return set(self.rng.sample(range(count), whole))
