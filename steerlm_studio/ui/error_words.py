"""Errors of the engine and the store in the user's language; these know no Qt and say English."""

import json
import re
from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QCoreApplication

from steerlm_studio import resources

_LONGEST = 2000  # characters; none of ours is longer
_VALUE = re.compile(r"%(\d)")


def in_words(sentence: str) -> str:
    """`sentence` as the user reads it; what is not one of theirs stays as it is."""
    if len(sentence) > _LONGEST:
        return sentence
    for pattern, known in _known():
        if found := pattern.fullmatch(sentence):
            return _filled(QCoreApplication.translate("Error", known), found.groups())
    return sentence


def _filled(words: str, values: Sequence[str]) -> str:
    """All at once: a value may itself look like a place for one."""
    return _VALUE.sub(lambda place: in_words(values[int(place[1]) - 1]), words)


@cache
def _known() -> list[tuple[re.Pattern[str], str]]:
    """What they can say, that with the most words of its own first."""
    file = resources.path("translations") / "errors.json"
    sentences = json.loads(file.read_text(encoding="utf-8"))
    sentences.sort(key=lambda sentence: -len(_VALUE.sub("", sentence)))
    return [(_pattern(sentence), sentence) for sentence in sentences]


def _pattern(sentence: str) -> re.Pattern[str]:
    words = _VALUE.split(sentence)[::2]
    return re.compile("(.+?)".join(map(re.escape, words)), re.DOTALL)
