"""Reading what can still be read of a damaged file into a new one."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from steerlm_studio.store import backup
from steerlm_studio.store.database import Database
from steerlm_studio.store.records import Setup
from steerlm_studio.store.schema import MIGRATIONS, TABLES, migrate
from steerlm_studio.store.trouble import StoreTrouble
from steerlm_studio.store.words import counted
from steerlm_studio.store.writing import control_id, setup_id

_GAP = 100_000  # the most ids looked up one by one behind a damaged place


def is_sound(database: Database) -> bool:
    """SQLite's quick check; some seconds for a file of some hundred MB."""
    try:
        return database.one("PRAGMA quick_check(1)") == ("ok",)
    except StoreTrouble:
        return False


def repair(path: Path) -> str:
    """Put a sound file in the place of a damaged one, which is kept; returns what to tell."""
    damaged = path.with_name(f"{path.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(damaged.with_name(damaged.name + ending))
    kept = f"The damaged file is kept as {damaged}."
    try:
        conversations, replies, lost = _salvage(damaged, path)
    except (sqlite3.Error, StoreTrouble):
        return f"{_from_backup(path)} {kept}"
    return (
        f"The file of your conversations was damaged, by a crash of the machine or a bad disk. "
        f"{counted(conversations, 'conversation')} with {counted(replies, 'reply')} could be read "
        f"back, {counted(lost, 'record') if lost else 'no records'} could not. {kept}"
    )


def _from_backup(path: Path) -> str:
    for file in backup.days(path):
        path.unlink(missing_ok=True)
        shutil.copyfile(file, path)
        try:
            with closing(Database(path)) as database:
                if is_sound(database):
                    day = file.stem.removeprefix("day-")
                    return f"The conversations could not be read; those of {day} are back."
        except StoreTrouble:
            continue
    path.unlink(missing_ok=True)
    return "The conversations could not be read, and there is no backup: the list is empty."


def _salvage(damaged: Path, path: Path) -> tuple[int, int, int]:
    """Copy row by row; returns how many conversations and replies came over, and rows lost."""
    with closing(sqlite3.connect(damaged)) as source, closing(Database(path)) as target:
        version = source.execute("PRAGMA user_version").fetchone()[0] or len(MIGRATIONS)
        migrate(target, lambda version: None, MIGRATIONS[:version])
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
            target.do(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row)
        except StoreTrouble as error:
            if "disk is full" in str(error):
                raise
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
