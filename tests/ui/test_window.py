"""The whole window with a real engine: type, stream, steer again, and live through its crashes."""

import os
import signal
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget
from pytestqt.qtbot import QtBot

from steerlm_studio import resources
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.window import MainWindow
from tests.ui.conftest import LOAD


def ask(window: MainWindow, text: str, qtbot: QtBot) -> None:
    """Type and press Enter."""
    composer = window.page.composer.input
    composer.setFocus()
    qtbot.keyClicks(composer, text)
    qtbot.keyClick(composer, Qt.Key.Key_Return)


def answered(window: MainWindow, text: str, qtbot: QtBot, tokens: int = 20) -> None:
    window.sampling.max_tokens.setValue(tokens)
    with qtbot.waitSignal(window.answering.measured, timeout=LOAD):
        ask(window, text, qtbot)
    window.page.transcript.show_pending()


def streaming(window: MainWindow, text: str, qtbot: QtBot) -> None:
    """Ask for a reply long enough to be interrupted."""
    window.sampling.max_tokens.setValue(3000)
    with qtbot.waitSignal(window.engine.stepped, timeout=LOAD):
        ask(window, text, qtbot)


def test_a_typed_question_is_answered(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    view = loaded.page.transcript.views[0]
    assert view.question.toPlainText() == "What is tea?"
    assert view.body.toPlainText()
    assert "20 tokens" in view.note.text()
    assert loaded.windowTitle().startswith("What is tea?")
    assert loaded.page.composer.text() == ""


def test_after_a_sample_one_types_on(loaded: MainWindow, qtbot: QtBot):
    loaded.sampling.max_tokens.setValue(5)
    loaded.activateWindow()
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        loaded.page.empty.buttons[0].setFocus()
        loaded.page.empty.buttons[0].click()
    qtbot.waitUntil(lambda: loaded.focusWidget() is loaded.page.composer.input)


def test_re_steering_gives_a_second_version_with_a_chip(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    first = loaded.session.chat.last
    view = loaded.page.transcript.views[0]
    assert view.resteer.isHidden()
    loaded.steering.rows["verbosity"].slider.setFocus()
    qtbot.keyClick(loaded.steering.rows["verbosity"].slider, Qt.Key.Key_0)
    assert not view.resteer.isHidden()
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD) as done:
        qtbot.keyClick(loaded, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [chip.text for chip in view.chips.chips] == ["verbosity 4→0"]
    assert view.version.text() == "2 of 2"
    assert done.args[1].reused > done.args[1].evaluated
    assert loaded.session.chat.last is not first


def test_the_control_string_is_redrawn_before_the_key_press_returns(
    loaded: MainWindow, qtbot: QtBot
):
    qtbot.keyClick(loaded.steering.rows["humor"].slider, Qt.Key.Key_3)
    assert "humor:3" in str(loaded.page.control.steering)


def test_the_models_own_tokenizer_counts_the_control_string(loaded: MainWindow, qtbot: QtBot):
    qtbot.waitUntil(lambda: loaded.page.control.tokens.text() != "", timeout=LOAD)
    assert loaded.page.control.tokens.text().split()[0].isdigit()


def test_versions_are_walked_by_keys(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        loaded.frame.actions.new_seed.trigger()
    view = loaded.page.transcript.views[0]
    qtbot.keyClick(loaded, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert view.version.text() == "1 of 2"
    qtbot.keyClick(loaded, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert view.version.text() == "2 of 2"


def test_the_same_seed_gives_the_same_text_and_a_new_one_another(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    for action in (loaded.frame.actions.again, loaded.frame.actions.new_seed):
        with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
            action.trigger()
    first, second, third = (answer.text for answer in loaded.session.chat.start.answers)
    assert first == second
    assert first != third


def test_escape_stops_and_keeps_the_text(loaded: MainWindow, qtbot: QtBot):
    streaming(loaded, "What is tea?", qtbot)
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        qtbot.keyClick(loaded, Qt.Key.Key_Escape)
    loaded.page.transcript.show_pending()
    answer = loaded.session.chat.last
    assert answer.finish == "cancelled"
    assert answer.text
    assert loaded.page.composer.button.text() == "Send"


def test_a_cut_answer_goes_on_as_another_version(loaded: MainWindow, qtbot: QtBot):
    loaded.sampling.max_tokens.setValue(12)
    answered(loaded, "What is tea?", qtbot)
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD) as done:
        loaded.frame.actions.go_on.trigger()
    cut, longer = loaded.session.chat.start.answers
    assert cut.finish == "length"
    assert longer.text.startswith(cut.text)
    assert len(longer.text) > len(cut.text)
    assert longer.prompt_tokens > cut.prompt_tokens
    assert done.args[1].reused > 0
    loaded.page.transcript.show_pending()
    assert loaded.page.transcript.views[0].version.text() == "2 of 2"


def test_a_new_question_reuses_what_was_read(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD) as done:
        ask(loaded, "And coffee?", qtbot)
    assert done.args[1].reused > 0
    assert len(loaded.page.transcript.views) == 2


def test_a_killed_engine_leaves_the_text_and_the_next_question_works(
    loaded: MainWindow, qtbot: QtBot
):
    streaming(loaded, "What is tea?", qtbot)
    with qtbot.waitSignal(loaded.engine.lost, timeout=LOAD):
        os.kill(loaded.engine.process_id, signal.SIGKILL)
    loaded.page.transcript.show_pending()
    assert "signal 9" in loaded.page.banner.message.text()
    assert not loaded.page.banner.isHidden()
    assert loaded.session.chat.last.text
    assert "ended before" in loaded.page.transcript.views[0].note.text()
    answered(loaded, "And coffee?", qtbot)
    assert loaded.page.banner.isHidden()
    assert loaded.session.chat.last.question == "And coffee?"
    assert loaded.session.chat.last.finish in ("length", "stop")


def test_a_file_that_is_no_model_is_told_in_the_window(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
):
    file = tmp_path / "letter.gguf"
    file.write_text("Dear model, …")
    with qtbot.waitSignal(window.engine.lost, timeout=LOAD):
        window.open_model(file)
    assert "letter.gguf" in window.page.banner.message.text()


def test_a_reply_goes_to_the_conversation_it_was_asked_in(loaded: MainWindow, qtbot: QtBot):
    streaming(loaded, "What is tea?", qtbot)
    asked = loaded.session.chat
    loaded.conversing.start_new()
    before = len(asked.last.text)
    with qtbot.waitSignal(loaded.engine.stepped, timeout=LOAD):
        pass
    assert len(asked.last.text) > before
    assert loaded.session.chat.last is None
    loaded.answering.stop()
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        pass


def test_what_was_typed_stays_with_its_conversation(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    loaded.page.composer.set_text("a draft")
    first = loaded.session.chat
    loaded.conversing.start_new()
    assert loaded.page.composer.text() == ""
    loaded.frame.conversations.chosen.emit(first.id)
    assert loaded.page.composer.text() == "a draft"


def test_a_sample_prompt_is_asked_by_its_button(loaded: MainWindow, qtbot: QtBot):
    loaded.sampling.max_tokens.setValue(5)
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        qtbot.mouseClick(loaded.page.empty.buttons[0], Qt.MouseButton.LeftButton)
    assert loaded.session.chat.last.question == "What is tea?"


def test_the_system_text_reaches_the_prompt(loaded: MainWindow, qtbot: QtBot):
    loaded.page.system.edit_button.click()
    loaded.page.system.editor.setPlainText("Be brief.")
    answered(loaded, "What is tea?", qtbot)
    chat = loaded.session.chat
    assert chat.before(chat.last).system == "Be brief."


def test_without_a_model_nothing_can_be_sent_and_the_window_says_why(window: MainWindow):
    assert not window.page.composer.button.isEnabled()
    assert "Ctrl+O" in window.page.empty.about.text()
    assert not window.page.empty.buttons[0].isEnabled()


def test_without_llama_cpp_the_window_says_how_to_install_it(
    window: MainWindow, tiny_model: Path, qtbot: QtBot
):
    lacking = (
        "import sys; sys.modules['llama_cpp'] = None; "
        "from steerlm_studio.engine.serve import main; sys.exit(main(sys.argv[1:]))"
    )
    with qtbot.waitSignal(window.engine.lost, timeout=LOAD):
        window.engine.start([sys.executable, "-c", lacking, str(tiny_model)])
    assert "pip install llama-cpp-python" in window.page.banner.message.text()


def test_everything_that_takes_the_focus_has_a_name(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    loaded.steering.rows["humor"].slider.setValue(3)
    loaded.sampling.header.setChecked(True)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in loaded.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and not is_inner_part(widget)
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []


def is_inner_part(widget: QWidget) -> bool:
    """The viewport of a scroll area: the area itself is what has the name."""
    parent = widget.parent()
    return isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget


def test_the_demo_is_labelled_as_what_it_is(window: MainWindow):
    window.frame.show_model(Model(resources.demo_model()))
    assert "synthetic text" in window.frame.top.note.accessibleName()
    assert "synthetic text" in window.page.empty.about.text()


def test_a_dropped_model_file_is_opened(window: MainWindow, tiny_model: Path, qtbot: QtBot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tiny_model))])
    drop = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        window.dropEvent(drop)
    assert window.model.path == tiny_model


def test_a_closed_model_can_be_loaded_again(loaded: MainWindow, tiny_model: Path, qtbot: QtBot):
    loaded.close_model()
    assert not loaded.engine.is_running
    assert not loaded.page.composer.button.isEnabled()
    with qtbot.waitSignal(loaded.engine.ready, timeout=LOAD):
        loaded.open_model(tiny_model)


def test_geometry_text_size_and_mode_are_remembered(window: MainWindow, theme, qtbot: QtBot):
    window.frame.actions.larger.trigger()
    window.frame.actions.sidebar.trigger()
    window.close()
    again = MainWindow(theme, window.settings)
    qtbot.addWidget(again)
    assert theme.scale == pytest.approx(1.1)
    assert again.frame.conversations.isHidden()
    again.frame.actions.normal.trigger()
    again.close()
