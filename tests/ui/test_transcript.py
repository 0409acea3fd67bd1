"""Reading a conversation: what streams in, what is followed, what differs."""

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.transcript import Transcript

LONG = "\n\n".join("A paragraph of some words about tea." for _ in range(40))


def asked(chat: Chat, text: str = "", steering: Steering = DEFAULT) -> Answer:
    return chat.end().add(Answer("What is tea?", steering, Sampling(), text))


def grow(transcript: Transcript, answer: Answer, text: str, qtbot: QtBot) -> None:
    answer.text += text
    with qtbot.waitSignal(transcript.painted):
        transcript.answer_grew(answer)
    QApplication.processEvents()


def test_many_pieces_within_a_frame_are_painted_once(transcript: Transcript, qtbot: QtBot):
    chat = Chat()
    answer = asked(chat)
    transcript.show_chat(chat)
    painted: list[bool] = []
    transcript.painted.connect(lambda: painted.append(True))
    for _ in range(50):
        answer.text += "tea "
        transcript.answer_grew(answer)
    qtbot.waitUntil(lambda: bool(painted))
    assert len(painted) == 1
    assert transcript.views[0].body.toPlainText().split() == ["tea"] * 50


def test_the_end_is_followed_while_one_is_there(transcript: Transcript, qtbot: QtBot):
    chat = Chat()
    answer = asked(chat, LONG)
    transcript.show_chat(chat)
    transcript.follow()
    grow(transcript, answer, "\n\n" + LONG, qtbot)
    bar = transcript.verticalScrollBar()
    assert bar.maximum() > 0
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    assert transcript.to_end.isHidden()


def test_one_who_reads_above_is_left_there(transcript: Transcript, qtbot: QtBot):
    chat = Chat()
    answer = asked(chat, LONG)
    transcript.show_chat(chat)
    transcript.follow()
    bar = transcript.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(40)
    grow(transcript, answer, "\n\n" + LONG, qtbot)
    assert bar.value() == 40
    assert not transcript.to_end.isHidden()


def test_the_button_leads_back_to_the_end(transcript: Transcript, qtbot: QtBot):
    chat = Chat()
    asked(chat, LONG)
    transcript.show_chat(chat)
    bar = transcript.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(0)
    transcript.to_end.click()
    assert bar.value() == bar.maximum()


def test_views_of_what_stays_are_kept(transcript: Transcript):
    chat = Chat()
    asked(chat, "One.").finish = "stop"
    transcript.show_chat(chat)
    first = transcript.views[0]
    asked(chat, "Two.")
    transcript.show_chat(chat)
    assert transcript.views[0] is first
    assert len(transcript.views) == 2


def test_another_conversation_replaces_the_views(transcript: Transcript):
    one, other = Chat(), Chat()
    asked(one, "One.")
    asked(other, "Other.")
    transcript.show_chat(one)
    transcript.show_chat(other)
    assert [view.body.toPlainText() for view in transcript.views] == ["Other."]


def test_chips_say_what_differs_from_the_card_then_from_the_reply_before(
    transcript: Transcript,
):
    chat = Chat()
    asked(chat, "One.", DEFAULT.having(humor=3))
    asked(chat, "Two.", DEFAULT.having(humor=3, verbosity=1))
    transcript.show_chat(chat)
    chips = [[chip.text for chip in view.chips.chips] for view in transcript.views]
    assert chips == [["humor 0→3"], ["verbosity 4→1"]]
    assert str(chat.path()[0].steering) == transcript.views[0].chips.accessibleDescription()
    assert ",\nhumor:3,\n" in transcript.views[0].chips.toolTip()  # one line was cut by the screen


def test_a_second_version_is_compared_with_the_first(transcript: Transcript):
    chat = Chat()
    asked(chat, "One.", DEFAULT.having(humor=3))
    chat.start.add(Answer("What is tea?", DEFAULT.having(humor=3, lang="de"), Sampling()))
    transcript.show_chat(chat)
    assert [chip.text for chip in transcript.views[0].chips.chips] == ["lang en→de"]


