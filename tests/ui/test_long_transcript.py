"""Of a long conversation only what one looks at is made into views."""

import itertools

from PySide6.QtWidgets import QAbstractSlider
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.transcript import Transcript
from tests.ui.test_transcript import asked


def many(count: int) -> Chat:
    chat = Chat()
    for number in range(count):
        chat.end().add(
            Answer(f"Question {number}?", DEFAULT, Sampling(), f"Reply {number}.", "stop")
        )
    return chat


def test_of_a_long_conversation_the_last_turns_are_made_first(transcript: Transcript):
    transcript.show_chat(many(50))
    assert len(transcript.views) < 20
    assert transcript.views[-1].body.toPlainText() == "Reply 49."
    assert not transcript.to_earlier.isHidden()
    while transcript.earlier:
        transcript.to_earlier.click()
    assert [view.body.toPlainText() for view in transcript.views] == [
        f"Reply {number}." for number in range(50)
    ]
    assert transcript.to_earlier.isHidden()


def test_scrolling_up_brings_earlier_turns_and_stays_at_the_line(
    transcript: Transcript, qtbot: QtBot
):
    transcript.show_chat(many(50))
    bar = transcript.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    before = transcript.earlier
    bar.triggerAction(QAbstractSlider.SliderAction.SliderToMinimum)
    qtbot.waitUntil(lambda: transcript.earlier < before)
    qtbot.waitUntil(lambda: bar.value() > 0)


def test_earlier_turns_are_made_one_by_one_until_a_screenful_is_above(
    transcript: Transcript, qtbot: QtBot
):
    transcript.show_chat(many(50))
    bar = transcript.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    made = [len(transcript.views)]
    transcript._more_above.timeout.connect(lambda: made.append(len(transcript.views)))
    bar.triggerAction(QAbstractSlider.SliderAction.SliderToMinimum)
    qtbot.waitUntil(lambda: bar.value() >= transcript.viewport().height())
    qtbot.waitUntil(lambda: not transcript._more_above.isActive())
    assert transcript.earlier > 0
    assert {after - before for before, after in itertools.pairwise(made)} <= {0, 1}


def test_a_conversation_is_shown_by_its_last_turns_and_filled_up_while_one_reads(
    transcript: Transcript, qtbot: QtBot
):
    chat = many(50)
    transcript.show_chat(chat)
    assert len(transcript.views) == 4
    bar, room = transcript.verticalScrollBar(), transcript.viewport().height()
    qtbot.waitUntil(lambda: bar.value() >= room and not transcript._more_above.isActive())
    assert transcript.earlier > 0
    assert bar.value() == bar.maximum()
    assert transcript.views[-1].answer is chat.last
    transcript.resize(600, 900)
    qtbot.waitUntil(lambda: bar.value() >= transcript.viewport().height() > room)


def test_out_of_sight_no_more_turns_are_made_than_at_first(transcript: Transcript, qtbot: QtBot):
    transcript.hide()
    transcript.show_chat(many(50))
    with qtbot.waitSignal(transcript._more_above.timeout):
        pass
    assert len(transcript.views) == 4
    transcript.show()
    qtbot.waitUntil(lambda: len(transcript.views) > 4)


def test_a_conversation_that_goes_on_keeps_its_earlier_turns_for_later(transcript: Transcript):
    chat = many(50)
    transcript.show_chat(chat)
    before = transcript.earlier
    asked(chat, "More.")
    transcript.show_chat(chat)
    assert transcript.earlier == before
    assert transcript.views[-1].body.toPlainText() == "More."


def test_an_early_branch_of_a_long_conversation_is_shown(transcript: Transcript):
    chat = many(50)
    transcript.show_chat(chat)
    chat.start.add(Answer("Otherwise?", DEFAULT, Sampling(), "So.", "stop"))
    transcript.show_chat(chat)
    assert [view.body.toPlainText() for view in transcript.views] == ["So."]


def test_at_the_end_the_earlier_views_are_let_go_of(transcript: Transcript):
    transcript.show_chat(many(50))
    transcript.reveal(0)
    assert len(transcript.views) == 50
    transcript.follow()
    assert len(transcript.views) < 20
    assert transcript.views[0].body.toPlainText() == f"Reply {transcript.earlier}."
