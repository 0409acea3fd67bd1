"""What is typed into the search, read: words, phrases, and filters such as humor>=3."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from steerlm_studio.errors import StudioError
from steerlm_studio.store.words import mended, spaced

_ITEM = re.compile(r'(?P<no>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')
_FILTER = re.compile(r"(?P<key>[a-z_]+)(?P<how>>=|<=|!=|>|<|=|:)(?P<value>.+)", re.I | re.DOTALL)
_QUOTED_VALUE = re.compile(r'(?<!\S)(-?[a-z_]+[:=])"([^"]*)"', re.I)
_Value = TypeVar("_Value", int, str)
_TEXTS = {  # filter -> where the rows are whose text must contain the value
    "model": "t.setup IN (SELECT id FROM setup WHERE model LIKE ? ESCAPE '\\')",
    "quant": "t.setup IN (SELECT id FROM setup WHERE quant LIKE ? ESCAPE '\\')",
    "schema": "t.setup IN (SELECT id FROM setup WHERE schema LIKE ? ESCAPE '\\')",
    "title": "c.id IN (SELECT id FROM conversation WHERE title LIKE ? ESCAPE '\\')",
    "folder": "c.folder IN (SELECT id FROM folder WHERE name LIKE ? ESCAPE '\\')",
    "tag": "c.id IN (SELECT conversation FROM tag WHERE name LIKE ? ESCAPE '\\')",
}
_HAS = {
    "vote": "t.vote <> 0",
    "note": "t.noted = 1",
    "kept": "t.kept = 1",
    "versions": "t.nth > 0",
    "tag": "c.id IN (SELECT conversation FROM tag)",
    "folder": "c.folder IS NOT NULL",
}
_IS = {"pinned": "c.pinned = 1", "kept": "t.kept = 1", "interrupted": "t.finish = 'interrupted'"}
_VOTES = {"up": 1, "+1": 1, "1": 1, "down": -1, "-1": -1}
_SIGNS = {":": "=", "=": "=", "!=": "<>", ">": ">", "<": "<", ">=": ">=", "<=": "<="}


@dataclass
class Query:
    """What the word index must hold ("" = anything) and must not, and conditions on turns.

    Where one of the `needed` selections is empty, nothing can be found.
    """

    match: str = ""
    unwanted: str = ""
    words: list[str] = field(default_factory=list)  # as typed, for the excerpt
    where: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)
    needed: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)

    def add_rows(self, condition: str, *values: object, negated: bool = False) -> None:
        """A condition of the form “column IN (SELECT …)”."""
        self.add(condition, *values, negated=negated)
        if not negated:
            self.needed.append((condition[condition.index("SELECT") : -1], values))

    def add(self, condition: str, *values: object, negated: bool = False) -> None:
        self.where.append(f"NOT ({condition})" if negated else f"({condition})")
        self.values += values


def read_query(text: str) -> Query:
    """Read a search. Raises StudioError for a filter whose value makes no sense."""
    query, wanted, unwanted = Query(), [], []
    text = _QUOTED_VALUE.sub(lambda found: found[1] + found[2].replace(" ", "\0"), mended(text))
    for item in _ITEM.finditer(text):
        negated, word = bool(item["no"]), item["word"]
        if word and _read_filter(query, word.replace("\0", " "), negated):
            continue
        matched = _matched(item["phrase"], word)
        if not matched and not item[0].isascii():
            raise StudioError(f"“{item[0]}” has no letter and no digit; only these are searched.")
        if matched and negated:
            unwanted.append(matched)
        elif matched:
            wanted.append(matched)
            query.words.append(word.rstrip("*") if word else item["phrase"])
    query.match = " AND ".join(wanted)
    query.unwanted = " OR ".join(unwanted)
    return query


def _matched(phrase: str | None, word: str | None) -> str:
    """The index's expression for a phrase, or for all words that begin as `word` does."""
    typed = (phrase or "") if word is None else word
    letters = re.sub(r'["\0]', " ", spaced(typed)).strip("* ")
    if not re.search(r"[^\W_]", letters):
        return ""
    is_prefix = word is not None and (len(letters) > 1 or word.endswith("*"))
    return f'"{letters}"' + (" *" if is_prefix else "")


def _read_filter(query: Query, word: str, negated: bool) -> bool:
    """Whether `word` is a filter; then it is in `query`."""
    found = _FILTER.fullmatch(word)
    if found is None:
        return False
    key, how, value = found["key"].lower(), found["how"], found["value"]
    if key in (*_TEXTS, "has", "is", "vote", "finish", "seed"):
        negated ^= how == "!="
    if key in _TEXTS:
        query.add_rows(_TEXTS[key], _like(value), negated=negated)
    elif key in ("has", "is"):
        query.add(_one_of(key, _HAS if key == "has" else _IS, value), negated=negated)
    elif key == "vote":
        query.add("t.vote = ?", _one_of(key, _VOTES, value), negated=negated)
    elif key in ("finish", "seed"):
        query.add(f"t.{key} = ?", value, negated=negated)
    elif key in ("before", "after"):
        query.add(f"t.created {'<' if key == 'before' else '>='} ?", _day(value), negated=negated)
    else:
        return _read_attribute(query, key, how, value, negated)
    return True


def _read_attribute(query: Query, key: str, how: str, value: str, negated: bool) -> bool:
    """humor>=3, lang:de: what the reply was steered with. Other keys with “:” are words."""
    is_number = re.fullmatch(r"\d{1,9}", value) is not None
    if not is_number and key != "lang":
        if how == ":":
            return False
        raise StudioError(f"“{key}{how}{value}” needs a whole number, e.g. humor>=3.")
    query.add_rows(
        "t.control IN (SELECT control FROM control_value WHERE name = ? AND value "
        f"{_SIGNS[how]} ?)",
        key,
        int(value) if is_number else value,
        negated=negated,
    )
    return True


def _one_of(key: str, known: dict[str, _Value], value: str) -> _Value:
    if value.lower() not in known:
        there = ", ".join(f"{key}:{name}" for name in known)
        raise StudioError(f"“{key}:{value}” is not known. There is {there}.")
    return known[value.lower()]


def _like(value: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", value) + "%"


def _day(value: str) -> float:
    try:
        return datetime.fromisoformat(value).timestamp()
    except (ValueError, OverflowError):
        raise StudioError(f"“{value}” is no date; write it as 2026-01-31.") from None
