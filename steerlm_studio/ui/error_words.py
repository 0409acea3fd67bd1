"""Errors of what knows no Qt and says English, in the user's language."""

import json
import re
from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QCoreApplication

from steerlm_studio import resources

_LONGEST = 2000  # characters; none of ours is longer
_VALUE = re.compile(r"%(\d)")
_END = re.compile(r"(?<=[.?!]) ")


def in_words(sentence: str) -> str:
    """`sentence`, or several in a row, as the user reads it; what is not known stays as it is."""
    if len(sentence) > _LONGEST:
        return sentence
    if (said := _said(sentence)) is not None:
        return said
    for end in _END.finditer(sentence):
        first, rest = _said(sentence[: end.start()]), sentence[end.end() :]
        if first is not None:
            return f"{first} {in_words(rest)}"
    return sentence


def _said(sentence: str) -> str | None:
    for words, pattern, known in _known():
        if all(word in sentence for word in words) and (found := pattern.fullmatch(sentence)):
            return _filled(QCoreApplication.translate("Error", known), found.groups())
    return None


def _filled(words: str, values: Sequence[str]) -> str:
    """All at once: a value may itself look like a place for one."""
    return _VALUE.sub(lambda place: in_words(values[int(place[1]) - 1]), words)


@cache
def _known() -> list[tuple[list[str], re.Pattern[str], str]]:
    """What they can say, that with the most words of its own first; with these words."""
    file = resources.path("translations") / "errors.json"
    sentences = json.loads(file.read_text(encoding="utf-8"))
    sentences.sort(key=lambda sentence: -len(_VALUE.sub("", sentence)))
    split = [(_VALUE.split(sentence)[::2], sentence) for sentence in sentences]
    return [(words, _pattern(words), sentence) for words, sentence in split]


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """A value may be empty: some sentences end in one more, or in none."""
    return re.compile("(.*?)".join(map(re.escape, words)), re.DOTALL)
