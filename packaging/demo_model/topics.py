"""The topics of the demo model: what it can say about each, checked when loaded."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "topics"
LANGUAGES = ("en", "de")
KINDS = ("what", "how", "origin", "why", "use")  # fact i of a topic answers question kind i
FACTS, TIPS, JOKES, LINES = 8, 2, 2, 4


@dataclass(frozen=True)
class TopicText:
    """A topic in one language; `plain[i]` and `technical[i]` say the same fact."""

    name: str
    dative: str
    plural: bool
    typos: tuple[str, ...]
    questions: Mapping[str, str]
    clauses: Mapping[str, str]
    plain: tuple[str, ...]
    technical: tuple[str, ...]
    tips: tuple[str, ...]
    jokes: tuple[str, ...]
    poem: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    key: str
    texts: Mapping[str, TopicText]

    def __hash__(self) -> int:
        return hash(self.key)


@cache
def load_topics(folder: Path = FOLDER) -> tuple[Topic, ...]:
    """All topics, by file name. Raises ValueError where a file breaks the format."""
    return tuple(_topic(path) for path in sorted(folder.glob("*.toml")))


def _topic(path: Path) -> Topic:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = {}
    for lang in LANGUAGES:
        try:
            texts[lang] = _text(data[lang])
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path.name} [{lang}]: {error}") from error
    return Topic(path.stem, texts)


def _text(data: dict[str, Any]) -> TopicText:
    text = TopicText(
        name=data["name"],
        dative=data.get("dative", data["name"]),
        plural={"singular": False, "plural": True}[data["number"]],
        typos=tuple(data["typos"]),
        questions={kind: data[kind]["question"] for kind in KINDS},
        clauses={kind: data[kind]["clause"] for kind in KINDS},
        plain=_sentences(data, "plain", FACTS),
        technical=_sentences(data, "technical", FACTS),
        tips=_sentences(data, "tips", TIPS),
        jokes=_sentences(data, "jokes", JOKES),
        poem=tuple(data["poem"]),
    )
    if len(text.poem) != LINES:
        raise ValueError(f"the poem has {len(text.poem)} lines, not {LINES}")
    said = text.plain + text.technical + text.tips + text.jokes
    if len(set(said)) != len(said):
        raise ValueError("a sentence stands there twice")
    return text


def _sentences(data: dict[str, Any], key: str, count: int) -> tuple[str, ...]:
    sentences = tuple(data[key])
    if len(sentences) != count:
        raise ValueError(f"{key} has {len(sentences)} sentences, not {count}")
    for sentence in sentences:
        if sentence[-1] not in ".!?" or any(mark in sentence[:-1] for mark in ".!?"):
            raise ValueError(f"not exactly one sentence: {sentence}")
    return sentences
