"""Working in the window: branches, deletions, finding, settings, the tour, what is announced."""

import dataclasses

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QScrollArea
from pytestqt.qtbot import QtBot

from steerlm_studio import protocol
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.dialogs import show_keys
from steerlm_studio.ui.preferences import Preferences, load_preferences
from steerlm_studio.ui.window import MainWindow
from tests.ui.conftest import LOAD
from tests.ui.test_window import answered, ask


def with_answers(window: MainWindow, *texts: str) -> None:
    """A conversation as if it had been held."""
    for text in texts:
        window.session.chat.end().add(Answer("What is tea?", DEFAULT, Sampling(), text, "stop"))
    window.conversing.changed.emit()


def test_up_edits_the_last_question_which_is_then_asked_as_a_branch(
    loaded: MainWindow, qtbot: QtBot
):
    answered(loaded, "What is tea?", qtbot)
    composer = loaded.page.composer.input
    qtbot.keyClick(composer, Qt.Key.Key_Up)
    assert loaded.page.composer.text() == "What is tea?"
    loaded.page.composer.set_text("")
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        ask(loaded, "And coffee?", qtbot)
    view = loaded.page.transcript.views[0]
    assert (view.question.toPlainText(), view.version.text()) == ("And coffee?", "2 of 2")
    qtbot.keyClick(loaded, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert view.question.toPlainText() == "What is tea?"


def test_escape_ends_the_editing_before_it_stops_an_answer(window: MainWindow, qtbot: QtBot):
    with_answers(window, "A drink.")
    window.page.transcript.views[0].edit.click()
    assert window.page.composer.is_editing
    qtbot.keyClick(window.page.composer.input, Qt.Key.Key_Escape)
    assert not window.page.composer.is_editing


def test_a_deleted_question_comes_back_with_what_followed(window: MainWindow):
    with_answers(window, "A drink.", "Leaves.")
    window.page.transcript.views[0].delete.click()
    assert window.session.chat.path() == []
    window.page.notice.button.click()
    assert [view.body.toPlainText() for view in window.page.transcript.views] == [
        "A drink.",
        "Leaves.",
    ]


def test_a_conversation_is_renamed_in_the_list_and_can_be_deleted_and_had_back(
    window: MainWindow, qtbot: QtBot
):
    with_answers(window, "A drink.")
    window.frame.actions.rename_chat.trigger()
    field = window.frame.conversations.view.findChild(QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, "On tea")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.windowTitle().startswith("On tea"))
    window.frame.actions.delete_chat.trigger()
    assert window.session.chat.title == ""
    window.page.notice.button.click()
    assert window.session.chat.title == "On tea"


def test_ctrl_f_finds_in_the_conversation(window: MainWindow, qtbot: QtBot):
    with_answers(window, "A drink.", "A hot drink.")
    window.frame.actions.find.trigger()
    qtbot.keyClicks(window.page.find_bar.field, "drink")
    assert window.page.find_bar.count.text() == "1 of 2"
    qtbot.keyClick(window.page.find_bar.field, Qt.Key.Key_Escape)
    assert window.page.find_bar.isHidden()


def test_settings_hold_at_once_and_at_the_next_start(window: MainWindow, theme, qtbot: QtBot):
    dialog = window.preferring.open_dialog()
    dialog.size_of_text.setValue(150)
    dialog.send_key.setCurrentText("Ctrl+Enter")
    dialog.language.setCurrentText("Deutsch")
    assert dialog.language_note.isHidden()
    dialog.language.activated.emit(dialog.language.currentIndex())
    assert dialog.language_note.isVisible()
    dialog.threads.setValue(3)
    dialog.context.setValue(2048)
    assert theme.scale == pytest.approx(1.5)
    assert window.page.composer.input.send_key == "Ctrl+Enter"
    dialog.close()
    window.close()
    again = MainWindow(theme, window.settings)
    qtbot.addWidget(again)
    assert again.preferring.preferences.engine_options() == ["--threads=3", "--context=2048"]
    assert again.page.composer.input.send_key == "Ctrl+Enter"
    assert load_preferences(again.settings).language == "de"
    theme.set_scale(1.0)
    again.close()


