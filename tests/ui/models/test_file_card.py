"""The card of a model file in *Open model*: what it is, whether it fits, what is chosen for it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from steerlm_studio import resources
from steerlm_studio.models.defaults import Defaults, defaults_for
from steerlm_studio.ui.models.browser import ModelBrowser
from steerlm_studio.ui.models.facts import EndlessText

PATIENCE = 30_000  # ms


def pick_demo(browser: ModelBrowser) -> None:
    browser.local.table.pick(str(resources.demo_model()))


def test_a_file_says_what_it_is_and_whether_it_fits(browser: ModelBrowser, qtbot: QtBot) -> None:
    pick_demo(browser)
    card = browser.file_card
    assert browser.cards.currentWidget() is card
    assert card.schema.currentData() == "nemotron-3-8b"
    assert card.warning.isHidden()
    assert "It fits" in card.fit.verdict.text()
    qtbot.waitUntil(lambda: card.fit._question.is_asking, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not card.fit._question.is_asking, timeout=PATIENCE)
    assert card.fit.fits


def test_what_is_chosen_for_a_file_is_remembered_when_it_is_opened(
    browser: ModelBrowser, qtbot: QtBot
) -> None:
    pick_demo(browser)
    card = browser.file_card
    card.fit.context.setValue(1024)
    card.fit.cache.setCurrentIndex(1)
    card.schema.setCurrentIndex(card.schema.findData("oasst"))
    with qtbot.waitSignal(browser.open_requested) as opened:
        qtbot.mouseClick(card.open, Qt.MouseButton.LeftButton)
    assert opened.args == [str(resources.demo_model())]
    assert not browser.isVisible()
    known = defaults_for(resources.demo_model())
    assert known == Defaults(context=1024, cache="q8_0", schema="oasst")


def test_a_path_without_a_place_to_break_is_shown_whole(browser: ModelBrowser, qtbot: QtBot):
    """The end of a revision's 40 digits was cut off."""
    facts = browser.file_card.facts
    path = "/models/" + 60 * "c" + "/m.gguf"
    pick_demo(browser)
    facts.show_facts([("File", path)])
    texts = facts.findChildren(EndlessText)
    (text,) = (text for text in texts if text.toPlainText() == path)
    room = facts.width()
    facts.setFixedWidth(facts.fontMetrics().horizontalAdvance("File" + 40 * "c"))
    qtbot.waitUntil(lambda: text.height() > 2 * text.fontMetrics().lineSpacing())
    assert text.verticalScrollBar().maximum() == 0
    end = text.document().lastBlock()
    assert text.blockBoundingGeometry(end).bottom() <= text.viewport().height()
    facts.setFixedWidth(facts.fontMetrics().horizontalAdvance("File" + path) + room)
    qtbot.waitUntil(lambda: text.height() < 2 * text.fontMetrics().lineSpacing())
    text.selectAll()
    text.copy()
    assert QApplication.clipboard().text() == path


def test_the_choices_of_a_file_stand_below_one_another(browser: ModelBrowser, qtbot: QtBot):
    pick_demo(browser)
    card = browser.file_card
    choices = (card.schema, card.template, card.fit.context, card.fit.lanes, card.fit.cache)

    def lefts() -> set[int]:
        return {choice.mapTo(card, QPoint(0, 0)).x() for choice in choices}

    qtbot.waitUntil(lambda: len(lefts()) == 1)


def test_a_context_beyond_what_the_model_was_trained_with_is_said(browser: ModelBrowser) -> None:
    """It was cut without a word."""
    pick_demo(browser)
    fit = browser.file_card.fit
    fit.context.setValue(4096)
    assert "cut" not in fit.verdict.text()
    fit.context.setValue(8192)
    assert "was trained with 4096 tokens: a larger context is cut to that. It fits" in (
        fit.verdict.text()
    )
