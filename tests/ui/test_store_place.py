"""Where nothing can be kept, the window starts, shows what there is, and offers another place."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from steerlm_studio import folders
from steerlm_studio.folders import HOME_VARIABLE
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import FILE_NAME, default_path
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from tests.store.network_drive import built, said_on
from tests.ui.test_store_trouble import newer, replies, say, started

ON_A_DRIVE = "from tests.ui.test_store_place import start_and_say as f; f()"


def banner(window: MainWindow) -> str:
    found = window.page.keeping
    return found.message.text() if found.isVisibleTo(window) else ""


def offered(window: MainWindow) -> list[str]:
    buttons = window.page.keeping.findChildren(QPushButton)
    return [button.text() for button in buttons if not button.isHidden()]


def talks() -> list[list[str]]:
    """The replies of each conversation in the file, as a new start finds them."""
    opened = open_store(default_path())
    records = [opened.store.conversation(entry.id) for entry in opened.store.shelf.entries()]
    opened.close()
    return sorted([turn.reply for turn in record.path()] for record in records)


def first_said(theme: Theme, qtbot: QtBot) -> None:
    window = started(theme, qtbot)
    say(window, "A drink.")
    window.close()


@pytest.fixture
def drive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A drive of its own, which can be made read-only."""
    place = tmp_path / "drive"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this user may not mount a drive")
    monkeypatch.setenv(HOME_VARIABLE, str(place))
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def remount(place: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True)


def test_a_read_only_folder_is_shown_and_kept_to_when_it_is_writable(
    drive: Path, theme: Theme, qtbot: QtBot
):
    first_said(theme, qtbot)
    remount(drive, "ro")
    window = started(theme, qtbot)
    assert "cannot be written to" in banner(window)
    assert offered(window) == ["Try again", "Choose another folder…"]
    assert replies(window) == ["A drink."]
    window.conversing.start_new()
    say(window, "Leaves.")
    window.notes.again.trigger()
    assert "cannot be written to" in banner(window)
    assert not window.reopens
    remount(drive, "rw")
    window.notes.again.trigger()
    assert window.reopens
    assert talks() == [["A drink."], ["Leaves."]]
    window = started(theme, qtbot)
    assert (banner(window), replies(window)) == ("", ["Leaves."])
    window.close()


def test_a_read_only_folder_is_left_for_another(
    drive: Path, tmp_path: Path, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    first_said(theme, qtbot)
    remount(drive, "ro")
    window = started(theme, qtbot)
    say(window, "Hot.")
    window.notes.move_to(tmp_path / "other")
    assert HOME_VARIABLE in banner(window)  # the choice itself cannot be written down there
    assert not window.reopens
    window.close()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    folders.choose_conversations(tmp_path / "other")
    assert talks() == [["A drink.", "Hot."]]


def test_a_newer_file_is_left_alone_for_another_folder(tmp_path: Path, theme: Theme, qtbot: QtBot):
    newer()
    old = default_path()
    window = started(theme, qtbot)
    assert "newer version" in banner(window)
    say(window, "A drink.")
    window.notes.move_to(tmp_path / "other")
    assert window.reopens
    assert default_path() == tmp_path / "other" / FILE_NAME
    assert talks() == [["A drink."]]
    with closing(sqlite3.connect(old)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (99,)


def test_a_locked_file_gets_what_was_said_meanwhile(theme: Theme, qtbot: QtBot):
    first_said(theme, qtbot)
    with closing(sqlite3.connect(default_path(), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        window = started(theme, qtbot)
        assert "Another program holds" in banner(window)
        assert offered(window) == ["Try again", "Choose another folder…"]
        say(window, "Leaves.")
        other.execute("COMMIT")
    window.notes.again.trigger()
    assert window.reopens
    assert talks() == [["A drink."], ["Leaves."]]


def test_what_a_full_disk_refused_goes_to_the_folder_that_is_chosen(
    theme: Theme, qtbot: QtBot, tmp_path: Path
):
    window = started(theme, qtbot)
    say(window, "A drink.")
    pages = window.store.database.number("PRAGMA page_count")
    window.store.database.do(f"PRAGMA max_page_count = {pages}")
    say(window, "Leaves. " * 20_000)
    assert "disk is full" in banner(window)
    assert offered(window) == ["Try again", "Choose another folder…"]
    window.notes.move_to(default_path().parent)
    assert "already" in banner(window)
    window.notes.move_to(tmp_path / "other")
    assert window.reopens
    assert talks() == [["A drink.", "Leaves. " * 20_000]]


def test_a_chosen_folder_that_is_gone_is_named(theme: Theme, qtbot: QtBot, tmp_path: Path):
    folders.choose_conversations(tmp_path / "stick")
    window = started(theme, qtbot)
    assert "is not there" in banner(window)
    assert not (tmp_path / "stick").exists()
    (tmp_path / "stick").mkdir()
    say(window, "A drink.")
    window.notes.again.trigger()
    assert window.reopens
    assert talks() == [["A drink."]]


def start_and_say() -> None:
    """Runs in a child: a window over the file, what its banner says, what it keeps."""
    app = QApplication(["window"])
    window = MainWindow(Theme(app), settings(), (), open_store(default_path(), busy_seconds=0.1))
    window.show()
    say(window, "A drink.")
    print(banner(window).replace("\n", " "))
    print(offered(window), replies(window), window.opened.lasting)
    window.close()


@pytest.mark.parametrize(
    ("refuses", "words", "buttons", "lasting"),
    [
        ("memory", "network drive", "[]", "True"),
        ("locks", "gives no locks", "['Try again', 'Choose another folder…']", "False"),
        ("memory and locks", "gives no locks", "['Try again', 'Choose another folder…']", "False"),
    ],
)
def test_the_window_starts_on_a_network_drive(
    tmp_path: Path, refuses: str, words: str, buttons: str, lasting: str
):
    said = said_on(default_path().parent, refuses, built(tmp_path), ON_A_DRIVE)
    sentence, kept = said.splitlines()
    assert words in sentence
    assert kept == f"{buttons} ['A drink.'] {lasting}"
