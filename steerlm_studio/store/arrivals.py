"""An import under way: invisible until it is complete, gone when it does not get there."""

import os
import time
from types import TracebackType

from steerlm_studio.store.database import Database
from steerlm_studio.store.records import StoredConversation
from steerlm_studio.store.sweeps import Sweeps

_BATCH = 1_000_000  # characters to a transaction, so that a window beside it never waits long
_BREATH = 0.005  # seconds between two, for that window


class Arrivals:
    """Conversations that are hidden under the negative number of this process until `show`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._mark = -os.getpid()
        self._waiting: list[StoredConversation] = []
        self._size = 0
        self._sweeps = Sweeps(database)
        self._shown = False

    def __enter__(self) -> "Arrivals":
        _discard(self.database, self._mark)  # an import that was killed had the same number
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._shown:
            _discard(self.database, self._mark)

    def add(self, record: StoredConversation) -> None:
        self._waiting.append(record)
        self._size += sum(len(turn.question) + len(turn.reply) + 500 for turn in record.turns)
        if self._size >= _BATCH:
            self._flush()
            time.sleep(_BREATH)

    def show(self) -> None:
        """All of them are there at once."""
        self._flush()
        with self.database.write():
            self.database.do("UPDATE conversation SET binned = 0 WHERE binned = ?", (self._mark,))
        self._shown = True

    def _flush(self) -> None:
        with self.database.write(durable=False):
            for record in self._waiting:
                number = self._sweeps.add_with(record)
                self.database.do(
                    "UPDATE conversation SET binned = ? WHERE id = ?", (self._mark, number)
                )
        self._waiting, self._size = [], 0


def discard_abandoned(database: Database) -> None:
    """Remove what imports left behind that were ended before they were complete."""
    for (mark,) in database.rows("SELECT DISTINCT binned FROM conversation WHERE binned < 0"):
        if -mark == os.getpid() or not _is_alive(-mark):
            _discard(database, mark)


def _discard(database: Database, mark: int) -> None:
    while database.one("SELECT 1 FROM conversation WHERE binned = ? LIMIT 1", (mark,)):
        with database.write(durable=False):
            database.do(
                "DELETE FROM conversation WHERE id IN"
                " (SELECT id FROM conversation WHERE binned = ? LIMIT 200)",
                (mark,),
            )


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
