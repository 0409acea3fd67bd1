"""A disk or file that is not as it should be: the window starts, says so, and there is a way on."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio.folders import HOME_VARIABLE
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow


def started(theme: Theme, qtbot: QtBot) -> MainWindow:
    window = MainWindow(theme, settings(), (), open_store(default_path(), busy_seconds=0.1))
    qtbot.addWidget(window)
    return window


def say(window: MainWindow, text: str) -> None:
    window.session.chat.end().add(Answer("Tea?", DEFAULT, Sampling(), text, "stop"))
    window.keeping.keep(window.session.chat)


def replies(window: MainWindow) -> list[str]:
    record = window.store.conversation(window.session.chat.id)
    return [turn.reply for turn in record.path()]


def newer() -> None:
    open_store(default_path()).close()
    with closing(sqlite3.connect(default_path())) as file:
        file.execute("PRAGMA user_version = 99")


def a_file_in_the_way() -> None:
    default_path().parent.parent.mkdir(parents=True, exist_ok=True)
    default_path().parent.write_text("no folder")


@pytest.mark.parametrize(
    ("make", "words"),
    [(newer, "newer version"), (a_file_in_the_way, "cannot be made")],
)
def test_what_cannot_be_used_is_named_and_the_window_works_without(
    theme: Theme, qtbot: QtBot, make, words: str
):
    make()
    window = started(theme, qtbot)
    sentence = window.page.keeping.message.text()
    assert words in sentence
    assert "nothing new will be kept" in sentence
    say(window, "A drink.")
    assert replies(window) == ["A drink."]


def test_a_second_window_on_one_file_says_so_and_keeps_too(theme: Theme, qtbot: QtBot):
    first, second = started(theme, qtbot), started(theme, qtbot)
    assert first.page.keeping.message.text() == ""
    assert "Another window" in second.page.keeping.message.text()
    say(first, "A drink.")
    say(second, "Leaves.")
    assert (replies(first), replies(second)) == (["A drink."], ["Leaves."])
    second.close()
    assert len(first.store.shelf.entries()) == 2


def test_a_file_that_another_program_holds_is_kept_to_when_it_is_free(theme: Theme, qtbot: QtBot):
    window = started(theme, qtbot)
    window.store.database.do("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(default_path(), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        say(window, "A drink.")
        assert "Another program holds" in window.page.keeping.message.text()
        assert window.session.chat.id is None
        other.execute("COMMIT")
    window.keeping.keep_all()
    assert window.page.keeping.isHidden()
    assert replies(window) == ["A drink."]


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of two megabytes, where one may be made."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a disk")
    monkeypatch.setenv(HOME_VARIABLE, str(place))
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Leave no byte free; returns the file that takes the place."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(os.urandom(4096))
        except OSError:
            return filler


def test_a_full_disk_keeps_what_there_was_and_takes_the_rest_when_there_is_room(
    small_disk: Path, theme: Theme, qtbot: QtBot
):
    window = started(theme, qtbot)
    say(window, "A drink.")
    filler = fill(small_disk)
    say(window, "Leaves. " * 20_000)
    assert "disk is full" in window.page.keeping.message.text()
    assert replies(window) == ["A drink."]
    filler.unlink()
    window.keeping.keep_all()
    assert replies(window) == ["A drink.", "Leaves. " * 20_000]
    assert window.page.keeping.isHidden()
    window.close()


def test_the_window_starts_on_a_full_disk(small_disk: Path, theme: Theme, qtbot: QtBot):
    window = started(theme, qtbot)
    say(window, "A drink.")
    number = window.session.chat.id
    window.close()
    filler = fill(small_disk)
    again = started(theme, qtbot)
    say(again, "Leaves. " * 20_000)
    assert "disk is full" in again.page.keeping.message.text()
    again.close()
    filler.unlink()
    third = started(theme, qtbot)
    third.conversing.open(number)
    assert third.session.chat.path()[0].text == "A drink."
    third.close()
