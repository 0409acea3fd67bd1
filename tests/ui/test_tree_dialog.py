"""The tree of a conversation: what it shows, going on from a turn, deleting a version."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.tree_dialog import TreeDialog
from steerlm_studio.ui.window import MainWindow


def answer(question: str, text: str, **told: int) -> Answer:
    return Answer(question, DEFAULT.with_values(told), Sampling(), text, "stop")


@pytest.fixture
def branched(window: MainWindow) -> MainWindow:
    """Two turns, of which the second has two versions, one of them with a turn after it."""
    chat = window.session.chat
    chat.start.add(answer("Tea?", "A drink."))
    first = chat.end().add(answer("Hot?", "Yes."))
    first.then.add(answer("Milk?", "Please."))
    chat.fork_of(first).add(answer("Hot?", "Ha!", humor=4))
    window.conversing.changed.emit()
    return window


def rows(dialog: TreeDialog, parent: QModelIndex | None = None) -> list[object]:
    """Texts, with a list after each that has something below it."""
    model, found = dialog.model, []
    place = parent or QModelIndex()
    for row in range(model.rowCount(place)):
        index = model.index(row, 0, place)
        found.append(index.data())
        if model.rowCount(index):
            found.append(rows(dialog, index))
    return found


def choose(dialog: TreeDialog, answer: Answer) -> None:
    dialog.view.setCurrentIndex(dialog._items[answer].index())


def test_only_versions_are_indented(branched: MainWindow):
    dialog = branched.branching.open_tree()
    assert rows(dialog) == [
        "Tea? — A drink.",
        "Hot? — Yes.",
        ["Milk? — Please."],
        "Hot? — Ha!",
    ]
    shown = dialog._items[branched.session.chat.last]
    assert shown.data(Qt.ItemDataRole.FontRole).bold()
    assert dialog.model.index(2, 1).data() == "humor 0→4"
    dialog.close()


def test_one_goes_on_from_a_hidden_branch(branched: MainWindow):
    dialog = branched.branching.open_tree()
    milk = branched.session.chat.start.answers[0].then.answers[0].then.answers[0]
    choose(dialog, milk)
    dialog.go_on.click()
    assert branched.session.chat.last is milk
    assert not branched.page.composer.is_editing
    dialog.close()


def test_what_is_asked_after_an_early_turn_stands_beside_what_followed_it(branched: MainWindow):
    dialog = branched.branching.open_tree()
    choose(dialog, branched.session.chat.start.answers[0])
    dialog.go_on.click()
    assert branched.page.composer.is_editing
    assert branched.page.composer.text() == ""
    dialog.close()


def test_a_hidden_version_is_deleted_and_had_back(branched: MainWindow, qtbot: QtBot):
    dialog = branched.branching.open_tree()
    milk = branched.session.chat.start.answers[0].then.answers[0].then.answers[0]
    choose(dialog, milk)
    dialog.delete.click()
    assert milk not in dialog._items
    branched.page.notice.button.click()
    assert milk in dialog._items
    dialog.close()


def test_a_conversation_of_a_thousand_turns_with_versions_is_shown(window: MainWindow):
    fork = window.session.chat.start
    for number in range(1000):
        fork.add(answer(f"Question {number}?", "Yes."))
        fork = fork.add(answer(f"Question {number}?", "No.")).then
    dialog = TreeDialog(window)
    dialog.show_chat(window.session.chat)
    assert len(dialog._items) == 2000
