"""The import dialog: real files, the real child, and its report."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent

from steerlm_studio.store.store import Store
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.transcript_import import TranscriptImportDialog, transcripts_in

CHILD = 30_000  # ms
GOOD = json.dumps({"prompt": "Why?", "response": "So."})
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")


@pytest.fixture
def dialog(store, theme, qtbot):
    dialog = TranscriptImportDialog(store, settings())
    qtbot.addWidget(dialog)
    yield dialog
    dialog.stop()


def _file(folder: Path, *lines: str, name: str = "in.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def _rows(dialog) -> list[list[str]]:
    table = dialog.report.table
    return [[table.item(row, column).text() for column in range(4)]
            for row in range(table.rowCount())]  # fmt: skip


def test_files_come_in_and_the_window_is_told(dialog, store, qtbot, tmp_path):
    dialog.open_for([_file(tmp_path, GOOD, GOOD), _file(tmp_path, GOOD, name="b.json")])
    assert dialog.files.count() == 2
    with qtbot.waitSignal(dialog.imported, timeout=CHILD) as told:
        qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    assert told.args == [3]
    assert len(store.shelf.entries()) == 3
    assert "3 conversations with 3 turns" in dialog.report.summary.text()
    assert not dialog.start.isEnabled()  # nothing comes in twice by a second click


def test_what_is_not_understood_is_listed_and_nothing_comes_in(dialog, store, qtbot, tmp_path):
    path = _file(tmp_path, GOOD, '{"a": 1}', GOOD, "{broken")
    dialog.open_for([path])
    with qtbot.waitSignal(dialog.process.failed, timeout=CHILD):
        dialog.start.click()
    assert store.shelf.entries() == []
    assert [row[:3] for row in _rows(dialog)] == [
        ["in.jsonl", "2", "not understood"],
        ["in.jsonl", "4", "not understood"],
    ]
    assert "these fields: a" in _rows(dialog)[0][3]
    assert _rows(dialog)[1][3].endswith("(column 2)")
    assert "Nothing was imported" in dialog.report.summary.text()
    assert not dialog.banner.isVisible()
    with qtbot.waitSignal(dialog.imported, timeout=CHILD):
        qtbot.mouseClick(dialog.others, Qt.MouseButton.LeftButton)
    assert len(store.shelf.entries()) == 2
    assert len(_rows(dialog)) == 2
    assert not dialog.others.isVisible()


def test_parts_that_are_left_out_are_noted(dialog, qtbot, tmp_path):
    messages = [{"role": "user", "content": "Hi"}, {"role": "tool", "content": "42"}]
    dialog.open_for([_file(tmp_path, json.dumps({"messages": messages}))])
    with qtbot.waitSignal(dialog.imported, timeout=CHILD):
        dialog.start.click()
    assert [row[2] for row in _rows(dialog)] == ["note"]
    assert "left out" in dialog.report.summary.text()


def test_a_cancelled_import_leaves_nothing(dialog, store, qtbot, tmp_path):
    row = json.dumps({"prompt": "x" * 9000, "response": "y"})
    dialog.open_for([_file(tmp_path, *[row] * 3000)])
    dialog.start.click()
    qtbot.waitUntil(lambda: dialog.bar.value() > 10, timeout=CHILD)
    assert dialog.amounts.text().count("MB") == 2
    with qtbot.waitSignal(dialog.process.cancelled, timeout=CHILD):
        qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert store.database.number("SELECT count(*) FROM conversation") == 0
    assert "nothing was imported" in dialog.report.summary.text()
    assert dialog.start.isEnabled()


def test_a_file_that_is_gone_is_a_banner(dialog, qtbot, tmp_path):
    dialog.open_for([tmp_path / "none.json"])
    assert "not there" in dialog.files.item(0).text()
    with qtbot.waitSignal(dialog.process.failed, timeout=CHILD):
        dialog.start.click()
    assert "cannot be read" in dialog.banner.message.text()


def test_where_nothing_is_kept_nothing_is_imported(theme, qtbot, tmp_path):
    store = Store.in_memory()
    dialog = TranscriptImportDialog(store, settings())
    qtbot.addWidget(dialog)
    dialog.open_for([_file(tmp_path, GOOD)])
    dialog.start.click()
    assert "not kept" in dialog.banner.message.text()
    assert not dialog.process.is_running
    store.close()


def test_files_are_removed_from_the_list(dialog, tmp_path):
    dialog.open_for([_file(tmp_path, GOOD), _file(tmp_path, GOOD, name="b.jsonl")])
    dialog.files.item(0).setSelected(True)
    dialog.remove.click()
    assert dialog.paths == [tmp_path / "b.jsonl"]


def _dragged(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_only_files_of_conversations_are_taken_from_a_drag(tmp_path):
    one, other = tmp_path / "a.json", tmp_path / "b.JSONL"
    assert transcripts_in(_dragged(one, other)) == [one, other]
    assert transcripts_in(_dragged(one, tmp_path / "model.gguf")) == []
    assert transcripts_in(QMimeData()) == []


def test_files_can_be_dropped_on_it(dialog, tmp_path):
    dialog.open_for()
    data = _dragged(_file(tmp_path, GOOD))
    drop = QDropEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                      Qt.KeyboardModifier.NoModifier)  # fmt: skip
    dialog.dropEvent(drop)
    assert dialog.paths == [tmp_path / "in.jsonl"]
