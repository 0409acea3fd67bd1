"""The conversations on disk: a tree of turns each, one small transaction per event."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steerlm_studio import folders
from steerlm_studio.steer.schema import DEFAULT_SYSTEM
from steerlm_studio.store.database import Database
from steerlm_studio.store.reading import read_conversation
from steerlm_studio.store.records import INTERRUPTED, Asked, Counts, StoredConversation
from steerlm_studio.store.rows import any_json, asdict_of, to_json
from steerlm_studio.store.schema import MIGRATIONS, migrate
from steerlm_studio.store.search import Search
from steerlm_studio.store.shelf import Shelf
from steerlm_studio.store.sweeps import Sweeps
from steerlm_studio.store.trouble import no_such
from steerlm_studio.store.words import mended
from steerlm_studio.store.writing import add_turn, titled

FILE_NAME = "transcripts.db"


def default_path() -> Path:
    return folders.conversations() / FILE_NAME


class Store:
    """What must not be lost. Every method is one transaction and raises StudioError.

    When a method returns, the disk has what it was given; when it raises, nothing of it was
    kept, and it can be called again.
    """

    def __init__(self, database: Database) -> None:
        """Take over `database`, which must have this version's tables (see `health`)."""
        self.database = database
        self.shelf = Shelf(database)
        self.search = Search(database)
        self.sweeps = Sweeps(database)

    @classmethod
    def in_memory(cls) -> "Store":
        database = Database(None)
        migrate(database, lambda version: None, MIGRATIONS)
        return cls(database)

    def close(self) -> None:
        self.database.close()

    # --- the tree -----------------------------------------------------------------------------

    def create(self, system: str = DEFAULT_SYSTEM) -> int:
        """A new empty conversation; returns its id."""
        now = time.time()
        with self.database.write():
            return self.database.do(
                "INSERT INTO conversation (system, created, changed) VALUES (?, ?, ?)",
                (mended(system), now, now),
            )

    def add(self, record: StoredConversation) -> int:
        """Copy a whole conversation in, under new ids; returns its own."""
        with self.database.write():
            return self.sweeps.add_with(record)

    def duplicate(self, conversation: int) -> int:
        return self.add(self.conversation(conversation))

    def conversation(self, conversation: int) -> StoredConversation:
        """The whole tree. A turn that cannot be read is marked so and hides no other."""
        record = read_conversation(self.database, conversation)
        if record is None:
            raise no_such("conversation", conversation)
        return record

    def ask(self, conversation: int, parent: int | None, *asked: Asked) -> tuple[int, ...]:
        """Keep a question before it is answered; several are versions side by side.

        They follow the turn `parent` (None = they begin the conversation); the first of them is
        shown. Returns their ids. The draft is sent with it, so it is empty afterwards.
        """
        with self.database.write():
            self._touch(conversation)
            turns = tuple(add_turn(self.database, conversation, parent, each) for each in asked)
            self._show(conversation, parent, turns[0])
            self.database.do(
                "UPDATE conversation SET title = ? WHERE id = ? AND title = ''",
                (titled(asked[0].question), conversation),
            )
            self.database.do("UPDATE conversation SET draft = '' WHERE id = ?", (conversation,))
        return turns

    def append(self, pieces: Mapping[int, str]) -> None:
        """Keep what replies grew by: turn -> text. To be called at least every 250 ms."""
        with self.database.write(durable=False):
            for turn, text in pieces.items():
                self._conversation_of(turn)
                self.database.do(
                    "INSERT INTO piece (turn, text) VALUES (?, ?)", (turn, mended(text))
                )

    def finish(
        self,
        turn: int,
        finish: str,
        counts: Counts = Counts(),  # noqa: B008 - a frozen value
        *,
        seed: int | None = None,
        reply: str | None = None,
    ) -> None:
        """A reply ended: its pieces become the reply (or `reply` does). `seed` as it was used."""
        with self.database.write():
            self._touch(self._conversation_of(turn))
            close_reply(self.database, turn, finish, reply)
            self.database.do("UPDATE body SET counts = ? WHERE turn = ?",
                             (to_json(asdict_of(counts)), turn))  # fmt: skip
            if seed is not None:
                self.database.do("UPDATE turn SET seed = ? WHERE id = ?", (seed, turn))

    def show(self, turn: int) -> None:
        """Let the conversation go on through this version."""
        with self.database.write():
            conversation, parent = self._place_of(turn)
            self._show(conversation, parent, turn)

    def keep(self, turn: int, kept: bool = True) -> None:
        """“Keep this one”: it is shown, and none of its siblings is kept any more."""
        with self.database.write():
            conversation, parent = self._place_of(turn)
            if kept:
                self.database.do(
                    "UPDATE turn SET kept = 0 WHERE conversation = ? AND parent IS ?",
                    (conversation, parent),
                )
                self._show(conversation, parent, turn)
            self.database.do("UPDATE turn SET kept = ? WHERE id = ?", (int(kept), turn))

    # --- what is said about a reply -----------------------------------------------------------

    def vote(self, turn: int, vote: int) -> None:
        """-1, 0 (none) or 1."""
        self._mark(turn, "UPDATE turn SET vote = ? WHERE id = ?", (vote > 0) - (vote < 0))

    def note(self, turn: int, text: str) -> None:
        with self.database.write():
            self._mark(turn, "UPDATE body SET note = ? WHERE turn = ?", mended(text))
            self._mark(turn, "UPDATE turn SET noted = ? WHERE id = ?", int(bool(text)))

    def label(self, turn: int, control: str) -> None:
        """Correct what the reply really is, for training: a control string; "" takes it back."""
        self._mark(turn, "UPDATE body SET label = ? WHERE turn = ?", mended(control))

    # --- what the window remembers ------------------------------------------------------------

    def set_draft(self, conversation: int, text: str) -> None:
        """What is typed and not yet sent."""
        self._set(conversation, "draft", mended(text))

    def set_system(self, conversation: int, text: str) -> None:
        self._set(conversation, "system", mended(text))

    def set_view(self, conversation: int, view: Mapping[str, Any]) -> None:
        """How the window shows it: sliders, columns, scroll; any JSON object."""
        self._set(conversation, "view", to_json(view))

    def state(self, key: str, default: Any = None) -> Any:
        """What was remembered under `key`, e.g. the open conversation."""
        row = self.database.one("SELECT value FROM state WHERE key = ?", (key,))
        found = any_json(row[0]) if row else None
        return default if found is None else found

    def set_state(self, key: str, value: Any) -> None:
        """Remember any JSON value."""
        with self.database.write():
            self.database.do("INSERT OR REPLACE INTO state VALUES (?, ?)", (key, to_json(value)))

    def interrupted(self) -> tuple[int, ...]:
        """Mark the replies that were being written when the program ended; returns their turns."""
        with self.database.write():
            found = self.database.rows("SELECT id FROM turn WHERE finish IS NULL")
            for (turn,) in found:
                close_reply(self.database, turn, INTERRUPTED, None)
        return tuple(turn for (turn,) in found)

    # --- parts --------------------------------------------------------------------------------

    def _set(self, conversation: int, column: str, value: str) -> None:
        with self.database.write():
            self._exists(conversation)
            self.database.do(
                f"UPDATE conversation SET {column} = ? WHERE id = ?", (value, conversation)
            )

    def _mark(self, turn: int, sql: str, value: int | str) -> None:
        with self.database.write():
            self._conversation_of(turn)
            self.database.do(sql, (value, turn))

    def _show(self, conversation: int, parent: int | None, turn: int) -> None:
        if parent is None:
            sql, place = "UPDATE conversation SET shown = ? WHERE id = ?", conversation
        else:
            sql, place = "UPDATE turn SET shown = ? WHERE id = ?", parent
        self.database.do(sql, (turn, place))

    def _touch(self, conversation: int) -> None:
        self._exists(conversation)
        self.database.do(
            "UPDATE conversation SET changed = ? WHERE id = ?", (time.time(), conversation)
        )

    def _exists(self, conversation: int) -> None:
        if not self.database.one("SELECT 1 FROM conversation WHERE id = ?", (conversation,)):
            raise no_such("conversation", conversation)

    def _place_of(self, turn: int) -> tuple[int, int | None]:
        row = self.database.one("SELECT conversation, parent FROM turn WHERE id = ?", (turn,))
        if row is None:
            raise no_such("turn", turn)
        return row[0], row[1]

    def _conversation_of(self, turn: int) -> int:
        return self._place_of(turn)[0]


def close_reply(database: Database, turn: int, finish: str, reply: str | None) -> None:
    """The pieces of a reply become the reply itself, at its end."""
    if reply is None:
        pieces = database.rows("SELECT text FROM piece WHERE turn = ? ORDER BY id", (turn,))
        database.do(
            "UPDATE body SET reply = reply || ? WHERE turn = ?",
            ("".join(text for (text,) in pieces), turn),
        )
    else:
        database.do("UPDATE body SET reply = ? WHERE turn = ?", (mended(reply), turn))
    database.do("DELETE FROM piece WHERE turn = ?", (turn,))
    database.do(
        "UPDATE turn SET finish = ?, finished = ? WHERE id = ?", (finish, time.time(), turn)
    )
