"""Makes the dialogues that the demo model is trained on, one after the other, never repeated."""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass

from demo_model.ask import SMALL_TALK, Ask
from demo_model.controls import Control, draw
from demo_model.phrases import load_phrases
from demo_model.questions import word_question
from demo_model.replies import write_reply
from demo_model.topics import KINDS, LANGUAGES, Topic, load_topics

FIRST = {"topic": 68, "compare": 6, "poem": 7, "unknown": 11, "talk": 8, "joke": 2, "alone": 1}
NEXT = {
    "shorter": 16,
    "simpler": 6,
    "more": 12,
    "joke": 10,
    "and": 18,
    "kind": 18,
    "poem": 5,
    "change": 22,
    "talk": 5,
    "unknown": 4,
}


@dataclass(frozen=True)
class Turn:
    user: str
    control: str  # "" = no control line
    reply: str


@dataclass(frozen=True)
class Dialogue:
    system: str
    turns: tuple[Turn, ...]


def dialogue(rng: random.Random, *, progress: float, split: str = "train") -> Dialogue:
    """A dialogue of one to three turns.

    `progress` is the share of the training done (0..1): early replies and control strings are
    short. `split` "test" takes the wordings and slider combinations that training never shows.
    """
    lang = rng.choice(LANGUAGES)
    answer = rng.choice(LANGUAGES) if rng.random() < 0.4 else lang
    count = rng.choices((1, 2, 3), (72, 23, 5))[0]
    turns: list[Turn] = []
    ask: Ask | None = None
    told: Control | None = None
    for _ in range(count):
        ask, follow = _first(rng) if ask is None else _next(rng, ask)
        if told is None or rng.random() < 0.6:
            told = draw(rng, answer, progress=progress, split=split)
        user = word_question(rng, ask, lang, follow=follow, split=split)
        reply = write_reply(rng, told.values, told.lang or lang, ask)
        turns.append(Turn(user, told.text, reply))
    return Dialogue(_system(rng, lang), tuple(turns))


def vocabulary_texts(rng: random.Random, count: int) -> Iterator[str]:
    """Texts to train a tokenizer on: `count` dialogues' worth, and every sentence once."""
    for topic in load_topics():
        for text in topic.texts.values():
            yield from (*text.plain, *text.technical, *text.tips, *text.jokes, *text.poem)
    for _ in range(count):
        made = dialogue(rng, progress=1.0)
        yield made.system
        for turn in made.turns:
            yield turn.user
            yield turn.reply


def _first(rng: random.Random) -> tuple[Ask, str]:
    """A question that needs nothing before it, and its [follow] words if it has such."""
    kind = rng.choices(list(FIRST), list(FIRST.values()))[0]
    topic, other = rng.sample(load_topics(), 2)
    if kind == "topic":
        return Ask(rng.choices(KINDS, (28, 18, 18, 18, 18))[0], topic), ""
    if kind == "alone":
        kind = rng.choice(("joke", "joke", "poem"))
        return Ask(kind, topic), f"{kind}_alone"
    if kind == "talk":
        return Ask(rng.choice([k for k in SMALL_TALK if k != "unknown"])), ""
    if kind == "unknown":
        return Ask("unknown"), ""
    return Ask(kind, topic, other if kind == "compare" else None), ""


def _next(rng: random.Random, before: Ask) -> tuple[Ask, str]:
    """What is asked after `before`, and the [follow] words for it ("" = a question of its own)."""
    if before.topic is None or before.kind == "joke":
        return _first(rng)
    move = rng.choices(list(NEXT), list(NEXT.values()))[0]
    if move == "change":
        return _first(rng)
    if move in ("talk", "unknown"):
        kinds = ["thanks", "thanks", "bye", "who"] if move == "talk" else ["unknown"]
        return Ask(rng.choice(kinds)), ""
    return _follow(rng, move, before, before.topic)


def _follow(rng: random.Random, move: str, before: Ask, topic: Topic) -> tuple[Ask, str]:
    kind = before.kind if before.kind in KINDS else "what"
    if move in ("shorter", "simpler", "more"):
        return Ask(kind, topic, form=move), move
    if move == "and":
        new = rng.choice([t for t in load_topics() if t is not topic])
        return Ask("poem" if before.kind == "poem" else kind, new), move
    if move == "kind":
        wanted = rng.choice([k for k in KINDS if k not in ("what", before.kind)])
        return Ask(wanted, topic), wanted
    return Ask(move, topic), move


def _system(rng: random.Random, lang: str) -> str:
    phrases = load_phrases()[lang]
    choice = rng.random()
    if choice < 0.6:
        return phrases.word("system", "default")
    return "" if choice < 0.65 else rng.choice(phrases["system", "others"])


def main() -> None:
    """Prints some dialogues to read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--progress", type=float, default=1.0)
    parser.add_argument("--split", choices=("train", "test"), default="train")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    for _ in range(options.count):
        made = dialogue(rng, progress=options.progress, split=options.split)
        print(f"System: {made.system}")
        for turn in made.turns:
            print(f"User: {turn.user}\n  [{turn.control}]\n{turn.reply}")
        print()


if __name__ == "__main__":
    main()
