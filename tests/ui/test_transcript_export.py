"""The export dialog: what it proposes, shows, remembers, and what its child writes."""

import json
import time
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt

from steerlm_studio.store.store import Store
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.transcript_export import TranscriptExportDialog
from steerlm_studio.ui.transcript_form import CHOSEN
from steerlm_studio.ui.transcript_request import file_name
from tests.store.made import answered

CHILD = 30_000  # ms: a busy machine takes its time to start one
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")


@pytest.fixture
def talk(store) -> int:
    """Two versions, the second kept; a voted reply follows."""
    talk = store.create("Be kind.")
    answered(store, talk, None, "Name a tree.", "An oak.", humor=0)
    second = answered(store, talk, None, "Name a tree.", "A lime.", humor=4)
    store.keep(second)
    store.vote(answered(store, talk, second, "Another?", "A beech.", humor=1), 1)
    return talk


@pytest.fixture
def dialog(store, talk, theme, qtbot, tmp_path):
    dialog = TranscriptExportDialog(store, settings())
    qtbot.addWidget(dialog)
    dialog.form.out.folder = tmp_path
    dialog.open_for(talk, "Name a tree.")
    yield dialog
    dialog.stop()


def _choose(choice, data) -> None:
    choice.setCurrentIndex(choice.findData(data))
    assert choice.currentData() == data


def _export(dialog, qtbot) -> Path:
    with qtbot.waitSignal(dialog.process.finished, timeout=CHILD):
        qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    return dialog.form.out.path


def _preview(dialog, qtbot) -> str:
    qtbot.waitUntil(lambda: not dialog._soon.isActive())
    return dialog.preview.text.toPlainText()


def test_it_begins_with_the_open_conversation_and_a_name_for_it(dialog, qtbot, tmp_path):
    assert dialog.form.scope.currentData() == "this"
    assert dialog.form.out.path == tmp_path / "Name-a-tree.md"
    assert "A lime." in _preview(dialog, qtbot)
    _choose(dialog.form.kind, "html")
    assert dialog.form.out.path == tmp_path / "Name-a-tree.html"
    dialog.form.out.set_path(tmp_path / "mine.txt")
    _choose(dialog.form.kind, "text")
    assert dialog.form.out.path == tmp_path / "mine.txt"


def test_the_preview_is_the_beginning_of_the_file(dialog, qtbot):
    for name in ("markdown", "text", "json", "messages", "sharegpt", "csv"):
        _choose(dialog.form.kind, name)
        _choose(dialog.form.which, "all")
        shown = _preview(dialog, qtbot)
        # the csv module ends lines with \r\n, which the widget shows as one end
        assert shown == _export(dialog, qtbot).read_text("utf-8")


def test_what_is_left_out_is_not_in_the_file(dialog, qtbot):
    _choose(dialog.form.kind, "text")
    dialog.form.includes["controls"].setChecked(False)
    dialog.form.includes["system"].setChecked(False)
    dialog.form.includes["versions"].setChecked(False)
    assert _export(dialog, qtbot).read_text() == (
        "Name a tree.\n\nUser: Name a tree.\n\nAssistant (kept): A lime.\n\n"
        "User: Another?\n\nAssistant (voted up): A beech.\n"
    )


def test_a_pdf_shows_its_first_page_and_is_written(dialog, qtbot):
    _choose(dialog.form.kind, "pdf")
    _preview(dialog, qtbot)
    assert dialog.preview.currentWidget() is dialog.preview.page
    assert dialog.preview.page._image.width() > 1000
    path = _export(dialog, qtbot)
    assert "beech" in PdfReader(path).pages[0].extract_text()
    assert "was written" in dialog.outcome.text()


def test_training_data_proposes_what_is_kept_or_voted(dialog, store, qtbot):
    answered(store, store.create(), None, "Why?", "Nobody voted for this.")
    _choose(dialog.form.kind, "steerlm")
    _choose(dialog.form.scope, "all")
    assert dialog.form.which.currentData() == "kept,voted"
    (line,) = _export(dialog, qtbot).read_text().splitlines()
    assert len(json.loads(line)["conversations"]) == 4
    _choose(dialog.form.which, "all")
    assert len(_export(dialog, qtbot).read_text().splitlines()) == 2


def test_replies_are_chosen_one_by_one(dialog, qtbot):
    _choose(dialog.form.kind, "messages")
    _preview(dialog, qtbot)
    table = dialog.replies.table
    assert [table.item(row, 0).checkState().value for row in range(3)] == [0, 2, 2]
    for row, state in ((0, Qt.CheckState.Checked), (1, Qt.CheckState.Unchecked),
                       (2, Qt.CheckState.Unchecked)):  # fmt: skip
        table.item(row, 0).setCheckState(state)
    assert dialog.form.which.currentData() == CHOSEN
    found = json.loads(_export(dialog, qtbot).read_text())
    assert found["messages"][-1]["content"] == "An oak."
    table.item(0, 0).setCheckState(Qt.CheckState.Unchecked)
    assert "Nothing so far" in _preview(dialog, qtbot)


