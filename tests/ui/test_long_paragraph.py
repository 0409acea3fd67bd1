"""Paragraphs that grow and grow: laid out at their end alone, and whole again at rest."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.long_paragraph import LONG
from steerlm_studio.ui.text_view import TextView
from tests.ui.test_text_view import lines_of


def test_a_long_paragraph_grows_at_its_end_alone(view: TextView):
    view.show_markdown("Tea is")
    view.document().begin().setUserState(7)  # gone when the block is made anew
    view.show_markdown("Tea is a hot ")
    view.show_markdown("Tea is a hot drink.  It is")
    assert view.toPlainText() == "Tea is a hot drink.  It is"
    assert view.document().begin().userState() == 7
    view.show_markdown("Tea is a hot drink.  It is *indeed*")
    assert view.toPlainText() == "Tea is a hot drink.  It is indeed"


ENGLISH = ("One", "pours", "hot", "water", "on", "leaves,", "waits,", "and", "drinks", "it.")
HEBREW = ("תה", "הוא", "משקה", "חם", "שמכינים", "מעלים", "של", "צמח,", "עם", "tea")


def grown(view: TextView, words: tuple[str, ...], characters: int) -> str:
    """Let it grow by a word or two; what it has then."""
    text = ""
    while len(text) < characters:
        text += f"{words[len(text) % 10]} {words[len(text) % 3]} "
        view.show_markdown(text)
        if len(text) > 2 * LONG:
            assert view.document().lastBlock().length() < 2 * LONG
    return text


@pytest.mark.parametrize("words", [ENGLISH, HEBREW])
def test_an_endless_paragraph_looks_whole_while_its_end_alone_is_laid_out(
    view: TextView, words: tuple[str, ...], qtbot: QtBot
):
    view.clearFocus()
    view.window().setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    text = grown(view, words, 6000)
    assert view.document().blockCount() > 3
    size, parted = view.size(), view.grab().toImage()
    qtbot.waitUntil(lambda: view.document().blockCount() == 1)
    assert view.toPlainText() == text.strip()
    assert view.size() == size
    assert view.grab().toImage() == parted


def test_an_endless_paragraph_at_rest_is_one_again(view: TextView, qtbot: QtBot):
    text = grown(view, ENGLISH, 4000)
    cursor = view.textCursor()
    cursor.setPosition(1200)
    cursor.setPosition(3900, cursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    chosen = view.textCursor().selectedText()
    qtbot.waitUntil(lambda: view.document().blockCount() == 1)
    assert view.toPlainText() == text.strip()
    assert view.textCursor().selectedText() == chosen.replace("\u2029", " ")
    whole = TextView(view.parentWidget())
    whole.show_markdown(text)
    assert view.document().begin().blockFormat() == whole.document().begin().blockFormat()


def test_what_is_copied_and_found_in_an_endless_paragraph_has_no_breaks(view: TextView):
    text = grown(view, ENGLISH, 4000)
    assert view.document().blockCount() > 1
    view.selectAll()
    assert view.createMimeDataFromSelection().text() == text.strip()
    text = grown(view, ENGLISH, 4000)
    assert view.count_matches(" ") == text.strip().count(" ")


def test_an_endless_paragraph_of_another_width_is_broken_anew(view: TextView, qtbot: QtBot):
    text = grown(view, ENGLISH, 4000)
    view.window().resize(500, 400)
    qtbot.waitUntil(lambda: view.document().blockCount() == 1)
    assert view.toPlainText() == text.strip()


def test_the_end_of_an_endless_paragraph_is_still_markdown(view: TextView):
    text = grown(view, ENGLISH, 4000)
    view.show_markdown(f"{text}**indeed**\n\nNext.")
    assert [text for text, _, _ in lines_of(view.document())] == [f"{text}indeed", "Next."]
