"""Comparing in the whole window with a real engine: one question, several settings, one batch."""

import os
import signal
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio import protocol
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.compare.column_view import ColumnView
from steerlm_studio.ui.compare.columns import Column, Columns
from steerlm_studio.ui.window import MainWindow
from tests.ui.conftest import LOAD
from tests.ui.test_window import answered, ask

CONTROL = Qt.KeyboardModifier.ControlModifier


def views(window: MainWindow) -> list[ColumnView]:
    return window.page.compare.strip.in_order()


def asked(window: MainWindow, qtbot: QtBot, question: str = "What is tea?") -> protocol.Done:
    return run(window, qtbot, lambda: ask(window, question, qtbot))


def run(window: MainWindow, qtbot: QtBot, begin: Callable[[], object]) -> protocol.Done:
    with qtbot.waitSignal(window.answering.measured, timeout=LOAD) as done:
        begin()
    return done.args[1]


def chips(view: ColumnView) -> list[str]:
    return [chip.text for chip in view.chips.chips]


def test_a_click_makes_columns_that_say_what_differs(comparing: MainWindow):
    assert [chips(view) for view in views(comparing)] == [[], ["humor 0→2"], ["humor 0→4"]]
    assert "Not asked yet" in views(comparing)[1].text.note.text()


def test_three_columns_fit_between_the_panels_and_no_column_squeezes_its_buttons(
    loaded: MainWindow, qtbot: QtBot
):
    """In German the third button of eight columns read “B…n”, and three columns scrolled."""
    loaded.resize(1280, 800)
    loaded.viewing.show("compare")
    page, bar = loaded.page.compare, loaded.page.compare.strip.horizontalScrollBar()
    promise = page.top.promise
    assert promise.wanted_width <= promise.width()
    for count in (3, 8):
        told = (Column(key, DEFAULT.having(humor=key % 5)) for key in range(count))
        loaded.comparing.become(Columns(tuple(told)))
        qtbot.waitUntil(lambda: all(view.width() > 100 for view in views(loaded)))
        assert count > 3 or bar.maximum() == 0
        for view in views(loaded):
            marks = view.foot.marks
            qtbot.waitUntil(lambda marks=marks: marks.keep.width() >= marks.keep.sizeHint().width())
            assert view.foot.more.geometry().right() <= marks.width()
            assert count == 3 or view.chips.y() > view.title.geometry().bottom()


