"""What can go wrong with a database file, as sentences for the user."""

import os
import sqlite3
from pathlib import Path

from steerlm_studio.errors import StudioError, piece
from steerlm_studio.folders import HOME_VARIABLE

ELSEWHERE = piece(f"or keep them elsewhere by setting {HOME_VARIABLE} to another folder")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNWRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)


class StoreTrouble(StudioError):
    """The file cannot be used as asked; `damaged` and the others say which way on there is."""

    def __init__(
        self,
        message: str,
        *,
        damaged: bool = False,
        read_only: bool = False,
        locked: bool = False,
    ) -> None:
        super().__init__(message)
        self.damaged = damaged
        self.read_only = read_only
        self.locked = locked


def trouble(error: sqlite3.Error, path: Path | None) -> StoreTrouble:
    """The sentence for an error of SQLite on the database at `path` (None = in memory)."""
    where = str(path or "in memory")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    if code == sqlite3.SQLITE_FULL:
        return StoreTrouble(
            f"The disk is full, so this was not kept in {where}. What is on the screen is still "
            "there: free some space and try again, or copy the text."
        )
    if code in _UNWRITABLE or (code == sqlite3.SQLITE_CANTOPEN and _is_read_only(path)):
        return StoreTrouble(
            f"The conversations in {where} cannot be written to. Make the file and its folder "
            f"writable, {ELSEWHERE}.",
            read_only=True,
        )
    if code in _LOCKED:
        return held(path)
    if code == sqlite3.SQLITE_CANTOPEN:
        return StoreTrouble(
            f"The conversations in {where} cannot be opened. Look whether the folder exists and "
            f"is yours, {ELSEWHERE}.",
            read_only=True,
        )
    if code in _DAMAGED:
        return damaged(path, str(error))
    return StoreTrouble(
        f"The conversations in {where} cannot be read or written ({error}). Look whether the disk "
        f"is full or gone, {ELSEWHERE}."
    )


def held(path: Path | None) -> StoreTrouble:
    return StoreTrouble(
        f"Another program holds the conversations in {path or 'memory'}. Close it and try again.",
        locked=True,
    )


def damaged(path: Path | None, reason: str) -> StoreTrouble:
    return StoreTrouble(
        f"The file {path or 'in memory'} is damaged ({reason}). The program repairs it at its next "
        "start; backups lie in the folder “backups” beside it.",
        damaged=True,
    )


def _is_read_only(path: Path | None) -> bool:
    """A file that is there, in a folder where none can be made beside it."""
    return path is not None and path.is_file() and not os.access(path.parent, os.W_OK)


def without_locks(path: Path) -> StoreTrouble:
    return StoreTrouble(
        f"The drive with the conversations in {path} gives no locks, so nothing is written there: "
        "two programs at once could damage the file. Have the drive's lock service started, "
        f"{ELSEWHERE}.",
        read_only=True,
    )


def newer(path: Path | None, found: int, known: int) -> StoreTrouble:
    return StoreTrouble(
        f"The conversations in {path} were written by a newer version of this program (format "
        f"{found}; this one knows {known}). They were not touched: update the program, {ELSEWHERE}."
    )


def no_such(what: str, number: int) -> StudioError:
    return StudioError(
        f"There is no {what} {number}. It may have been deleted; “transcripts list” shows all."
    )
