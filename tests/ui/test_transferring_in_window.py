"""Transcripts out of the window and into it: menus, keys, drops, the list."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication

from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.compare.column_view import ColumnView
from steerlm_studio.ui.reply_menu import copies
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.window import MainWindow
from tests.store.made import answered

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")
CHILD = 30_000  # ms


@pytest.fixture
def window(qtbot, theme):
    """With three conversations, of which the last, with an oak, is open."""
    opened = open_store(default_path())
    store = opened.store
    for number in range(2):
        answered(store, store.create(), None, f"Question {number}?", "Reply.")
    talk = store.create("Be kind.")
    answered(store, talk, None, "Name a tree.", "An oak.", humor=0)
    store.set_state("open", talk)
    window = MainWindow(theme, settings(), ["--threads=1"], opened)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


def test_ctrl_e_exports_the_open_conversation(window, qtbot, tmp_path):
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.transferring.exporting
    assert dialog.isVisible()
    dialog.form.out.set_path(tmp_path / "out.md")
    with qtbot.waitSignal(dialog.process.finished, timeout=CHILD):
        dialog.start.click()
    assert "An oak." in (tmp_path / "out.md").read_text()


def test_conversations_that_are_marked_together_are_exported_together(window):
    view = window.frame.conversations.view
    chosen = [number for number in (1, 3)]
    for number in chosen:
        place = window.frame.conversations.list.index_of(number)
        view.selectionModel().select(place, QItemSelectionModel.SelectionFlag.Select)
    window.frame.actions.export_chat.trigger()
    form = window.transferring.exporting.form
    assert form.scope.currentData() == "selected"
    assert set(form.request().conversations) == set(chosen)


def test_the_reply_and_the_menu_offer_copies(window, qtbot):
    (view,) = window.page.transcript.views
    assert view.more in view.tab_stops
    for name, action in window.frame.actions.copies.items():
        view.more.chosen.emit(name)
        text = QGuiApplication.clipboard().text()
        assert "Name a tree." in text
        QGuiApplication.clipboard().setText("")
        action.trigger()
        assert QGuiApplication.clipboard().text() == text
    assert set(window.frame.actions.copies) == set(copies())
    window.frame.actions.copy_chat.trigger()
    assert QGuiApplication.clipboard().text().startswith("# Name a tree.")


def test_a_column_offers_the_same_copies(window):
    window.comparing.enter()
    (answer,) = window.session.chat.path()
    view = window.comparing.page.findChildren(ColumnView)[0]
    view.answer = answer
    assert [action.text() for action in view.menu.copies] == list(copies().values())
    view.menu.copies[0].trigger()
    assert QGuiApplication.clipboard().text().endswith("lang:en\n")


def test_where_nothing_was_asked_copying_says_so(window):
    window.frame.actions.new_chat.trigger()
    window.frame.actions.copy_chat.trigger()
    assert "nothing yet to copy" in window.page.notice.message.text()


def test_a_conversation_is_dragged_from_the_list(window):
    listed = window.frame.conversations.list
    place = listed.index_of(3)
    assert listed.flags(place) & Qt.ItemFlag.ItemIsDragEnabled
    (url,) = listed.mimeData([place]).urls()
    assert "An oak." in Path(url.toLocalFile()).read_text("utf-8")


def test_files_that_are_dropped_on_the_window_come_in_and_are_listed(window, qtbot, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps({"prompt": "A new one?", "response": "So."}) + "\n")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPoint(9, 9), copy, data, Qt.MouseButton.LeftButton, none))
    dialog = window.transferring.importing
    assert dialog.paths == [path]
    with qtbot.waitSignal(window.transferring.imported, timeout=CHILD):
        dialog.start.click()
    listed = window.frame.conversations.list
    titles = [listed.index(row).data() for row in range(listed.rowCount())]
    assert "A new one?" in titles


def test_closing_the_window_ends_an_import(window, qtbot, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text((json.dumps({"prompt": "x" * 9000, "response": "y"}) + "\n") * 4000)
    window.transferring.open_import([path])
    dialog = window.transferring.importing
    with qtbot.waitSignal(dialog.process.said, timeout=CHILD):
        dialog.start.click()
    window.close()
    assert not dialog.process.is_running
    opened = open_store(default_path())
    assert opened.store.database.number("SELECT count(*) FROM conversation") == 3
    opened.close()
