"""Typing a prompt: which keys send, which do not, and that nothing typed is lost."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.pasted import Pasted
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.steer.template import render, text_of
from steerlm_studio.ui.composer import Composer


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    composer = Composer()
    qtbot.addWidget(composer)
    composer.resize(500, 200)
    composer.show()
    qtbot.waitExposed(composer)
    return composer


def test_enter_sends_and_clears(composer: Composer, qtbot: QtBot):
    qtbot.keyClicks(composer.input, "What is tea?")
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert sent.args == ["What is tea?"]
    assert composer.text() == ""


def test_shift_enter_begins_a_line(composer: Composer, qtbot: QtBot):
    qtbot.keyClicks(composer.input, "one")
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(composer.input, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.input, "two")
    assert composer.text() == "one\ntwo"


def test_enter_during_input_method_composition_does_not_send(composer: Composer, qtbot: QtBot):
    composer.set_text("お")
    QApplication.sendEvent(composer.input, QInputMethodEvent("茶", []))
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    done = QInputMethodEvent("", [])
    done.setCommitString("茶")
    QApplication.sendEvent(composer.input, done)
    composer.set_text("お茶")
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert sent.args == ["お茶"]


def test_nothing_but_spaces_is_not_sent(composer: Composer, qtbot: QtBot):
    qtbot.keyClicks(composer.input, "   ")
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert not composer.button.isEnabled()


def test_enter_while_an_answer_is_written_keeps_the_text(composer: Composer, qtbot: QtBot):
    composer.set_running(True)
    qtbot.keyClicks(composer.input, "next")
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert composer.text() == "next"


def test_the_button_stops_while_an_answer_is_written(composer: Composer, qtbot: QtBot):
    composer.set_running(True)
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(composer.button, Qt.MouseButton.LeftButton)


def test_without_a_model_nothing_is_sent(composer: Composer, qtbot: QtBot):
    composer.set_ready(False)
    qtbot.keyClicks(composer.input, "hello")
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert composer.text() == "hello"


def test_it_grows_with_its_lines_up_to_ten(composer: Composer):
    heights = []
    for lines in (1, 2, 10, 30):
        composer.set_text("\n".join("line" for _ in range(lines)))
        heights.append(composer.input.height())
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_tab_leaves_the_input(composer: Composer, qtbot: QtBot):
    qtbot.keyClicks(composer.input, "x")
    composer.input.setFocus()
    qtbot.keyClick(composer.input, Qt.Key.Key_Tab)
    assert composer.text() == "x"


def test_a_dropped_model_or_folder_is_left_to_the_window(composer: Composer, tmp_path: Path):
    data = QMimeData()
    for path in ("/tmp/model.gguf", str(tmp_path)):
        data.setUrls([QUrl.fromLocalFile(path)])
        assert not composer.input.canInsertFromMimeData(data)


def drop(composer: Composer, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    assert composer.input.canInsertFromMimeData(data)
    composer.input.insertFromMimeData(data)


def test_a_dropped_text_file_is_typed_in(composer: Composer, tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("\ufeffTea – and more\n", "utf-8")  # noqa: RUF001
    composer.set_text("About: ")
    drop(composer, file)
    assert composer.draft() == "About: Tea – and more"  # noqa: RUF001


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xff\xfe\x00", "UTF-8"), (b"a\0b", "plain text"), (b"x" * 300_000, "larger than 256 KB")],
)
def test_a_file_that_is_no_text_is_refused_with_the_reason(
    composer: Composer, tmp_path: Path, content: bytes, why: str, qtbot: QtBot
):
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    with qtbot.waitSignal(composer.refused) as refused:
        drop(composer, file)
    assert why in refused.args[0]
    assert composer.text() == ""


def test_a_pipe_is_not_waited_for(composer: Composer, tmp_path: Path, qtbot: QtBot):
    """It was read to its end, which never came."""
    os.mkfifo(tmp_path / "notes.txt")
    with qtbot.waitSignal(composer.refused) as refused:
        drop(composer, tmp_path / "notes.txt")
    assert "plain text" in refused.args[0]


def test_up_in_an_empty_input_asks_to_edit_the_last_prompt(composer: Composer, qtbot: QtBot):
    with qtbot.waitSignal(composer.edit_last_requested):
        qtbot.keyClick(composer.input, Qt.Key.Key_Up)
    qtbot.keyClicks(composer.input, "x")
    with qtbot.assertNotEmitted(composer.edit_last_requested):
        qtbot.keyClick(composer.input, Qt.Key.Key_Up)


def test_an_edited_question_is_told_apart_and_the_draft_comes_back(
    composer: Composer, qtbot: QtBot
):
    composer.set_text("my draft")
    composer.begin_edit("that", "What is tea?")
    qtbot.keyClicks(composer.input, " Say it")
    assert composer.draft() == "my draft"
    with qtbot.waitSignal(composer.edited) as edited, qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert edited.args == ["that", "What is tea? Say it"]
    assert composer.text() == "my draft"


def test_escape_ends_the_editing(composer: Composer, qtbot: QtBot):
    composer.begin_edit("that", "What is tea?")
    qtbot.keyClick(composer.input, Qt.Key.Key_Escape)
    assert not composer.is_editing
    assert composer.text() == ""


def test_ctrl_enter_sends_where_that_is_set_and_enter_begins_a_line(
    composer: Composer, qtbot: QtBot
):
    composer.set_send_key("Ctrl+Enter")
    qtbot.keyClicks(composer.input, "one")
    qtbot.keyClick(composer.input, Qt.Key.Key_Return)
    assert composer.text() == "one\n"
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(composer.input, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sent.args == ["one"]


def test_of_a_pasted_prompt_the_question_is_typed(composer: Composer, qtbot: QtBot):
    data = QMimeData()
    data.setText(text_of(render(Conversation("Be kind."), "Why?", DEFAULT)))
    with qtbot.waitSignal(composer.input.prompt_pasted) as pasted:
        composer.input.insertFromMimeData(data)
    assert composer.text() == "Why?"
    assert pasted.args == [Pasted("Be kind.", "Why?", str(DEFAULT))]
    composer.input.undo()
    assert composer.text() == ""