def test_a_label_is_corrected_before_it_goes_out(dialog, store, talk, qtbot):
    """“This is really humor 1.”"""
    _choose(dialog.form.kind, "steerlm")
    _preview(dialog, qtbot)
    replies = dialog.replies
    replies.table.setCurrentCell(1, 0)
    assert (replies.attribute.currentData(), replies.value.value()) == ("humor", 4)
    replies.value.setValue(1)
    qtbot.mouseClick(replies.correct, Qt.MouseButton.LeftButton)
    turn = store.conversation(talk).turns[1]
    assert (turn.label, turn.control) == (turn.control.replace("humor:4", "humor:1"), turn.control)
    assert "humor:4" not in _preview(dialog, qtbot)
    found = json.loads(_export(dialog, qtbot).read_text())
    assert found["conversations"][1]["label"] == turn.label
    qtbot.mouseClick(replies.restore, Qt.MouseButton.LeftButton)
    assert store.conversation(talk).turns[1].label == ""


def test_a_label_that_is_typed_wrongly_is_not_taken(dialog, store, talk, qtbot):
    _choose(dialog.form.kind, "steerlm")
    _preview(dialog, qtbot)
    item = dialog.replies.table.item(1, 2)
    item.setText("humour:9")
    assert store.conversation(talk).turns[1].label == ""
    assert item.text().startswith("quality:4")
    assert dialog.replies.note.text()
    item.setText("humor:1")
    assert store.conversation(talk).turns[1].label == "humor:1"


def test_choices_are_remembered(dialog, store, talk, qtbot):
    _choose(dialog.form.kind, "html")
    dialog.form.includes["settings"].setChecked(True)
    dialog.form.includes["system"].setChecked(False)
    _export(dialog, qtbot)
    again = TranscriptExportDialog(store, settings())
    qtbot.addWidget(again)
    again.open_for(talk, "x")
    assert again.form.kind.currentData() == "html"
    assert again.form.includes["settings"].isChecked()
    assert not again.form.includes["system"].isChecked()
    assert again.form.out.path.parent == dialog.form.out.path.parent
    again.close()


def test_the_marked_conversations_go_out_together(dialog, store, talk, qtbot):
    other = store.create()
    answered(store, other, None, "Why?", "So.")
    store.create()
    dialog.open_for(talk, "x", (talk, other))
    assert dialog.form.scope.currentData() == "selected"
    _choose(dialog.form.kind, "json")
    assert len(json.loads(_export(dialog, qtbot).read_text())["conversations"]) == 2


def test_a_place_that_cannot_be_written_is_a_banner(dialog, qtbot, tmp_path):
    dialog.form.out.set_path(tmp_path / "none" / "out.md")
    with qtbot.waitSignal(dialog.process.failed, timeout=CHILD):
        dialog.start.click()
    assert "could not be written" in dialog.banner.message.text()
    assert dialog.start.isVisible()


def test_an_older_file_is_named_and_stays_when_the_export_is_cancelled(dialog, store, qtbot):
    for _ in range(60):
        answered(store, store.create(), None, "Why?", "because " * 20_000)
    _choose(dialog.form.kind, "pdf")
    _choose(dialog.form.scope, "all")
    dialog.form.out.path.write_text("old")
    dialog._show()
    assert "will be replaced" in dialog.form.note.text()
    with qtbot.waitSignal(dialog.process.cancelled, timeout=CHILD):
        dialog.start.click()
        with qtbot.waitSignal(dialog.process.said, timeout=CHILD):
            pass
        dialog.cancel.click()
    assert dialog.form.out.path.read_text() == "old"
    assert [path.name for path in dialog.form.out.folder.iterdir()] == [dialog.form.out.path.name]
    assert "Cancelled" in dialog.outcome.text()


def test_conversations_that_are_only_in_memory_go_out_too(theme, qtbot, tmp_path):
    store = Store.in_memory()
    answered(store, store.create(), None, "Why?", "So.")
    dialog = TranscriptExportDialog(store, settings())
    qtbot.addWidget(dialog)
    dialog.open_for(1, "Why?")
    dialog.form.out.set_path(tmp_path / "out.md")
    assert "So." in _export(dialog, qtbot).read_text()
    assert dialog._copy is None
    store.close()


def test_many_conversations_do_not_hold_the_dialog_up(dialog, store, talk, qtbot):
    with store.database.write():
        for _ in range(2000):
            answered(store, store.create(), None, "Why?", "So it is. " * 50)
    began = time.perf_counter()
    _choose(dialog.form.scope, "all")
    dialog._show_preview()
    assert time.perf_counter() - began < 2
    assert len(dialog.preview.text.toPlainText()) == 20_000
    _choose(dialog.form.kind, "steerlm")
    _choose(dialog.form.which, "all")
    began = time.perf_counter()
    dialog._show_preview()
    assert time.perf_counter() - began < 2
    assert "are listed" in dialog.replies.note.text()
    _choose(dialog.form.scope, "this")
    dialog._show_preview()
    assert dialog.replies.note.text() == ""


@pytest.mark.parametrize(
    ("title", "name"),
    [("What is tea?", "What-is-tea.md"), ("../../etc/passwd", "etc-passwd.md"),
     ("お茶とは?", "お茶とは.md"), ("", "transcripts.md"), ("a" * 300, "a" * 60 + ".md")],
)  # fmt: skip
def test_file_names_hold_no_path(title, name):
    assert file_name(title, ".md") == name
