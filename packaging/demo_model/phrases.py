"""Sentences that fit every topic, with slots that agree with the topic's number."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from demo_model.topics import LANGUAGES, Topic

FOLDER = Path(__file__).parent / "phrases"


class Phrases:
    """The phrases of one language: `phrases["humor", "joke"]` is a list of them."""

    def __init__(self, lang: str, data: dict[str, Any]) -> None:
        self.lang = lang
        self.pairs: dict[str, tuple[str, str]] = {k: tuple(v) for k, v in data["pairs"].items()}
        self.data = data

    def __getitem__(self, key: tuple[str, str]) -> list[str]:
        section, name = key
        return list(self.data[section].get(name, ()))

    def word(self, section: str, name: str) -> str:
        return str(self.data[section][name])

    def fill(
        self, phrase: str, topic: Topic | None = None, other: Topic | None = None, kind: str = ""
    ) -> str:
        """`phrase` with its slots filled; KeyError when it needs a topic that is not given."""
        if "{" not in phrase:
            return phrase
        slots: dict[str, str] = {}
        for which, prefix in ((topic, ""), (other, "other")):
            if which is not None:
                text = which.texts[self.lang]
                slots[prefix or "name"] = text.name
                slots[(prefix or "name").capitalize()] = text.name[0].upper() + text.name[1:]
                slots[prefix + "dat"] = text.dative
        if topic is not None:
            text = topic.texts[self.lang]
            slots |= {slot: pair[text.plural] for slot, pair in self.pairs.items()}
            if kind:
                slots |= {"question": text.questions[kind], "clause": text.clauses[kind]}
        return phrase.format_map(slots)

    def listed(self, names: Sequence[str], word: str = "and") -> str:
        """tea, bees and soap"""
        return ", ".join(names[:-1]) + f" {self.word('and_or', word)} " + names[-1]


def fitting(phrases: Sequence[str], topic: Topic | None) -> list[str]:
    """Those phrases that can be said: without a topic, only those without slots."""
    return [phrase for phrase in phrases if topic is not None or "{" not in phrase]


@cache
def load_phrases() -> dict[str, Phrases]:
    """The phrases of every language."""
    return {
        lang: Phrases(lang, tomllib.loads((FOLDER / f"{lang}.toml").read_text(encoding="utf-8")))
        for lang in LANGUAGES
    }
