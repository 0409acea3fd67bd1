"""Text on the screen: streams block by block, opens nothing, is as high as it is."""

import random
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QFont, QPaintEvent, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.rich_text import SealedDocument
from steerlm_studio.ui.text_safety import BREAK, LONGEST_RUN
from steerlm_studio.ui.text_view import TextView

REPLY = (
    "# Tea\n\nA *drink* from `leaves`.\n\n- green\n- black\n\n1. boil\n\n2. pour\n\n"
    "   and wait\n\n```py\nx = 1\n\ny = 2\n```\n\n> hot\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    "Enjoy it."
)


def lines_of(document: QTextDocument) -> list[tuple[str, int, str]]:
    """Text, heading level and list mark of every block."""
    found, block = [], document.begin()
    while block.isValid():
        marks = block.textList()
        mark = marks.itemText(block) if marks else ""
        found.append((block.text(), block.blockFormat().headingLevel(), mark))
        block = block.next()
    return found


def test_a_table_behind_code_has_its_first_cell_like_the_others(view: TextView):
    view.show_markdown("```py\n| no table |\n```\n\n| cup | hot |\n|---|---|\n| tea | 80 |\n\nEnd.")
    blocks = lines_of(view.document())
    texts = [text for text, _, _ in blocks if text]
    assert texts == ["| no table |", "cup", "hot", "tea", "80", "End."]
    cell = view.document().find("cup")
    assert cell.currentTable().cellAt(0, 0).firstPosition() == cell.selectionStart()
    assert cell.charFormat().fontWeight() == QFont.Weight.Bold


def test_a_streamed_reply_looks_like_the_whole_one(view: TextView):
    for end in range(len(REPLY) + 1):
        view.show_markdown(REPLY[:end])
    streamed = lines_of(view.document())
    view.show_plain("")
    view.show_markdown(REPLY)
    assert streamed == lines_of(view.document())
    assert ("Tea", 1, "") in streamed
    assert ("pour", 0, "2.") in streamed


def looks_of(document: QTextDocument) -> list[tuple[str, bool, int, bool, bool, bool]]:
    """Each stretch of text with what one sees of its format."""
    found, block = [], document.begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            form = fragments.fragment().charFormat()
            looks = (form.isAnchor(), form.fontWeight(), form.fontItalic())
            shape = (form.fontFixedPitch(), form.fontStrikeOut())
            found.append((fragments.fragment().text(), *looks, *shape))
            fragments += 1
        found.append(("\n", False, 0, False, False, False))
        block = block.next()
    return found


SIGNS = ("tea", "is", "hot,", "5", "-", "1.", "*", "**", "_", "`", "~~", "~", "<", "#", "|")
MORE_SIGNS = ("[", "](", ")", "!", "&", "amp;", "\\", "http:", "//x.y", "ww", "w.x.y", "a@b.c")
FENCES = ("```", ">")
SPACES = (" ", " ", " ", "", "", "  ", "\n", "\n\n", "\n  ", "\n    ", "\t")


class AnewView(TextView):
    """Has its last block parsed anew with every word."""

    def _go_on(self, text: str) -> bool:
        return False


@pytest.mark.parametrize("seed", range(30))
def test_words_that_grow_look_as_if_their_block_was_made_anew(view: TextView, seed: int):
    chance = random.Random(seed)
    pieces = [
        chance.choice(SIGNS[:3] if chance.random() < 0.6 else SIGNS + MORE_SIGNS + FENCES)
        + chance.choice(SPACES)
        for _ in range(25)
    ]
    anew = AnewView(view)
    text = ""
    for piece in pieces:
        text += piece
        view.show_markdown(text)
        anew.show_markdown(text)
        assert looks_of(view.document()) == looks_of(anew.document()), text


def test_finished_blocks_are_left_alone_while_the_last_one_grows(view: TextView):
    view.show_markdown("One.\n\nTwo.\n\nThr")
    touched: list[int] = []
    view.document().contentsChange.connect(lambda at, removed, added: touched.append(at))
    view.show_markdown("One.\n\nTwo.\n\nThree")
    assert min(touched) >= len("One.\nTwo.")


class Painted(QObject):
    """The topmost pixel that was painted since it was last asked."""

    def __init__(self, view: TextView) -> None:
        super().__init__(view)
        self._tops: list[int] = []
        view.viewport().installEventFilter(self)

    def top(self) -> int:
        for _ in range(10):
            QApplication.processEvents()
        tops, self._tops = self._tops, []
        return min(tops)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self._tops.append(event.region().boundingRect().top())
        return False