def test_a_low_window_shows_a_column_from_its_header_to_its_foot(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    loaded.resize(1280, 760)
    loaded.viewing.show("compare")
    strip = loaded.page.compare.strip
    assert not strip.card.isHidden()
    qtbot.waitUntil(lambda: strip.widget().height() <= strip.viewport().height())
    assert strip.verticalScrollBar().value() == 0


def test_one_question_is_answered_in_every_column_in_one_batch(comparing: MainWindow, qtbot: QtBot):
    done = asked(comparing, qtbot)
    fork = comparing.session.chat.start
    assert [answer.steering["humor"] for answer in fork.answers] == [0, 2, 4]
    for view, answer in zip(views(comparing), fork.answers, strict=True):
        assert view.text.body.text == answer.text.lstrip()
        assert "cut at 12 tokens" in view.foot.numbers.text() or view.foot.numbers.toolTip()
    prompts = sum(answer.prompt_tokens for answer in fork.answers)
    shared = comparing.page.compare.foot.shared.accessibleName()
    assert shared == f"{prompts - done.evaluated} of {prompts} prompt tokens shared"
    assert done.evaluated < prompts


def test_the_sliders_change_the_selected_column_and_only_that(comparing: MainWindow, qtbot: QtBot):
    views(comparing)[2].setFocus()
    slider = comparing.steering.rows["verbosity"].slider
    qtbot.keyClick(slider, Qt.Key.Key_1)
    told = [column.steering for column in comparing.page.compare.columns.all]
    assert [one["verbosity"] for one in told] == [4, 4, 1]
    assert chips(views(comparing)[2]) == ["verbosity 4→1", "humor 0→4"]
    assert "verbosity:1" in str(comparing.page.control.steering)


def test_a_change_can_be_made_in_every_column(comparing: MainWindow, qtbot: QtBot):
    comparing.page.compare.top.every.setChecked(True)
    qtbot.keyClick(comparing.steering.rows["verbosity"].slider, Qt.Key.Key_1)
    told = [column.steering for column in comparing.page.compare.columns.all]
    assert [(one["verbosity"], one["humor"]) for one in told] == [(1, 0), (1, 2), (1, 4)]


def test_a_changed_column_says_so_and_is_answered_alone(comparing: MainWindow, qtbot: QtBot):
    asked(comparing, qtbot)
    view = views(comparing)[1]
    view.setFocus()
    qtbot.keyClick(comparing.steering.rows["verbosity"].slider, Qt.Key.Key_0)
    assert not view.again.isHidden()
    assert comparing.page.compare.top.run.text() == "Answer in 1 columns"
    run(comparing, qtbot, lambda: qtbot.keyClick(comparing, Qt.Key.Key_Return, CONTROL))
    fork = comparing.session.chat.start
    assert len(fork.answers) == 4
    assert view.answer is fork.answers[3]
    assert view.again.isHidden()
    assert fork.current is fork.answers[0]


def test_a_kept_reply_is_what_the_conversation_goes_on_from(comparing: MainWindow, qtbot: QtBot):
    asked(comparing, qtbot)
    views(comparing)[2].foot.marks.keep.click()
    fork = comparing.session.chat.start
    assert fork.current is fork.answers[2]
    assert [answer.kept for answer in fork.answers] == [False, False, True]
    assert views(comparing)[2].foot.marks.keep.text() == "Kept"
    asked(comparing, qtbot, "And coffee?")
    assert len(fork.answers[2].then.answers) == 3
    qtbot.keyClick(comparing, Qt.Key.Key_1, CONTROL)
    shown = comparing.page.transcript.views
    assert [view.version.text() for view in shown] == ["3 of 3", "1 of 3"]
    assert comparing.steering.steering["humor"] == 4


def test_the_question_before_can_be_looked_at_again(comparing: MainWindow, qtbot: QtBot):
    asked(comparing, qtbot)
    asked(comparing, qtbot, "And coffee?")
    top = comparing.page.compare.top
    assert (top.question.accessibleName(), top.turn.text()) == ("And coffee?", "2 of 2")
    top.earlier.click()
    assert (top.question.accessibleName(), top.turn.text()) == ("What is tea?", "1 of 2")
    first = comparing.session.chat.start.answers
    assert [view.answer for view in views(comparing)] == first


def test_the_first_reply_goes_on_until_one_is_kept(comparing: MainWindow, qtbot: QtBot):
    asked(comparing, qtbot)
    first, second = (view.foot.marks.keep for view in views(comparing)[:2])
    assert (first.text(), second.text()) == ("Keep", "Keep")
    assert "unless another" in first.toolTip()
    first.click()
    assert first.text() == "Kept"
    assert "unless another" not in second.toolTip()
    first.click()
    assert (first.text(), second.text()) == ("Keep", "Keep")


def test_one_who_reads_a_reply_selects_its_column(comparing: MainWindow, qtbot: QtBot):
    asked(comparing, qtbot)
    qtbot.mouseClick(views(comparing)[2].text.body.viewport(), Qt.MouseButton.LeftButton)
    assert comparing.page.compare.columns.selected == 2
    assert comparing.steering.steering["humor"] == 4


def test_a_column_answered_alone_is_the_same_as_beside_others(
    comparing: MainWindow, qtbot: QtBot, monkeypatch
):
    sent: list[protocol.Request] = []
    send = comparing.engine.send
    monkeypatch.setattr(comparing.engine, "send", lambda r: (sent.append(r), send(r)))
    asked(comparing, qtbot)
    run(comparing, qtbot, views(comparing)[1].menu.again.trigger)
    comparing.viewing.show("chat")
    run(comparing, qtbot, lambda: ask(comparing, "And coffee?", qtbot))
    runs = [request for request in sent if isinstance(request, protocol.Generate)]
    assert [(len(one.lanes), one.padded) for one in runs] == [(3, True), (1, True), (1, False)]


def test_a_removed_column_comes_back_with_its_reply(comparing: MainWindow, qtbot: QtBot):
    asked(comparing, qtbot)
    view = views(comparing)[1]
    answer = view.answer
    view.close_button.click()
    assert len(views(comparing)) == 2
    comparing.page.compare.notice.button.click()
    assert views(comparing)[1].answer is answer
    assert chips(views(comparing)[1]) == ["humor 0→2"]


def test_columns_are_moved_and_duplicated(comparing: MainWindow):
    last = views(comparing)[2]
    last.menu.earlier.trigger()
    assert [view.key for view in views(comparing)] == [0, 2, 1]
    assert views(comparing)[1] is last
    last.menu.duplicate.trigger()
    assert [chips(view) for view in views(comparing)][1:3] == [["humor 0→4"]] * 2


def test_a_column_can_have_a_seed_of_its_own(comparing: MainWindow, qtbot: QtBot):
    view = views(comparing)[1]
    view.setFocus()
    view.menu.own_sampling.trigger()
    comparing.sampling.seed.setValue(7)
    assert chips(view) == ["humor 0→2", "seed 42→7"]
    views(comparing)[0].setFocus()
    assert comparing.sampling.seed.value() == 42
    asked(comparing, qtbot)
    assert [a.sampling.seed for a in comparing.session.chat.start.answers] == [42, 7, 42]


def test_votes_and_notes_are_written_into_the_answer(comparing: MainWindow, qtbot: QtBot):
    asked(comparing, qtbot)
    foot, answer = views(comparing)[0].foot.marks, comparing.session.chat.start.answers[0]
    with qtbot.waitSignals([comparing.comparing.marked] * 3):
        foot.up.click()
        assert answer.vote == 1
        foot.down.click()
        foot.note_button.click()
        foot.note.setText("too long")
        foot.note.editingFinished.emit()
    assert (answer.vote, answer.note) == (-1, "too long")
    assert foot.down.isChecked()
    assert not foot.up.isChecked()


def test_the_chats_own_sliders_come_back(comparing: MainWindow, qtbot: QtBot):
    views(comparing)[2].setFocus()
    assert comparing.steering.steering["humor"] == 4
    qtbot.keyClick(comparing, Qt.Key.Key_1, CONTROL)
    assert comparing.steering.steering == DEFAULT


def test_versions_of_the_chat_become_columns(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    loaded.steering.apply(DEFAULT.having(humor=3))
    run(loaded, qtbot, loaded.answering.resteer)
    loaded.viewing.show("compare")
    assert [view.answer for view in views(loaded)] == loaded.session.chat.start.answers
    assert chips(views(loaded)[1]) == ["humor 0→3"]


def test_an_engine_that_is_killed_leaves_every_text(comparing: MainWindow, qtbot: QtBot):
    comparing.sampling.max_tokens.setValue(3000)
    with qtbot.waitSignal(comparing.engine.stepped, timeout=LOAD):
        ask(comparing, "What is tea?", qtbot)
    qtbot.waitUntil(lambda: comparing.session.chat.start.answers[0].tokens > 20)
    with qtbot.waitSignal(comparing.engine.lost, timeout=LOAD):
        os.kill(comparing.engine.process_id, signal.SIGKILL)
    texts = [answer.text for answer in comparing.session.chat.start.answers]
    assert texts[0]
    assert [view.text.body.text for view in views(comparing)] == [t.lstrip() for t in texts]
    assert "engine lost" in views(comparing)[0].foot.numbers.accessibleName()
    comparing.sampling.max_tokens.setValue(5)
    asked(comparing, qtbot, "And coffee?")
    # what was written before the kill is part of the prompt, so a reply may end by itself
    answers = [view.answer for view in views(comparing)]
    assert [answer and answer.question for answer in answers] == ["And coffee?"] * 3
    assert all(answer and answer.finish in ("length", "stop") for answer in answers)


def test_the_comparison_is_the_same_after_it_was_written_down(comparing: MainWindow, qtbot: QtBot):
    asked(comparing, qtbot)
    page = comparing.page.compare
    page.top.mode.setCurrentIndex(1)
    page.top.mode.activated.emit(1)
    page.foot.together.setChecked(False)
    state, shown = page.state(), [view.answer for view in views(comparing)]
    views(comparing)[1].close_button.click()
    page.top.mode.activated.emit(0)
    comparing.comparing.restore(state)
    assert page.state() == state
    assert [view.answer for view in views(comparing)] == shown
    assert page.mode == "exact"


@pytest.mark.parametrize("mode", ["fast", "exact"])
def test_what_a_mode_promises_stands_beside_it(comparing: MainWindow, qtbot: QtBot, mode: str):
    top = comparing.page.compare.top
    top.mode.activated.emit(top.mode.findData(mode))
    assert top.promise.accessibleName().endswith(".")
    asked(comparing, qtbot)
    assert {answer.mode for answer in comparing.session.chat.start.answers} == {mode}
