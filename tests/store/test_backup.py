"""Copies of the conversations: one a day, the last ten of them."""

import shutil
from pathlib import Path

import pytest

from steerlm_studio.store import backup
from steerlm_studio.store.store import default_path
from tests.store.made import filled


@pytest.fixture
def path() -> Path:
    return default_path()


def days_before(path: Path, *days: str) -> None:
    """Backups of these days."""
    filled(path)
    folder = backup.folder_of(path)
    folder.mkdir()
    for day in days:
        shutil.copy(path, folder / f"day-{day}.db")


def test_ten_daily_backups_are_kept(path):
    filled(path)
    folder = backup.folder_of(path)
    folder.mkdir()
    for day in range(1, 13):
        shutil.copy(path, folder / f"day-2020-01-{day:02}.db")
    assert backup.back_up_today(path) == backup.today(path)
    assert backup.back_up_today(path) is None
    names = [file.name for file in backup.days(path)]
    assert len(names) == 10
    assert names[-1] == "day-2020-01-04.db"


def test_a_clock_that_went_back_costs_no_backup_of_today(path):
    """Before, it was the oldest of eleven, and gone as soon as it was made."""
    days_before(path, *(f"2999-01-{day:02}" for day in range(1, 11)))
    made = backup.back_up_today(path)
    assert made is not None
    assert made.is_file()
    assert len(backup.days(path)) == 10
    assert backup.back_up_today(path) is None


def test_files_of_other_names_are_the_users(path):
    days_before(path, *(f"2020-01-{day:02}" for day in range(1, 12)), "before-my-holidays")
    backup.back_up_today(path)
    names = {file.name for file in backup.folder_of(path).iterdir()}
    assert "day-before-my-holidays.db" in names
    assert len(names) == 11
