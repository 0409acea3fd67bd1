"""One string with a break after each comma: keys and the clipboard know nothing of the breaks."""

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.broken_text import BrokenText
from steerlm_studio.ui.control_layout import BREAK, with_breaks

STRING = "quality:4,humor:0,lang:en"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def text(qtbot: QtBot) -> BrokenText:
    text = BrokenText()
    qtbot.addWidget(text)
    text.write(STRING)
    with qtbot.waitExposed(text):
        text.show()
    return text


def around_cursor(text: BrokenText) -> tuple[str, str]:
    place = text.cursor_place()
    return text.string[:place][-6:], text.string[place:][:6]


@pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Right])
def test_arrows_pass_every_character_in_one_press(text: BrokenText, qtbot: QtBot, key: Qt.Key):
    is_left = key == Qt.Key.Key_Left
    text.moveCursor(QTextCursor.MoveOperation.End if is_left else QTextCursor.MoveOperation.Start)
    places = []
    for _ in STRING:
        qtbot.keyClick(text, key)
        places.append(text.cursor_place())
    expected = range(1, len(STRING) + 1)
    assert places == [len(STRING) - n if is_left else n for n in expected]


def test_home_and_end_mean_the_whole_string(text: BrokenText, qtbot: QtBot):
    qtbot.keyClick(text, Qt.Key.Key_End)
    assert text.cursor_place() == len(STRING)
    qtbot.keyClick(text, Qt.Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
    text.copy()
    assert QGuiApplication.clipboard().text() == STRING


def test_backspace_deletes_a_comma_in_one_press(text: BrokenText, qtbot: QtBot):
    text.move_to(STRING.index("lang"))
    qtbot.keyClick(text, Qt.Key.Key_Backspace)
    assert text.string == "quality:4,humor:0lang:en"
    qtbot.keyClicks(text, ",")
    assert text.string == STRING
    assert around_cursor(text) == ("mor:0,", "lang:e")


def test_delete_takes_a_comma_in_one_press(text: BrokenText, qtbot: QtBot):
    text.move_to(STRING.index(",lang"))
    qtbot.keyClick(text, Qt.Key.Key_Delete)
    assert text.string == "quality:4,humor:0lang:en"
    assert around_cursor(text) == ("umor:0", "lang:e")


@pytest.mark.parametrize("key", [Qt.Key.Key_Backspace, Qt.Key.Key_Left])
def test_back_by_words_comes_to_the_start(text: BrokenText, qtbot: QtBot, key: Qt.Key):
    text.moveCursor(QTextCursor.MoveOperation.End)
    for _ in STRING:
        qtbot.keyClick(text, key, CTRL)
    assert text.cursor_place() == 0
    assert text.string == ("" if key == Qt.Key.Key_Backspace else STRING)


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Right])
def test_on_by_words_comes_to_the_end(text: BrokenText, qtbot: QtBot, key: Qt.Key):
    text.moveCursor(QTextCursor.MoveOperation.Start)
    for _ in STRING:
        qtbot.keyClick(text, key, CTRL)
    assert text.cursor_place() == len(text.string)
    assert text.string == ("" if key == Qt.Key.Key_Delete else STRING)


def test_what_is_told_and_shown_agree(text: BrokenText, qtbot: QtBot):
    told: list[str] = []
    text.edited.connect(told.append)
    text.move_to(len("quality:4,"))
    qtbot.keyClicks(text, "a,b")
    assert told == [STRING.replace("humor", typed + "humor") for typed in ("a", "a,", "a,b")]
    assert text.toPlainText() == with_breaks(text.string)


def test_a_selection_is_copied_without_the_breaks(text: BrokenText):
    text.selectAll()
    assert BREAK in text.textCursor().selectedText()
    text.copy()
    assert QGuiApplication.clipboard().text() == STRING


COPY_AND_QUIT = """
from PySide6.QtWidgets import QApplication
from steerlm_studio.ui.broken_text import BrokenText
app = QApplication([])
text = BrokenText()
text.write("quality:4,lang:en")
text.selectAll()
text.copy()
assert app.clipboard().text() == "quality:4,lang:en", app.clipboard().text()
assert not app.clipboard().mimeData().hasHtml()
"""


def test_what_was_copied_does_not_crash_the_program_when_it_quits():
    """The clipboard kept an object of Python's, and took it down when Python was gone."""
    done = subprocess.run([sys.executable, "-c", COPY_AND_QUIT], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