def test_the_threads_of_a_running_engine_follow_the_setting(loaded: MainWindow, qtbot: QtBot):
    loaded.preferring.change(Preferences(threads=2))
    loaded.sampling.max_tokens.setValue(5)
    steps: list[protocol.Step] = []
    loaded.engine.stepped.connect(steps.append)
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        ask(loaded, "What is tea?", qtbot)
    assert steps[-1].threads == 2


def test_settings_that_cannot_be_are_taken_as_not_set(window: MainWindow, theme, qtbot: QtBot):
    for key in ("prompt/send_key", "engine/threads", "engine/context", "looks/language"):
        window.settings.setValue(key, "tea")
    again = MainWindow(theme, window.settings)
    qtbot.addWidget(again)
    assert again.preferring.preferences.engine_options() == []
    assert again.preferring.preferences == Preferences()
    again.close()


def test_folded_groups_stay_folded(window: MainWindow, theme, qtbot: QtBot):
    window.steering.groups[1].header.setChecked(False)
    window.sampling.header.setChecked(True)
    window.close()
    again = MainWindow(theme, window.settings)
    qtbot.addWidget(again)
    assert not again.steering.groups[1].header.isChecked()
    assert again.sampling.header.isChecked()
    again.close()


def test_one_who_skips_the_tour_types_a_question(window: MainWindow, qtbot: QtBot):
    """The keyboard once went to the field below, and the question into the control string."""
    window.activateWindow()
    window.page.tour.skip.setFocus()
    qtbot.mouseClick(window.page.tour.skip, Qt.MouseButton.LeftButton)
    assert window.page.tour.isHidden()
    assert window.focusWidget() is window.page.composer.input


def test_the_tour_goes_on_with_what_is_done_and_comes_once(loaded: MainWindow, theme, qtbot: QtBot):
    tour = loaded.page.tour
    assert tour.count.text() == "1 of 2"
    answered(loaded, "What is tea?", qtbot)
    assert tour.count.text() == "2 of 2"
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        loaded.answering.resteer()
    assert tour.isHidden()
    again = MainWindow(theme, loaded.settings)
    qtbot.addWidget(again)
    assert again.page.tour.isHidden()
    again.frame.actions.tour.trigger()
    assert not again.page.tour.isHidden()
    again.close()


def test_the_tour_is_where_its_steps_are(window: MainWindow):
    """Its first step named samples beside an answer, and it took the columns' room."""
    tour = window.page.tour
    window.viewing.show("compare")
    assert tour.isHidden()
    window.frame.actions.tour.trigger()
    assert window.viewing.view == "chat"
    assert not tour.isHidden()
    assert tour.count.text() == "1 of 2"
    answer = Answer("Tea?", DEFAULT, Sampling(), "A drink.", "stop")
    window.session.chat.end().add(answer)
    window.conversing.changed.emit()
    assert tour.count.text() == "2 of 2"


def test_the_tour_can_be_dismissed(window: MainWindow):
    window.page.tour.skip.click()
    assert window.page.tour.isHidden()


def test_what_happens_is_announced(window: MainWindow, tiny_model, qtbot: QtBot):
    said: list[str] = []
    window.announcer.announced.connect(said.append)
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        window.open_model(tiny_model)
    answered(window, "What is tea?", qtbot, tokens=5)
    assert any("is ready" in sentence for sentence in said)
    assert said[-1] == "The answer is there: 5 tokens."


def test_an_error_is_announced(window: MainWindow, tmp_path, qtbot: QtBot):
    file = tmp_path / "letter.gguf"
    file.write_text("Dear model, …")
    with qtbot.waitSignal(window.announcer.announced, timeout=LOAD) as said:
        window.open_model(file)
    assert "letter.gguf" in said.args[0]


