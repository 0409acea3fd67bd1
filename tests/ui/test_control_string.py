"""The control string shows what is sent, can be typed in, and says what is wrong with it."""

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QPaintEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from steerlm_studio.steer.conversation import Conversation
from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON
from steerlm_studio.steer.steering import DEFAULT, Steering, default_steering, nothing_set
from steerlm_studio.steer.template import render, text_of
from steerlm_studio.ui.control_string import ControlString
from steerlm_studio.ui.control_text import ControlText
from steerlm_studio.ui.theme import Theme


@pytest.fixture
def string(qtbot: QtBot) -> ControlString:
    string = ControlString()
    qtbot.addWidget(string)
    string.resize(700, 100)
    with qtbot.waitExposed(string):
        string.show()
    return string


def told_by(string: ControlString) -> list[Steering]:
    told: list[Steering] = []
    string.edited.connect(lambda steering, visit: told.append(steering))
    return told


def put_cursor_after(string: ControlString, text: str) -> None:
    shown = string.text.toPlainText()
    cursor = string.text.textCursor()
    cursor.setPosition(shown.index(text) + len(text))
    string.text.setTextCursor(cursor)


def around_cursor(string: ControlString) -> tuple[str, str]:
    place = string.text.cursor_place()
    return string.text.string[:place][-6:], string.text.string[place:][:6]


def retype(string: ControlString, qtbot: QtBot, old: str, new: str) -> None:
    put_cursor_after(string, old)
    for _ in old:
        qtbot.keyClick(string.text, Qt.Key.Key_Backspace)
    qtbot.keyClicks(string.text, new)


# shown


def test_what_changed_is_lit_until_the_next_change(string: ControlString):
    string.set_steering(DEFAULT.having(humor=3))
    assert string.text.lit == {"humor"}
    string.set_steering(DEFAULT.having(humor=3, verbosity=1, lang="de"))
    assert string.text.lit == {"verbosity", "lang"}


def test_the_same_again_keeps_the_light(string: ControlString):
    string.set_steering(DEFAULT.having(humor=3))
    string.set_steering(DEFAULT.having(humor=3))
    assert string.text.lit == {"humor"}


class Watched(ControlText):
    painted: str | None = None

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted = self.string


def test_a_change_is_painted_before_the_call_returns(qtbot: QtBot):
    text = Watched()
    qtbot.addWidget(text)
    with qtbot.waitExposed(text):
        text.show()
    text.show_string(str(DEFAULT.having(humor=4)))
    assert text.painted == str(DEFAULT.having(humor=4))


def test_a_change_changes_what_is_seen(string: ControlString):
    before = string.text.grab().toImage()
    string.set_steering(DEFAULT.having(humor=3))
    assert string.text.grab().toImage() != before


def test_copy_puts_the_exact_string_on_the_clipboard(string: ControlString, qtbot: QtBot):
    string.set_steering(DEFAULT.having(humor=2))
    with qtbot.waitSignal(string.copied):
        string.copy_action.trigger()
    assert QGuiApplication.clipboard().text() == str(DEFAULT.having(humor=2))


def test_the_token_count_shows_once_it_is_known(string: ControlString):
    assert string.tokens.text() == ""
    string.set_token_count(92)
    assert string.tokens.text() == "92 tokens"
    string.set_token_count(None)
    assert string.tokens.text() == ""


def test_a_count_that_comes_leaves_the_lines_as_they_are(string: ControlString):
    QApplication.processEvents()
    width = string.text.width()
    string.set_token_count(92)
    QApplication.processEvents()
    assert string.text.width() == width


def test_the_room_for_the_count_follows_the_text_size(theme: Theme, string: ControlString):
    QApplication.processEvents()
    width = string.text.width()
    theme.set_scale(2.0)
    QApplication.processEvents()
    assert string.text.width() < width
    theme.set_scale(1.0)
    QApplication.processEvents()
    assert string.text.width() == width


def test_narrower_means_more_lines_up_to_four(string: ControlString):
    text = string.text
    assert text.heightForWidth(500) > text.heightForWidth(2000) > 0
    assert text.heightForWidth(200) == text.heightForWidth(300)


def test_lines_end_between_attributes(string: ControlString):
    layout = string.text.document().firstBlock().layout()
    shown = string.text.toPlainText()
    starts = [layout.lineAt(n).textStart() for n in range(1, layout.lineCount())]
    assert len(starts) >= 2
    assert all(shown[start - 2] == "," for start in starts)


def test_with_nothing_set_it_says_so(string: ControlString):
    string.set_steering(nothing_set(NEMOTRON))
    assert string.text.string == ""
    assert "no control line" in string.text.placeholderText()


# typed


def test_typing_moves_the_value_and_keeps_the_cursor(string: ControlString, qtbot: QtBot):
    told = told_by(string)
    retype(string, qtbot, "humor:0", "humor:3")
    assert told[-1] == DEFAULT.having(humor=3)
    assert string.text.lit == {"humor"}
    assert around_cursor(string) == ("umor:3", ",creat")


def test_half_a_word_moves_nothing(string: ControlString, qtbot: QtBot):
    told = told_by(string)
    put_cursor_after(string, "humor:0")
    for _ in "humor:0":
        qtbot.keyClick(string.text, Qt.Key.Key_Backspace)
    qtbot.keyClicks(string.text, "humor:")
    assert told == []
    assert "sliders are what is sent" in string.lint.message.text()


