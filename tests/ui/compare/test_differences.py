"""Reading what differs between columns: words, only changes, figures."""

import time
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio import protocol
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.store.records import Setup
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.compare.diff_view import DiffView
from steerlm_studio.ui.compare.page import ComparePage
from steerlm_studio.ui.reply_details import details_of, show_details
from steerlm_studio.ui.theme import GRID
from steerlm_studio.ui.window import MainWindow
from steerlm_studio.word_diff import word_diff

SAMPLING = protocol.Sampling()
TOLD = [DEFAULT, DEFAULT.having(humor=4), DEFAULT.having(verbosity=0)]
TEXTS = ["Tea is a hot drink.", "Tea is a cold drink.", "Tea."]


@pytest.fixture
def page(window: MainWindow) -> ComparePage:
    """A comparison of three replies, as if it had been made."""
    say(window, TEXTS)
    return window.page.compare


def say(window: MainWindow, texts: list[str]) -> None:
    fork = window.session.chat.end()
    for told, text in zip(TOLD, texts, strict=True):
        answer = Answer("What is tea?", told, SAMPLING, text, "stop", 10, seconds=0.5)
        fork.answers.append(answer)
    window.viewing.show("compare")


def show(page: ComparePage, shown: str, against: int = 0) -> None:
    foot = page.foot
    foot.differences.setCurrentIndex(foot.differences.findData(shown))
    foot.against.setCurrentIndex(against)
    foot.changed.emit()


def marked(view: DiffView) -> list[tuple[str, str]]:
    """The stretches that are underlined or struck through."""
    found = []
    block = view.document().begin()
    while block.isValid():
        pieces = block.begin()
        while not pieces.atEnd():
            fragment = pieces.fragment()
            form = fragment.charFormat()
            if form.fontUnderline() or form.fontStrikeOut():
                found.append((fragment.text(), "under" if form.fontUnderline() else "struck"))
            pieces += 1
        block = block.next()
    return found


def test_words_put_in_are_underlined_and_words_left_out_struck_through(
    page: ComparePage, qtbot: QtBot
):
    show(page, "words")
    texts = [view.text for view in page.strip.in_order()]
    qtbot.waitUntil(lambda: not texts[2].diff.isHidden())
    assert marked(texts[1].diff) == [("hot", "struck"), ("cold", "under")]
    assert texts[1].diff.accessibleDescription() == "1 words inserted, 1 deleted"
    assert texts[0].diff.isHidden()
    assert texts[0].body.isVisible()


def test_any_column_can_be_the_one_to_compare_with(page: ComparePage, qtbot: QtBot):
    show(page, "words", against=1)
    texts = [view.text for view in page.strip.in_order()]
    qtbot.waitUntil(lambda: not texts[0].diff.isHidden())
    assert marked(texts[0].diff) == [("cold", "struck"), ("hot", "under")]
    assert texts[1].diff.isHidden()
    show(page, "none")
    assert [text.body.toPlainText() for text in texts] == TEXTS
    assert not any(text.diff.isVisible() for text in texts)


def test_replies_that_do_not_differ_say_so(window: MainWindow, qtbot: QtBot):
    say(window, ["Tea is a hot drink."] * 3)
    show(window.page.compare, "changed")
    diff = window.page.compare.strip.in_order()[1].text.diff
    qtbot.waitUntil(lambda: not diff.isHidden())
    assert diff.toPlainText() == "No difference."


def test_a_reply_that_is_still_written_is_shown_plain(window: MainWindow, qtbot: QtBot):
    say(window, TEXTS)
    answer = window.session.chat.start.answers[1]
    answer.finish = None
    page = window.page.compare
    show(page, "words")
    views = page.strip.in_order()
    qtbot.waitUntil(lambda: not views[2].text.diff.isHidden())
    assert views[1].text.diff.isHidden()
    answer.finish = "stop"
    page.ended((answer,))
    qtbot.waitUntil(lambda: not views[1].text.diff.isHidden())


def test_the_window_never_waits_for_long_replies(window: MainWindow, qtbot: QtBot):
    long = [" ".join(f"word{n * step % 1000}" for n in range(1000)) for step in (7, 11, 13)]
    say(window, long)
    began = time.process_time()
    show(window.page.compare, "words")
    assert time.process_time() - began < 0.2
    views = window.page.compare.strip.in_order()
    qtbot.waitUntil(lambda: not views[2].text.diff.isHidden(), timeout=20_000)


