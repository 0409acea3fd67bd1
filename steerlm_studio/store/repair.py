"""Reading what can still be read of a damaged file into a new one."""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from steerlm_studio.errors import piece
from steerlm_studio.store import backup
from steerlm_studio.store.database import Database
from steerlm_studio.store.records import Setup
from steerlm_studio.store.schema import MIGRATIONS, TABLES, WORD_INDEXES, migrate
from steerlm_studio.store.trouble import StoreTrouble
from steerlm_studio.store.words import text_of
from steerlm_studio.store.writing import control_id, setup_id

_LOGS = ("-wal", "-shm")
_MOST_BYTES = 1 << 40  # a file that says it is longer says nothing
_GAP = 100_000  # the most ids looked up one by one behind a damaged place


def is_sound(database: Database) -> bool:
    """SQLite's quick check, and whether the indexes of words can be written to.

    Some seconds for a file of some hundred MB.
    """
    try:
        for index in WORD_INDEXES:
            database.do(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")
        return database.one("PRAGMA quick_check(1)") == ("ok",)
    except StoreTrouble as error:
        if error.locked:
            raise
        return False


def repair(path: Path) -> tuple[str, ...]:
    """Put a sound file in the place of a damaged one, which is kept; returns what to tell.

    Raises StoreTrouble, with the damaged file still in its place, when there is no room for
    another; so it is too after a kill at any moment.
    """
    fresh = path.with_name(f"{path.stem}-repaired.tmp")
    try:
        _remove(fresh)
        notes = _made_anew(path, fresh)
        _sync(fresh)
        damaged = _put(fresh, path)
    except (OSError, StoreTrouble) as error:
        _remove(fresh)
        raise StoreTrouble(
            f"The file {path} is damaged, and there is no way to repair it there: {_reason(error)} "
            "Free some space and make the folder writable, then try again."
        ) from error
    return (*notes, piece(f"The damaged file is kept as {damaged}."))


def _made_anew(path: Path, fresh: Path) -> tuple[str, ...]:
    try:
        conversations, replies, lost = _salvage(path, fresh)
    except sqlite3.Error:
        conversations = replies = lost = 0
    if not conversations and not replies:
        return (_from_backup(path, fresh),)
    told = piece(
        "The file of your conversations was damaged, by a crash of the machine or a bad disk, and "
        f"is repaired. Conversations: {conversations}, replies: {replies}; records that could not "
        f"be read: {lost}."
    )
    older = piece(f"Backups of earlier days lie in {backup.folder_of(path)}.")
    return (told, older) if lost and backup.days(path) else (told,)


def _from_backup(path: Path, fresh: Path) -> str:
    for file in (*backup.days(path), *backup.before_changes(path)):
        _remove(fresh)
        shutil.copyfile(file, fresh)
        try:
            with closing(Database(fresh)) as database:
                migrate(database, lambda version: None)
                if is_sound(database):
                    return piece(
                        f"The conversations could not be read; those of {_day(file)} are back."
                    )
        except StoreTrouble as error:
            if not error.damaged:
                raise
    _remove(fresh)
    with closing(Database(fresh)) as database:
        migrate(database, lambda version: None)
    return piece("The conversations could not be read, and there is no backup: the list is empty.")


def _day(file: Path) -> str:
    named = file.stem.removeprefix("day-")
    return named if named != file.stem else date.fromtimestamp(file.stat().st_mtime).isoformat()


def _put(fresh: Path, path: Path) -> Path:
    """Let `fresh` take the place of `path`; returns where that is kept."""
    damaged = path.with_name(f"{path.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    try:
        os.link(path, damaged)  # so that `path` is never missing
    except OSError:  # a drive without links
        path.replace(damaged)
    for ending in _LOGS:
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(damaged.with_name(damaged.name + ending))
    fresh.replace(path)
    return damaged


def _remove(path: Path) -> None:
    for ending in (*_LOGS, ""):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    return f"{error.strerror}." if isinstance(error, OSError) else str(error)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _lengthen(path: Path) -> None:
    """Give a file that was cut the length that it says it has: SQLite reads none that is shorter.

    The pages that are missing count as damaged.
    """
    with path.open("rb") as file:
        head = file.read(32)
    size, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    whole = (65536 if size == 1 else size) * pages
    if head.startswith(b"SQLite format 3\0") and path.stat().st_size < whole < _MOST_BYTES:
        os.truncate(path, whole)


def _salvage(damaged: Path, path: Path) -> tuple[int, int, int]:
    """Copy row by row; returns how many conversations and replies came over, and rows lost."""
    _lengthen(damaged)
    with closing(sqlite3.connect(damaged)) as source, closing(Database(path)) as target:
        source.text_factory = target.connection.text_factory
        source.execute("PRAGMA writable_schema = ON")  # a broken table hides no other
        version = source.execute("PRAGMA user_version").fetchone()[0]
        known = version if 0 < version <= len(MIGRATIONS) else len(MIGRATIONS)
        migrate(target, lambda version: None, MIGRATIONS[:known])
        target.do("PRAGMA foreign_keys = OFF")
        lost = 0
        with target.write():
            there = {name for (name,) in target.rows("SELECT name FROM sqlite_schema")}
            for table in (one for one in TABLES if one in there):
                lost += _copy(source, target, table)
            lost += _reconnect(target)
        conversations = target.number("SELECT count(*) FROM conversation")
        return conversations, target.number("SELECT count(*) FROM body"), lost


def _copy(source: sqlite3.Connection, target: Database, table: str) -> int:
    columns = [row[1] for row in target.rows(f"PRAGMA table_info({table})")]
    names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
    lost = 0
    for row in _readable(source, table, names, "id" if columns[0] == "id" else columns[0]):
        if row is None:
            lost += 1
            continue
        try:
            texts = tuple(text_of(cell) if isinstance(cell, bytes) else cell for cell in row)
            target.do(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", texts)
        except StoreTrouble as error:
            if not isinstance(error.__cause__, sqlite3.IntegrityError):
                raise  # it is not the row's fault
            lost += 1
    return lost


def _readable(
    source: sqlite3.Connection, table: str, names: str, key: str
) -> Iterator[tuple[Any, ...] | None]:
    """The rows of `table` from both ends up to the damage, then one by one; None = a lost one."""
    first, last = None, None
    for order in ("", " DESC"):
        try:
            for row in source.execute(f"SELECT {names} FROM {table} ORDER BY {key}{order}"):
                yield row
                if order:
                    last = row[0]
                else:
                    first = row[0]
            if not order:
                return
        except sqlite3.Error:
            continue
    if not isinstance(last, int | None) or not isinstance(first, int | None):
        return
    begin = (first or 0) + 1
    end = last if last is not None else _highest(source, table, begin)
    for number in range(begin, min(end, begin + _GAP)):
        try:
            found = source.execute(f"SELECT {names} FROM {table} WHERE {key} = ?", (number,))
            yield from found.fetchall()
        except sqlite3.Error:
            yield None


def _highest(source: sqlite3.Connection, table: str, begin: int) -> int:
    wanted = "turn" if table == "body" else table
    try:
        row = source.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (wanted,)).fetchone()
    except sqlite3.Error:
        return begin
    return int(row[0]) + 1 if row else begin


def _reconnect(target: Database) -> int:
    """Hang up what lost its place, so that every text that was read can be seen."""
    now = time.time()
    orphans = target.rows("SELECT turn FROM body WHERE turn NOT IN (SELECT id FROM turn)")
    if orphans:
        home = target.do(
            "INSERT INTO conversation (title, system, created, changed) VALUES (?, '', ?, ?)",
            ("Recovered", now, now),
        )
        control, setup = control_id(target, ""), setup_id(target, Setup())
        for (turn,) in orphans:
            target.do(
                "INSERT INTO turn (id, conversation, control, setup, finish, created)"
                " VALUES (?, ?, ?, ?, 'damaged', ?)",
                (turn, home, control, setup, now),
            )
    _find_homes(target, "turn", now)
    for sql in (
        "UPDATE turn SET parent = NULL WHERE parent NOT IN (SELECT id FROM turn)",
        "UPDATE turn SET binned = 0 WHERE binned > 0 AND binned NOT IN (SELECT id FROM bin)",
        "UPDATE conversation SET binned = 0"
        " WHERE binned > 0 AND binned NOT IN (SELECT id FROM bin)",
        "UPDATE conversation SET folder = NULL WHERE folder NOT IN (SELECT id FROM folder)",
        "UPDATE conversation SET shown = (SELECT max(id) FROM turn WHERE parent IS NULL"
        " AND turn.conversation = conversation.id AND binned = 0)"
        " WHERE shown IS NULL OR shown NOT IN (SELECT id FROM turn)",
        "UPDATE turn SET shown = (SELECT max(id) FROM turn below WHERE below.parent = turn.id"
        " AND below.binned = 0) WHERE shown IS NOT NULL AND shown NOT IN (SELECT id FROM turn)",
    ):
        target.do(sql)
    _reconnect_sweeps(target, now)
    return target.number("SELECT count(*) FROM turn WHERE id NOT IN (SELECT turn FROM body)")


def _find_homes(target: Database, table: str, now: float) -> None:
    """Conversations for the rows of `table` that have lost theirs."""
    target.do(
        "INSERT INTO conversation (id, title, system, created, changed)"
        f" SELECT DISTINCT conversation, 'Recovered', '', ?, ? FROM {table}"
        " WHERE conversation NOT IN (SELECT id FROM conversation)",
        (now, now),
    )


def _reconnect_sweeps(target: Database, now: float) -> None:
    if not target.one("SELECT 1 FROM sqlite_schema WHERE name = 'sweep'"):
        return  # a file from before there were any
    _find_homes(target, "sweep", now)
    target.do("UPDATE sweep SET parent = NULL WHERE parent NOT IN (SELECT id FROM turn)")
    target.do("DELETE FROM sweep_cell WHERE sweep NOT IN (SELECT id FROM sweep)")