def test_without_a_gpu_one_line_says_what_would_change(loaded: MainWindow):
    assert "No GPU is used" in loaded.page.empty.device.text()
    assert not loaded.page.empty.device.isHidden()
    assert loaded.model is not None
    ready = msgspec.structs.replace(loaded.model.ready, built_for="CUDA", devices=())
    note = loaded.frame._device_note(dataclasses.replace(loaded.model, ready=ready))
    assert "but no driver or no GPU was found" in note


def test_the_window_fits_its_screen_with_a_title(window: MainWindow):
    screen = window.screen().availableGeometry()
    assert window.height() < screen.height()


def test_a_wide_window_can_be_made_narrow_again(window: MainWindow, qtbot: QtBot):
    narrow = window.minimumSizeHint().width()
    window.resize(2400, 900)
    qtbot.waitUntil(lambda: window.page.width() > 1500)
    assert window.minimumSizeHint().width() <= narrow


def test_the_keys_are_whole_beside_their_scroll_bar(window: MainWindow, qtbot: QtBot):
    dialog = show_keys(window)
    area = dialog.findChild(QScrollArea)
    qtbot.waitExposed(dialog)
    assert area.viewport().width() >= area.widget().sizeHint().width()
    dialog.close()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_samples_are_whole_at_any_text_size(
    window: MainWindow, theme, scale: float, qtbot: QtBot
):
    theme.set_scale(scale)
    window.page.empty.set_device_note("No GPU is used. " * 8)
    try:
        for width in range(1280, 1360, 5):  # some of them a few pixels short of a line
            window.resize(width, 700)
            for button in window.page.empty.buttons:
                qtbot.waitUntil(lambda b=button: b.height() >= b.heightForWidth(b.width()))
                assert button.width() >= button.minimumSizeHint().width()
        assert window.minimumSizeHint().height() <= 770
    finally:
        theme.set_scale(1.0)


def test_a_sample_whose_letters_grow_later_stays_whole(window: MainWindow, qtbot: QtBot):
    button = window.page.empty.buttons[0]
    before = button.height()
    for label in button.findChildren(QLabel):
        label.setStyleSheet("font-size: 16pt")
    qtbot.waitUntil(lambda: button.height() > before)
    qtbot.waitUntil(lambda: button.height() >= button.heightForWidth(button.width()))


def test_another_value_for_an_old_reply_begins_a_branch_there(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    answered(loaded, "And coffee?", qtbot)
    view = loaded.page.transcript.views[0]
    view.steer_menu.aboutToShow.emit()
    style = named(view.steer_menu, "Style")
    values = named(style, "humor")
    asked = loaded.steering.steering
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        next(action for action in values.actions() if action.text() == "3").trigger()
    (turn,) = loaded.session.chat.path()
    assert (turn.question, turn.steering) == ("What is tea?", asked.having(humor=3))
    assert loaded.steering.steering == asked
    loaded.conversing.step_last_version(-1)
    assert [turn.question for turn in loaded.session.chat.path()] == ["What is tea?", "And coffee?"]


def test_the_values_of_a_reply_are_taken_to_the_sliders(window: MainWindow, qtbot: QtBot):
    with_answers(window, "A drink.")
    window.session.chat.last.steering = DEFAULT.having(humor=2)
    view = window.page.transcript.views[0]
    view.steer_menu.set_told(window.session.chat.last.steering, ("humor",))
    view.steer_menu.aboutToShow.emit()
    assert view.steer_menu.actions()[0].text() == "humor"
    view.steer_menu.actions()[-1].trigger()
    assert window.steering.steering["humor"] == 2


def named(menu: QMenu, title: str) -> QMenu:
    return next(action.menu() for action in menu.actions() if action.text() == title)
