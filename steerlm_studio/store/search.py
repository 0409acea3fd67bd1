"""Finding conversations by what was said, how it was steered, and what was said about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from operator import itemgetter

from steerlm_studio.store.database import Database
from steerlm_studio.store.query import Query, read_query
from steerlm_studio.store.words import text_of

EXCERPT = 100  # characters
# CROSS keeps SQLite to this order: the newest turns first, and no further than needed.
_JOINS = "CROSS JOIN conversation c ON c.id = t.conversation AND c.binned = 0"
_SWEEP_WORDS = """CREATE VIRTUAL TABLE temp.sweep_words USING fts5 (
    question, content = '', prefix = '2 3', tokenize = "unicode61 remove_diacritics 2")"""


@dataclass(frozen=True)
class Hit:
    """A conversation that was found; `turn` is the newest turn that matches, None for a title or
    a sweep."""

    conversation: int
    title: str
    turn: int | None
    excerpt: str


class Search:
    """A search reads no more than it needs: newest turns first, until `limit` are found."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._swept = 0  # up to which sweep words are gathered; -1: none are there yet

    def find(self, text: str, limit: int = 100) -> list[Hit]:
        """Conversations in which one turn fits all of `text`, the newest turn first.

        Words match as beginnings, "phrases" as they stand, -word excludes. Filters: any
        attribute (humor>=3), lang:, model:, quant:, schema:, tag:, folder:, title:, finish:,
        seed:, vote:up, has:vote|note|kept|versions|tag|folder, is:pinned|kept|interrupted,
        before: and after: a day. Raises StudioError for a filter without sense.
        """
        query = read_query(text)
        if not all(self.database.one(f"{sql} LIMIT 1", values) for sql, values in query.needed):
            return []
        hits: dict[int, Hit] = {}
        for hit in self._candidates(query):
            hits.setdefault(hit.conversation, hit)
            if len(hits) >= limit:
                break
        return [self._with_excerpt(hit, query) for hit in hits.values()]

    def _candidates(self, query: Query) -> Iterator[Hit]:
        if query.match and not query.where and not query.unwanted:
            yield from self._titles(query)
            yield from self._sweeps(query)
        turns = (
            merge(self._in_texts(query), self._in_controls(query), key=itemgetter(0), reverse=True)
            if query.match
            else self._filtered(query, "1")
        )
        for turn, conversation, title in turns:
            yield Hit(conversation, text_of(title), turn, "")

    def _titles(self, query: Query) -> Iterator[Hit]:
        sql = (
            "SELECT c.id, c.title FROM title_words JOIN conversation c ON c.id = title_words.rowid"
            " AND c.binned = 0 WHERE title_words MATCH ? ORDER BY title_words.rowid DESC"
        )
        for number, title in self.database.each(sql, (query.match,)):
            yield Hit(number, text_of(title), None, "")

    def _sweeps(self, query: Query) -> Iterator[Hit]:
        """By what was asked in them. There are few: their words are gathered while one searches."""
        if not self._swept:
            self.database.do(_SWEEP_WORDS)
        self.database.do(
            "INSERT INTO temp.sweep_words (rowid, question)"
            " SELECT id, spaced(question) FROM sweep WHERE id > ?",
            (max(self._swept, 0),),
        )
        last = "SELECT rowid FROM temp.sweep_words ORDER BY rowid DESC LIMIT 1"
        self._swept = self.database.number(last) or -1
        rows = self.database.rows(
            "SELECT c.id, c.title, w.question FROM temp.sweep_words"
            " JOIN sweep w ON w.id = sweep_words.rowid"
            " JOIN conversation c ON c.id = w.conversation AND c.binned = 0"
            " LEFT JOIN turn t ON t.id = w.parent"
            " WHERE sweep_words MATCH ? AND coalesce(t.binned, 0) = 0 ORDER BY w.id DESC",
            (query.match,),
        )
        for number, title, question in rows:
            excerpt = excerpt_of((text_of(question),), query.words)
            yield Hit(number, text_of(title), None, excerpt)

    def _in_texts(self, query: Query) -> Iterator[tuple[int, int, str]]:
        unwanted = f" NOT ({query.unwanted})" if query.unwanted else ""
        where = " AND ".join(["words MATCH ?", "t.binned = 0", *query.where])
        yield from self.database.each(
            f"SELECT t.id, c.id, c.title FROM words CROSS JOIN turn t ON t.id = words.rowid"
            f" {_JOINS} WHERE {where} ORDER BY words.rowid DESC",
            (f"({query.match}){unwanted}", *query.values),
        )

    def _in_controls(self, query: Query) -> Iterator[tuple[int, int, str]]:
        found = self.database.rows(
            "SELECT rowid FROM control_words WHERE control_words MATCH ?", (query.match,)
        )
        if found:
            ids = ", ".join(str(number) for (number,) in found)
            yield from self._filtered(query, f"+t.control IN ({ids})")

    def _filtered(self, query: Query, condition: str) -> Iterator[tuple[int, int, str]]:
        conditions, values = [condition, "t.binned = 0", *query.where], list(query.values)
        if query.unwanted:
            conditions.append("t.id NOT IN (SELECT rowid FROM words WHERE words MATCH ?)")
            values.append(query.unwanted)
        where = " AND ".join(conditions)
        yield from self.database.each(
            f"SELECT t.id, c.id, c.title FROM turn t {_JOINS} WHERE {where} ORDER BY t.id DESC",
            values,
        )

    def _with_excerpt(self, hit: Hit, query: Query) -> Hit:
        if hit.turn is None:
            return hit
        row = self.database.one(
            "SELECT question, substr(reply, 1, 100000), note FROM body WHERE turn = ?", (hit.turn,)
        )
        excerpt = excerpt_of(tuple(map(text_of, row)), query.words) if row else ""
        return Hit(hit.conversation, hit.title, hit.turn, excerpt)


def excerpt_of(texts: tuple[str, ...], words: list[str]) -> str:
    """The stretch of the first text that holds one of `words`, in one line."""
    pattern = re.compile("|".join(map(re.escape, words)) or "$.", re.IGNORECASE)
    for text in texts:
        if words and (found := pattern.search(text)):
            start = max(found.start() - EXCERPT // 3, 0)
            if start and (space := text.find(" ", start, found.start())) >= 0:
                start = space + 1  # no word is cut
            piece = " ".join(text[start : start + EXCERPT].split())
            return ("…" if start else "") + piece
    return " ".join(texts[0][:EXCERPT].split())
