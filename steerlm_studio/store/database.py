"""One open database file: transactions that are whole or not there, and errors as sentences."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from steerlm_studio.store.trouble import trouble
from steerlm_studio.store.words import spaced

BUSY_SECONDS = 5.0
Values = Sequence[object]
_READ = "SELECT count(*) FROM sqlite_schema"
_readable = partial(str, encoding="utf-8", errors="replace")  # damaged text hides no other
_NO_SHARED_MEMORY = (
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMLOCK,
    sqlite3.SQLITE_IOERR_SHMMAP,
)


class Database:
    """SQLite at `path`; None keeps everything in memory. Raises StoreTrouble everywhere.

    `shared` False is for network drives, where write-ahead logging is not safe. It becomes so by
    itself on a drive that has no shared memory, which that logging needs.
    """

    def __init__(
        self, path: Path | None, *, shared: bool = True, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self.path = path
        self.shared = shared
        self.saw_damage = False  # something in it could not be read
        self._depth = 0
        self._busy_seconds = busy_seconds
        self._connect()
        try:
            self._set_up()
        except BaseException:
            self.connection.close()
            raise

    def _connect(self) -> None:
        with self.told():
            self.connection = sqlite3.connect(
                self.path or ":memory:", timeout=self._busy_seconds, isolation_level=None
            )

    def _set_up(self) -> None:
        with self.told():
            self._choose_journal()
        self.connection.text_factory = _readable
        self.connection.create_function("spaced", 1, spaced, deterministic=True)
        self.do("PRAGMA synchronous = FULL")
        self.do("PRAGMA foreign_keys = ON")
        self.do("PRAGMA cache_size = -16000")  # KiB

    def _choose_journal(self) -> None:
        """Write-ahead logging where that works; a file that has a log already is freed from it."""
        wanted = "WAL" if self.shared else "DELETE"
        try:
            self.connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
            self.connection.execute(_READ).fetchone()  # the first to need shared memory
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _NO_SHARED_MEMORY:
                raise
            self.connection.close()
            self._connect()
            self._free_from_log()

    def _free_from_log(self) -> None:
        """One who is alone reads the log without shared memory; afterwards others are let in."""
        self.shared = False
        for sql in (
            "PRAGMA locking_mode = EXCLUSIVE",
            "PRAGMA journal_mode = DELETE",
            "PRAGMA locking_mode = NORMAL",
            _READ,
        ):
            self.connection.execute(sql).fetchone()

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Errors of SQLite leave this block as sentences."""
        try:
            yield
        except sqlite3.Error as error:
            told = trouble(error, self.path)
            self.saw_damage |= told.damaged
            raise told from error

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[None]:
        """One transaction; inside another one, a part of it.

        `durable` waits until the disk has it, so that not even a power cut loses it; without,
        only the end of this program is survived.
        """
        if self._depth == 0:
            self.do(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self.do("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self.do("COMMIT")
        except BaseException:
            if self._depth == 1 and self.connection.in_transaction:
                self.connection.rollback()
            raise
        finally:
            self._depth -= 1

    def do(self, sql: str, values: Values = ()) -> int:
        """Run one statement; returns the id of the row it inserted."""
        with self.told():
            return self.connection.execute(sql, values).lastrowid or 0

    def rows(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        with self.told():
            return self.connection.execute(sql, values).fetchall()

    def each(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """The rows one at a time, for readers who stop early."""
        with self.told():
            yield from self.connection.execute(sql, values)

    def one(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        with self.told():
            row: tuple[Any, ...] | None = self.connection.execute(sql, values).fetchone()
            return row

    def number(self, sql: str, values: Values = ()) -> int:
        """The one number that a query gives; 0 for none."""
        row = self.one(sql, values)
        return int(row[0] or 0) if row else 0

    def id_of(self, table: str, column: str, value: str) -> tuple[int, bool]:
        """The id of the row of `table` that holds `value`, and whether it had to be made."""
        row = self.one(f"SELECT id FROM {table} WHERE {column} = ?", (value,))
        if row:
            return int(row[0]), False
        return self.do(f"INSERT INTO {table} ({column}) VALUES (?)", (value,)), True
