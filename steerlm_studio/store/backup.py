"""Copies of the conversations: one a day, and one before each change of the file's format."""

import os
import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from steerlm_studio.store.database import Database
from steerlm_studio.store.trouble import StoreTrouble, trouble

KEPT_DAYS = 10
_DAY = re.compile(r"day-\d{4}-\d\d-\d\d\.db")


def folder_of(path: Path) -> Path:
    return path.parent / "backups"


def back_up(path: Path, target: Path) -> Path:
    """Copy the database at `path`, whole, while others may write to it. Raises StoreTrouble.

    Under a temporary name until it is complete and on the disk; in one file, so that a copy of
    the copy is enough.
    """
    temporary = target.with_suffix(".tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(temporary)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        _sync(temporary)
        temporary.replace(target)
    except sqlite3.Error as error:
        temporary.unlink(missing_ok=True)
        raise trouble(error, path) from error
    except OSError as error:
        raise StoreTrouble(
            f"No backup of the conversations could be made at {target}: {error.strerror}. "
            "Free some space there, or make the folder writable."
        ) from error
    return target


def back_up_version(path: Path, version: int) -> Path:
    """Before the format changes from `version` to the next."""
    return back_up(path, folder_of(path) / f"before-format-{version + 1}.db")


def today(path: Path) -> Path:
    return folder_of(path) / f"day-{date.today().isoformat()}.db"


def back_up_today(path: Path) -> Path | None:
    """Today's backup, unless there is one already; the oldest beyond ten days go."""
    if today(path).exists() or not path.exists():
        return None
    made = back_up(path, today(path))
    others = [day for day in days(path) if day != made]  # the clock may have gone back
    for old in others[KEPT_DAYS - 1 :]:
        old.unlink(missing_ok=True)
    return made


def days(path: Path) -> list[Path]:
    """The daily backups, the newest first; files of other names are the user's."""
    there = folder_of(path).glob("day-*.db")
    return sorted((day for day in there if _DAY.fullmatch(day.name)), reverse=True)


def before_changes(path: Path) -> list[Path]:
    """The backups from before the format changed, that of the last change first."""
    return sorted(folder_of(path).glob("before-format-*.db"), reverse=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def copy_open(database: Database, target: Path) -> None:
    """What is in `database` now, one in memory too, as a file that a child can read."""
    with database.told(), closing(sqlite3.connect(target)) as copy:
        database.connection.backup(copy)
