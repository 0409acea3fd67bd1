"""The control string shows what is sent, lights what changed, and paints before it returns."""

import pytest
from PySide6.QtGui import QGuiApplication, QPaintEvent
from pytestqt.qtbot import QtBot

from steerlm_studio.steer.schema import NEMOTRON
from steerlm_studio.steer.steering import DEFAULT, nothing_set
from steerlm_studio.ui.control_string import ControlString
from steerlm_studio.ui.control_text import ControlText


@pytest.fixture
def string(qtbot: QtBot) -> ControlString:
    string = ControlString()
    qtbot.addWidget(string)
    string.resize(700, 100)
    with qtbot.waitExposed(string):
        string.show()
    return string


def test_what_changed_is_lit_until_the_next_change(string: ControlString):
    string.set_steering(DEFAULT.having(humor=3))
    assert string.text.changed == {"humor"}
    string.set_steering(DEFAULT.having(humor=3, verbosity=1, lang="de"))
    assert string.text.changed == {"verbosity", "lang"}


def test_the_same_again_keeps_the_light(string: ControlString):
    string.set_steering(DEFAULT.having(humor=3))
    string.set_steering(DEFAULT.having(humor=3))
    assert string.text.changed == {"humor"}


class Watched(ControlText):
    painted: str | None = None

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted = str(self.steering)


def test_a_change_is_painted_before_the_call_returns(qtbot: QtBot):
    text = Watched()
    qtbot.addWidget(text)
    with qtbot.waitExposed(text):
        text.show()
    text.set_steering(DEFAULT.having(humor=4))
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


def test_narrower_means_more_lines(string: ControlString):
    text = string.text
    assert text.heightForWidth(300) > text.heightForWidth(900) > 0


def test_folded_it_takes_one_line_and_the_tooltip_holds_the_whole(string: ControlString):
    string.text.set_folded(True)
    assert string.text.heightForWidth(300) == string.text.heightForWidth(3000)
    assert string.text.toolTip() == str(DEFAULT)


def test_with_nothing_set_it_says_so(string: ControlString):
    string.set_steering(nothing_set(NEMOTRON))
    assert "no control line" in string.text.accessibleDescription()


def test_screen_readers_get_the_string(string: ControlString):
    assert string.text.accessibleDescription() == str(DEFAULT)
