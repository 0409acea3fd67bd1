"""Where conversations stand: the list, folders, tags, pins, and the bin with its undo."""

import time
from dataclasses import dataclass

from steerlm_studio.errors import StudioError
from steerlm_studio.store.database import Database
from steerlm_studio.store.records import Entry
from steerlm_studio.store.rows import ENTRY, entry_of, time_of
from steerlm_studio.store.trouble import no_such
from steerlm_studio.store.words import mended, text_of

_BELOW = """WITH RECURSIVE below (id) AS (
    SELECT ? UNION ALL SELECT turn.id FROM turn JOIN below ON turn.parent = below.id)
    UPDATE turn SET binned = ? WHERE binned = 0 AND id IN below"""


@dataclass(frozen=True)
class Binned:
    """One deletion: a whole conversation, or a version with what follows it (`turn`)."""

    id: int
    conversation: int
    turn: int | None
    title: str
    at: float


class Shelf:
    """The order of things; nothing here changes a text."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def entries(
        self, *, folder: str | None = None, tag: str | None = None, limit: int = -1, offset: int = 0
    ) -> list[Entry]:
        """Pinned ones first, then the last changed; -1 = all."""
        where, values = "WHERE c.binned = 0 ", []
        if folder is not None:
            where, values = where + "AND f.name IS ? ", [folder or None]
        if tag is not None:
            where += "AND c.id IN (SELECT conversation FROM tag WHERE name = ?) "
            values.append(tag)
        order = "ORDER BY c.pinned DESC, c.changed DESC, c.id DESC LIMIT ? OFFSET ?"
        return [entry_of(row) for row in self.database.rows(
            ENTRY + where + order, (*values, limit, offset))]  # fmt: skip

    def entry(self, conversation: int) -> Entry | None:
        """The line of one conversation; None when there is none, or it lies in the bin."""
        row = self.database.one(ENTRY + "WHERE c.id = ? AND c.binned = 0", (conversation,))
        return entry_of(row) if row else None

    def turn_counts(self) -> dict[int, int]:
        """How many turns, versions counted, each conversation has."""
        return dict(self.database.rows(
            "SELECT conversation, count(*) FROM turn WHERE binned = 0 GROUP BY conversation"
        ))  # fmt: skip

    def rename(self, conversation: int, title: str) -> None:
        self._set(conversation, "title", " ".join(mended(title).split()))

    def pin(self, conversation: int, pinned: bool = True) -> None:
        self._set(conversation, "pinned", int(pinned))

    # --- folders and tags ---------------------------------------------------------------------

    def folders(self) -> list[str]:
        return self._names("SELECT name FROM folder ORDER BY name")

    def move(self, conversation: int, folder: str) -> None:
        """Into `folder`, made when there is none; "" takes it out of any."""
        with self.database.write():
            place = self.database.id_of("folder", "name", mended(folder))[0] if folder else None
            self._set(conversation, "folder", place)

    def rename_folder(self, folder: str, name: str) -> None:
        with self.database.write():
            if name in self.folders():
                raise StudioError(f"There is a folder “{name}” already. Choose another name.")
            self.database.do("UPDATE folder SET name = ? WHERE name = ?", (mended(name), folder))

    def remove_folder(self, folder: str) -> None:
        """Its conversations stay, in no folder."""
        with self.database.write():
            self.database.do("DELETE FROM folder WHERE name = ?", (folder,))

    def tags(self) -> list[str]:
        return self._names("SELECT DISTINCT name FROM tag ORDER BY name")

    def tags_of(self, conversation: int) -> list[str]:
        sql = "SELECT name FROM tag WHERE conversation = ? ORDER BY name"
        return self._names(sql, conversation)

    def tag(self, conversation: int, name: str) -> None:
        with self.database.write():
            self._exists(conversation)
            self.database.do(
                "INSERT OR IGNORE INTO tag VALUES (?, ?)", (conversation, mended(name))
            )

    def untag(self, conversation: int, name: str) -> None:
        with self.database.write():
            self.database.do(
                "DELETE FROM tag WHERE conversation = ? AND name = ?", (conversation, name)
            )

    # --- the bin ------------------------------------------------------------------------------

    def bin(self) -> list[Binned]:
        """What was deleted, the last first."""
        rows = self.database.rows(
            "SELECT b.id, b.conversation, b.turn, c.title, b.at FROM bin b"
            " JOIN conversation c ON c.id = b.conversation ORDER BY b.id DESC"
        )
        return [
            Binned(number, conversation, turn, text_of(title), time_of(at))
            for number, conversation, turn, title, at in rows
        ]

    def delete(self, conversation: int) -> int:
        """Into the bin; returns the number to `restore` it by."""
        with self.database.write():
            self._exists(conversation)
            entry = self._entry(conversation, None, was_shown=False)
            self.database.do(
                "UPDATE conversation SET binned = ? WHERE id = ? AND binned = 0",
                (entry, conversation),
            )
        return entry

    def delete_version(self, turn: int) -> int:
        """One version and what follows it into the bin; a sibling is shown in its place."""
        with self.database.write():
            conversation, parent = self._place_of(turn)
            was_shown = self._shown(conversation, parent) == turn
            entry = self._entry(conversation, turn, was_shown=was_shown)
            self.database.do(_BELOW, (turn, entry))
            if was_shown:
                self._show(conversation, parent, self._neighbour(conversation, parent, turn))
        return entry

    def restore(self, entry: int) -> None:
        """Undo a deletion."""
        with self.database.write():
            row = self.database.one(
                "SELECT conversation, turn, was_shown FROM bin WHERE id = ?", (entry,)
            )
            if row is None:
                raise StudioError("This is not in the bin any more, so it cannot come back.")
            conversation, turn, was_shown = row
            self.database.do("UPDATE conversation SET binned = 0 WHERE binned = ?", (entry,))
            self.database.do("DELETE FROM bin WHERE id = ?", (entry,))
            if turn is not None:
                self._restore_version(conversation, turn, entry, was_shown=bool(was_shown))

    def undo(self) -> Binned | None:
        """Take back the last deletion; None when the bin is empty."""
        last = next(iter(self.bin()), None)
        if last is not None:
            self.restore(last.id)
        return last

    def empty_bin(self, before: float | None = None) -> int:
        """Delete for good what was binned before this time (None = all); returns how many."""
        with self.database.write():
            rows = self.database.rows(
                "SELECT id, conversation, turn FROM bin WHERE ? IS NULL OR at < ? ORDER BY id",
                (before, before),
            )
            for entry, conversation, turn in rows:
                table, key = ("conversation", conversation) if turn is None else ("turn", turn)
                self.database.do(f"DELETE FROM {table} WHERE id = ? AND binned = ?", (key, entry))
                self.database.do("DELETE FROM bin WHERE id = ?", (entry,))
        return len(rows)

    # --- parts --------------------------------------------------------------------------------

    def _names(self, sql: str, *values: int) -> list[str]:
        return [text_of(name) for (name,) in self.database.rows(sql, values)]

    def _entry(self, conversation: int, turn: int | None, *, was_shown: bool) -> int:
        return self.database.do(
            "INSERT INTO bin (conversation, turn, was_shown, at) VALUES (?, ?, ?, ?)",
            (conversation, turn, int(was_shown), time.time()),
        )

    def _restore_version(
        self, conversation: int, turn: int, entry: int, *, was_shown: bool
    ) -> None:
        """Out of the bin, or into that deletion which has taken its parent since."""
        (parent,) = self.database.rows("SELECT parent FROM turn WHERE id = ?", (turn,))[0]
        sql = "SELECT binned FROM turn WHERE id = ?"
        hidden = self.database.number(sql, (parent,))
        self.database.do("UPDATE turn SET binned = ? WHERE binned = ?", (hidden, entry))
        if was_shown or self._shown(conversation, parent) is None:
            self._show(conversation, parent, turn)

    def _place_of(self, turn: int) -> tuple[int, int | None]:
        row = self.database.one(
            "SELECT conversation, parent FROM turn WHERE id = ? AND binned = 0", (turn,)
        )
        if row is None:
            raise no_such("turn", turn)
        return row[0], row[1]

    def _shown(self, conversation: int, parent: int | None) -> int | None:
        table, key = ("conversation", conversation) if parent is None else ("turn", parent)
        row = self.database.one(f"SELECT shown FROM {table} WHERE id = ?", (key,))
        return row[0] if row else None

    def _show(self, conversation: int, parent: int | None, turn: int | None) -> None:
        table, key = ("conversation", conversation) if parent is None else ("turn", parent)
        self.database.do(f"UPDATE {table} SET shown = ? WHERE id = ?", (turn, key))

    def _neighbour(self, conversation: int, parent: int | None, turn: int) -> int | None:
        """The sibling before `turn`, else the one after it."""
        row = self.database.one(
            "SELECT id FROM turn WHERE conversation = ? AND parent IS ? AND binned = 0"
            " ORDER BY id > ?, abs(id - ?) LIMIT 1",
            (conversation, parent, turn, turn),
        )
        return row[0] if row else None

    def _set(self, conversation: int, column: str, value: object) -> None:
        with self.database.write():
            self._exists(conversation)
            self.database.do(
                f"UPDATE conversation SET {column} = ? WHERE id = ?", (value, conversation)
            )

    def _exists(self, conversation: int) -> None:
        sql = "SELECT 1 FROM conversation WHERE id = ? AND binned = 0"
        if not self.database.one(sql, (conversation,)):
            raise no_such("conversation", conversation)