def test_what_stands_above_the_growing_block_is_not_painted_again(view: TextView):
    painted = Painted(view)
    view.show_markdown("One.\n\nTwo.\n\nThr")
    assert painted.top() == 0
    above = view.cursorRect(view.document().find("One.")).bottom()
    view.show_markdown("One.\n\nTwo.\n\nThree.\n\nFour and more")
    assert painted.top() > above


def test_a_text_that_is_given_another_width_is_painted_anew(view: TextView, qtbot: QtBot):
    painted = Painted(view)
    view.show_markdown("One.\n\nTwo.\n\nThree.")
    painted.top()
    view.window().resize(500, 400)
    qtbot.waitUntil(lambda: view.width() < 520)
    assert painted.top() == 0


def test_a_text_that_does_not_go_on_from_the_shown_one_replaces_it(view: TextView):
    view.show_markdown("One.\n\nTwo.\n\nThree")
    view.show_markdown("Other.\n\nText")
    assert view.toPlainText() == "Other.\nText"


def test_an_image_is_named_and_never_read(view: TextView, tmp_path: Path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"")
    view.show_markdown(f"Look: ![x](file://{secret}) ![y]({secret})")
    assert view.toPlainText() == f"Look: [file://{secret}] [{secret}]"


def test_html_is_shown_as_text(view: TextView):
    view.show_markdown("a <b>b</b>")
    assert view.toPlainText() == "a <b>b</b>"


def test_a_document_loads_no_resource(tmp_path: Path):
    file = tmp_path / "any.txt"
    file.write_text("secret")
    kind = QTextDocument.ResourceType.ImageResource.value
    assert SealedDocument().resource(kind, QUrl.fromLocalFile(str(file))) is None


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "data:text/x,y"])
def test_links_to_files_and_scripts_lead_nowhere(view: TextView, address: str, qtbot: QtBot):
    with qtbot.assertNotEmitted(view.link_activated):
        view.anchorClicked.emit(QUrl(address))


def test_a_link_to_the_web_is_offered_not_opened(view: TextView, qtbot: QtBot):
    with qtbot.waitSignal(view.link_activated) as link:
        view.anchorClicked.emit(QUrl("https://example.com/"))
    assert link.args == [QUrl("https://example.com/")]


def test_it_is_as_high_as_its_text(view: TextView, qtbot: QtBot):
    view.show_plain("one line")
    low = view.height()
    view.show_plain("\n".join("a line" for _ in range(20)))
    assert view.height() > 15 * low
    assert not view.verticalScrollBar().isVisible()


def test_an_endless_word_is_broken_before_it_takes_qt_long(view: TextView):
    view.show_plain("a" * 200_000)
    runs = view.toPlainText().split(BREAK)
    assert "".join(runs) == "a" * 200_000
    assert max(map(len, runs)) <= LONGEST_RUN  # the time grows as the square of this


def test_the_text_to_copy_is_the_one_that_came(view: TextView):
    view.show_markdown("a\u202eb " + "c" * 3000)
    assert view.text == "a\u202eb " + "c" * 3000


def colours_in(view: TextView) -> dict[str, str]:
    """The colour of each stretch of text."""
    found, block = {}, view.document().begin()
    while block.isValid():
        fragments = block.begin()
        while not fragments.atEnd():
            form = fragments.fragment().charFormat()
            found[fragments.fragment().text()] = form.foreground().color().name()
            fragments += 1
        block = block.next()
    return found


def test_code_is_coloured_by_what_its_words_are(view: TextView):
    view.show_markdown("```python\n# 🍵 one\ndef f():\n    return '🍵'\n```")
    found = colours_in(view)
    assert found["def"] == found["return"]
    assert len({found["def"], found["# 🍵 one"], found["'🍵'"], found["f"]}) == 4


def test_code_in_an_unknown_language_has_one_colour(view: TextView):
    view.show_markdown("```tea\ndef f(): return 1\n```")
    assert "def f(): return 1" in colours_in(view)


def test_each_paragraph_runs_in_the_direction_of_its_own_text(view: TextView):
    view.show_markdown("Tea.\n\nالشاي مشروب.\n\n- תה\n\n```\nשלום = 1\n```")  # noqa: RUF001
    block, directions = view.document().begin(), []
    while block.isValid():
        directions.append(block.textDirection().name)
        block = block.next()
    assert directions == ["LeftToRight", "RightToLeft", "RightToLeft", "LeftToRight"]


def test_matches_are_marked_and_counted(view: TextView):
    view.show_markdown("**Tea** is tea.")
    assert view.show_matches("TEA", current=1) == 2
    assert [mark.format.fontUnderline() for mark in view.extraSelections()] == [False, True]
    assert view.show_matches("") == 0