def test_a_slip_that_can_be_read_moves_the_slider_and_is_named(string: ControlString, qtbot: QtBot):
    told = told_by(string)
    retype(string, qtbot, "humor:0", "humor:9")
    assert told[-1] == DEFAULT.having(humor=4)
    assert "from 0 to 4" in string.lint.message.text()
    assert "sliders are what is sent" not in string.lint.message.text()


def test_a_slider_rewrites_it_and_the_cursor_stays_in_its_piece(string: ControlString):
    put_cursor_after(string, "creativ")
    string.set_steering(DEFAULT.having(quality=None, humor=1))
    assert around_cursor(string) == ("reativ", "ity:0,")


def test_what_is_typed_stays_while_it_says_the_same(string: ControlString, qtbot: QtBot):
    string.edited.connect(lambda steering, visit: string.set_steering(steering))
    put_cursor_after(string, "humor:0")
    qtbot.keyClick(string.text, Qt.Key.Key_Backspace)
    qtbot.keyClicks(string.text, " 2")
    assert "humor: 2," in string.text.string
    assert string.steering == DEFAULT.having(humor=2)


def test_on_the_way_out_it_is_written_as_it_is_sent(string: ControlString, qtbot: QtBot):
    retype(string, qtbot, "humor:0", " humor:2")
    qtbot.keyClick(string.text, Qt.Key.Key_Return)
    assert string.text.string == str(DEFAULT.having(humor=2))
    assert not string.lint.isVisible()


def test_a_slip_that_says_nothing_stays_to_be_mended(string: ControlString, qtbot: QtBot):
    retype(string, qtbot, "humor:0", "humor:x")
    qtbot.keyClick(string.text, Qt.Key.Key_Return)
    assert "humor:x" in string.text.string
    assert string.lint.isVisible()


def test_escape_takes_back_what_was_typed_but_not_understood(string: ControlString, qtbot: QtBot):
    retype(string, qtbot, "humor:0", "humor:x")
    qtbot.keyClick(string.text, Qt.Key.Key_Escape)
    assert string.text.string == str(DEFAULT)
    assert not string.lint.isVisible()


# lint


def test_a_slip_is_named_and_mended_with_one_click(string: ControlString, qtbot: QtBot):
    told = told_by(string)
    retype(string, qtbot, "humor:0", "humour:2")
    assert "Did you mean humor?" in string.lint.message.text()
    assert told == []
    assert string.lint.mend.text() == "Make it humor:2"
    qtbot.mouseClick(string.lint.mend, Qt.MouseButton.LeftButton)
    assert told == [DEFAULT.having(humor=2)]
    assert not string.lint.isVisible()


def test_several_slips_are_mended_together(string: ControlString, qtbot: QtBot):
    told = told_by(string)
    string.type("humour:2,quality:9,lang:de-AT")
    qtbot.mouseClick(string.lint.mend_all, Qt.MouseButton.LeftButton)
    assert told == [nothing_set(NEMOTRON).having(quality=4, humor=2, lang="de")]


def test_what_is_wrong_is_waved(string: ControlString, qtbot: QtBot):
    retype(string, qtbot, "humor:0", "humour:2")
    formats = string.text.document().firstBlock().layout().formats()
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    waves = [f for f in formats if f.format.underlineStyle() == wave]
    shown = string.text.toPlainText()
    assert [shown[w.start : w.start + w.length] for w in waves] == ["humour:2"]


def test_a_string_of_another_family_offers_to_change_over(string: ControlString, qtbot: QtBot):
    told = told_by(string)
    string.type(str(default_steering(NEMO_ALIGNER)))
    assert told == []
    assert string.lint.switch.text() == "Switch to NeMo-Aligner SteerLM"
    qtbot.mouseClick(string.lint.switch, Qt.MouseButton.LeftButton)
    assert told == [default_steering(NEMO_ALIGNER)]


# pasted


def paste(widget: QWidget, text: str) -> None:
    mime = QMimeData()
    mime.setText(text)
    assert isinstance(widget, ControlText)
    widget.insertFromMimeData(mime)


def test_a_pasted_prompt_gives_its_last_control_string(string: ControlString):
    told = told_by(string)
    asked = DEFAULT.having(humor=4, lang="fr")
    paste(string.text, text_of(render(Conversation(), "Why?", asked)))
    assert told == [asked]
    assert string.text.string == str(asked)


def test_a_pasted_string_is_not_left_selected(string: ControlString):
    string.text.selectAll()
    paste(string.text, "quality:4,humor:2,lang:de")
    assert string.text.string == "quality:4,humor:2,lang:de"
    assert not string.text.textCursor().hasSelection()


def test_an_empty_clipboard_does_not_empty_the_string(string: ControlString):
    before = string.text.string
    string.text.selectAll()
    paste(string.text, "")
    assert string.text.string == before


def test_a_pasted_fragment_goes_where_the_cursor_is(string: ControlString):
    told = told_by(string)
    string.text.selectAll()
    paste(string.text, "humor:3,\nlang:de")
    assert string.text.string == "humor:3, lang:de"
    assert told == [nothing_set(NEMOTRON).having(humor=3, lang="de")]