def test_only_the_last_answer_offers_to_re_steer_and_only_under_other_sliders(
    transcript: Transcript,
):
    chat = Chat()
    asked(chat, "One.")
    asked(chat, "Two.")
    transcript.show_chat(chat)
    transcript.offer_resteer(DEFAULT)
    assert all(view.resteer.isHidden() for view in transcript.views)
    transcript.offer_resteer(DEFAULT.having(humor=4))
    assert [view.resteer.isHidden() for view in transcript.views] == [True, False]


@pytest.mark.parametrize(
    ("finish", "said"),
    [
        ("length", "Cut off at"),
        ("context", "context is full"),
        ("cancelled", "Stopped"),
        ("failed", "engine ended"),
    ],
)
def test_why_a_reply_ended_early_is_said(transcript: Transcript, finish: str, said: str):
    chat = Chat()
    asked(chat, "One.").finish = finish
    transcript.show_chat(chat)
    assert said in transcript.views[0].note.text()


def test_an_empty_reply_is_said_to_be_empty(transcript: Transcript):
    chat = Chat()
    asked(chat, "").finish = "stop"
    transcript.show_chat(chat)
    assert "empty" in transcript.views[0].note.text()


def test_copying_gives_the_reply_as_the_model_wrote_it(transcript: Transcript):
    chat = Chat()
    asked(chat, "**Tea**\n\n- a\n")
    transcript.show_chat(chat)
    transcript.views[0].copy_button.click()
    assert QApplication.clipboard().text() == "**Tea**\n\n- a"


def test_a_reply_in_another_language_is_told(transcript: Transcript):
    chat = Chat()
    english = "Tea is a hot drink that is made from the leaves of a plant, and it is for you."
    asked(chat, english, DEFAULT.having(lang="de")).finish = "stop"
    transcript.show_chat(chat)
    assert "German was asked for (lang:de)" in transcript.views[0].note.text()
    assert "English" in transcript.views[0].note.text()


def test_the_beginning_of_a_long_reply_tells_its_language(transcript: Transcript):
    chat = Chat()
    german = "Der Tee ist ein Getränk, das man aus den Blättern einer Pflanze macht. " * 60
    english = "Tea is a hot drink that is made from the leaves of a plant, and it is for you. "
    asked(chat, german + english * 500, DEFAULT.having(lang="de")).finish = "stop"
    transcript.show_chat(chat)
    assert transcript.views[0].note.text() == ""


def test_another_question_of_a_branch_is_shown_with_its_answer(transcript: Transcript):
    chat = Chat()
    asked(chat, "One.").finish = "stop"
    transcript.show_chat(chat)
    chat.start.add(Answer("Why tea?", DEFAULT, Sampling(), "Because.", "stop"))
    transcript.show_chat(chat)
    assert transcript.views[0].question.toPlainText() == "Why tea?"
    assert transcript.views[0].version.text() == "2 of 2"


def test_the_pencil_and_the_bin_tell_which_answer_they_mean(transcript: Transcript, qtbot: QtBot):
    chat = Chat()
    answer = asked(chat, "One.")
    transcript.show_chat(chat)
    with qtbot.waitSignal(transcript.edit_requested) as edit:
        transcript.views[0].edit.click()
    with qtbot.waitSignal(transcript.delete_requested) as delete:
        transcript.views[0].delete.click()
    assert edit.args == delete.args == [answer]


def test_how_a_reply_was_made_is_told_beside_it(transcript: Transcript):
    chat = Chat()
    asked(chat, "A drink.", DEFAULT.having(humor=3)).finish = "stop"
    transcript.show_chat(chat)
    transcript.views[0].details.click()
    dialog = transcript.window().findChild(QDialog)
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert str(DEFAULT.having(humor=3)) in [text.replace("\u200b", "") for text in shown]
    dialog.close()


def test_what_grew_out_of_sight_is_there_when_one_looks(transcript: Transcript):
    chat = Chat()
    answer = asked(chat)
    transcript.show_chat(chat)
    transcript.hide()
    answer.text = "Tea is hot."
    transcript.answer_grew(answer)
    transcript.show()
    assert transcript.views[0].body.toPlainText() == "Tea is hot."