def test_the_table_has_a_row_of_figures_per_column(page: ComparePage):
    assert page.table.isHidden()
    page.foot.table.click()
    assert page.table.isVisible()
    rows = [
        [page.table.item(row, place).text() for place in (0, 1, 2, 5, 6, 7)] for row in range(3)
    ]
    assert rows == [
        ["1 · base", "5", "1", "0.5 s", "20", ""],
        ["2 · humor 0→4", "5", "1", "0.5 s", "20", "3 words, then “cold” for “hot”"],
        ["3 · verbosity 4→0", "1", "1", "0.5 s", "20", "1 words"],
    ]


def test_on_a_low_window_the_table_stands_where_the_columns_stood(page: ComparePage, qtbot: QtBot):
    page.setFixedHeight(page.minimumSizeHint().height())
    page.foot.table.click()
    qtbot.waitUntil(page.strip.isHidden)
    qtbot.waitUntil(lambda: page.table.y() - page.top.geometry().bottom() < 2 * GRID)
    assert page.top.height() <= page.top.sizeHint().height()
    sides = [Qt.AlignmentFlag(page.table.item(1, place).textAlignment()) for place in (1, 7)]
    assert sides[0] & Qt.AlignmentFlag.AlignTrailing
    assert sides[1] & Qt.AlignmentFlag.AlignLeading  # words: near the figures also in a wide window


def test_how_a_reply_was_made_can_be_read(window: MainWindow, qtbot: QtBot):
    setup = Setup(model="Demo", quant="Q8_0", device="CPU", versions={"llama.cpp": "b1234"})
    answer = Answer("Tea?", DEFAULT, SAMPLING, "A drink.", "stop", mode="exact", width=2)
    answer.setup = setup
    known = dict(details_of(answer))
    assert known["Control string"] == str(DEFAULT)
    assert known["Mode"].startswith("Exact")
    assert (known["Step width"], known["seed"], known["Device"]) == ("2", "42", "CPU")
    assert (known["Quantization"], known["llama.cpp"]) == ("Q8_0", "b1234")
    dialog = show_details(window, answer)
    assert dialog.width() < 800
    dialog.close()


def test_what_is_shown_of_the_differences_is_kept(page: ComparePage):
    show(page, "changed", against=2)
    page.foot.table.setChecked(True)
    state = page.state()
    show(page, "none")
    page.foot.table.setChecked(False)
    page.restore(state)
    assert page.state() == state
    assert (page.differences.shown, page.differences.against) == ("changed", 2)


def test_the_table_takes_the_place_of_the_columns_where_there_is_no_room(
    page: ComparePage, qtbot: QtBot
):
    page.foot.table.click()
    page.window().resize(1280, 1100)
    qtbot.waitUntil(lambda: page.strip.isVisible() and page.table.isVisible())
    assert page.strip.height() >= page.strip.minimumSizeHint().height()
    page.window().resize(1280, 600)
    qtbot.waitUntil(lambda: not page.strip.isVisible())
    assert page.instead.isVisible()
    page.foot.table.click()
    assert page.strip.isVisible()
    assert not page.instead.isVisible()


def test_a_table_instead_of_the_columns_shows_as_many_rows_as_fit(window: MainWindow, qtbot: QtBot):
    page = window.page.compare
    window.viewing.show("compare")
    while not page.columns.is_full:
        window.comparing.add(None)
    page.foot.table.click()
    table = page.table
    window.resize(1280, 1300)
    qtbot.waitUntil(lambda: page.strip.isVisible() and table.height() == table.usual_height)
    window.resize(1280, 770)
    qtbot.waitUntil(lambda: page.strip.isHidden() and table.height() > table.usual_height)
    stacked = (table, page.instead, page.foot)
    qtbot.waitUntil(lambda: all(a.geometry().bottom() <= b.y() for a, b in pairwise(stacked)))


def test_columns_scroll_together_until_that_is_switched_off(window: MainWindow, qtbot: QtBot):
    say(window, ["Tea is a hot drink. " * count for count in (60, 90, 120)])
    page = window.page.compare
    bars = [view.text.verticalScrollBar() for view in page.strip.in_order()]
    qtbot.waitUntil(lambda: all(bar.maximum() > 60 for bar in bars))
    bars[0].triggerAction(bars[0].SliderAction.SliderPageStepAdd)
    moved = bars[0].value()
    assert moved > 0
    assert [bar.value() for bar in bars] == [min(moved, bar.maximum()) for bar in bars]
    page.foot.together.setChecked(False)
    bars[0].triggerAction(bars[0].SliderAction.SliderToMinimum)
    assert (bars[0].value(), bars[1].value()) == (0, min(moved, bars[1].maximum()))


def test_a_word_in_place_of_another_does_not_run_into_it(qtbot: QtBot):
    view = DiffView()
    qtbot.addWidget(view)
    view.show_pieces(word_diff("Tee ist heiß", "Tea"))
    assert view.toPlainText() == "Tea Tee ist heiß"
