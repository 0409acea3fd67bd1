"""The sidebar over a real store: search, order, folders, tags, copies, and the bin."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from steerlm_studio.store.records import Asked
from steerlm_studio.ui.conversation_list import EXCERPT
from steerlm_studio.ui.window import MainWindow


@pytest.fixture
def filled(window: MainWindow) -> MainWindow:
    """Three conversations, one with two versions."""
    store = window.store
    for question, reply, control in (
        ("What is tea?", "A hot drink made from leaves.", "humor:1,lang:en"),
        ("What is coffee?", "A hot drink made from beans.", "humor:4,lang:en"),
        ("Name a tree.", "An oak.", "humor:0,lang:en"),
    ):
        number = store.create()
        turns = store.ask(number, None, Asked(question, control), Asked(question, control))
        store.finish(turns[0], "stop", reply=reply)
        store.finish(turns[1], "stop", reply=f"Another: {reply}")
    window.shelving.show_all()
    return window


def titles(window: MainWindow) -> list[str]:
    lines = window.frame.conversations.list
    rows = [lines.index(row) for row in range(lines.rowCount())]
    return [row.data() for row in rows if lines.number(row) is not None]


def number_of(window: MainWindow, title: str) -> int:
    return next(entry.id for entry in window.store.shelf.entries() if entry.title == title)


def command(window: MainWindow, title: str, *names: str) -> QAction:
    """The command of this name in the menu of a line."""
    entry = window.store.shelf.entry(number_of(window, title))
    menu = QMenu(window)
    window.frame.conversations.menu_wanted.emit(entry, menu)
    for name in names[:-1]:
        menu = next(action.menu() for action in menu.actions() if action.text() == name)
    return next(action for action in menu.actions() if action.text() == names[-1])


def searched(window: MainWindow, text: str, qtbot: QtBot) -> list[str]:
    window.frame.conversations.field.clear()
    qtbot.keyClicks(window.frame.conversations.field, text)
    with qtbot.waitSignal(window.frame.conversations.searched):
        pass
    return titles(window)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bea", ["What is coffee?"]),
        ('"made from leaves"', ["What is tea?"]),
        ("humor>=3", ["What is coffee?"]),
        ("drink -coffee", ["What is tea?"]),
        ("has:vote", []),
    ],
)
def test_what_is_typed_is_found_in_all_conversations(
    filled: MainWindow, qtbot: QtBot, text: str, found: list[str]
):
    assert searched(filled, text, qtbot) == found
    assert filled.frame.conversations.note.isHidden() == bool(found)


def test_a_filter_without_sense_is_explained_where_it_is_typed(filled: MainWindow, qtbot: QtBot):
    assert searched(filled, "has:luck", qtbot) == []
    assert "has:vote" in filled.frame.conversations.note.text()


def test_a_hit_shows_the_place_and_opens_the_version_that_was_found(
    filled: MainWindow, qtbot: QtBot
):
    assert searched(filled, "another oak", qtbot) == ["Name a tree."]
    first = filled.frame.conversations.list.index(0)
    assert "Another: An oak." in first.data(EXCERPT)
    qtbot.keyClick(filled.frame.conversations.field, Qt.Key.Key_Return)
    assert filled.session.chat.last.text == "Another: An oak."


def test_a_pinned_conversation_stands_first(filled: MainWindow):
    assert titles(filled)[0] == "Name a tree."
    command(filled, "What is tea?", "Pin").trigger()
    assert titles(filled)[0] == "What is tea?"
    command(filled, "What is tea?", "Unpin").trigger()
    assert titles(filled)[0] == "Name a tree."


def test_folders_and_tags_narrow_the_list(filled: MainWindow, qtbot: QtBot):
    shelf = filled.store.shelf
    shelf.move(number_of(filled, "What is tea?"), "hot drinks")
    shelf.tag(number_of(filled, "Name a tree."), "wood")
    command(filled, "What is coffee?", "Folder", "hot drinks").trigger()
    panel = filled.frame.conversations
    panel.filters.aboutToShow.emit()
    chosen = {action.text(): action for action in panel.filters.actions()}
    chosen["hot drinks"].trigger()
    assert sorted(titles(filled)) == ["What is coffee?", "What is tea?"]
    chosen["wood"].trigger()
    assert titles(filled) == ["Name a tree."]


def test_a_copy_is_opened_and_has_all_versions(filled: MainWindow):
    command(filled, "What is tea?", "Duplicate").trigger()
    assert titles(filled).count("What is tea?") == 2
    assert len(filled.session.chat.start.answers) == 2


def test_what_was_deleted_is_put_back_from_the_bin(filled: MainWindow, qtbot: QtBot):
    filled.conversing.delete(number_of(filled, "What is tea?"))
    filled.conversing.open(number_of(filled, "Name a tree."))
    filled.conversing.delete_version(filled.session.chat.last)
    dialog = filled.shelving.open_bin()
    lines = [dialog.lines.topLevelItem(row).text(1) for row in range(2)]
    assert lines == ["Version", "Conversation"]
    dialog.restore_button.click()
    assert len(filled.session.chat.start.answers) == 2
    dialog.restore_button.click()
    assert "What is tea?" in titles(filled)
    assert not dialog.restore_button.isEnabled()


def test_the_bin_is_emptied_only_after_it_was_said_what_that_means(filled: MainWindow):
    filled.conversing.delete(number_of(filled, "What is tea?"))
    dialog = filled.shelving.open_bin()
    dialog.empty_button.click()
    assert len(filled.store.shelf.bin()) == 1
    dialog.notice.button.click()
    assert filled.store.shelf.bin() == []
    assert dialog.lines.isHidden()


def test_what_is_deleted_is_found_no_more_and_found_again_when_it_is_back(
    filled: MainWindow, qtbot: QtBot
):
    """Before, its line stayed among those that were found, and could be deleted once more."""
    assert len(searched(filled, "drink", qtbot)) == 2
    filled.conversing.delete(number_of(filled, "What is tea?"))
    assert titles(filled) == ["What is coffee?"]
    filled.page.notice.acted.emit()
    assert sorted(titles(filled)) == ["What is coffee?", "What is tea?"]
