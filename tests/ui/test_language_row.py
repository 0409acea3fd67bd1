"""The language is searched by name, endonym or code, and may be left out."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio.steer.schema import NEMO_ALIGNER, NEMOTRON
from steerlm_studio.ui.language_row import LanguageRow

# The list of matches pops up; the offscreen platform says that it cannot raise it.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def row(qtbot: QtBot) -> LanguageRow:
    row = LanguageRow()
    qtbot.addWidget(row)
    with qtbot.waitExposed(row):
        row.show()
    return row


def type_in(row: LanguageRow, qtbot: QtBot, text: str) -> None:
    edit = row.choice.lineEdit()
    assert edit
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


@pytest.mark.parametrize("typed", ["de", "german", "Deutsch", "deu"])
def test_a_language_is_found_by_code_name_or_endonym(row: LanguageRow, qtbot: QtBot, typed: str):
    told: list[str | None] = []
    row.changed.connect(lambda _, code: told.append(code))
    type_in(row, qtbot, typed)
    assert told == ["de"]
    assert row.choice.currentData() == "de"


def test_what_names_no_language_changes_nothing(row: LanguageRow, qtbot: QtBot):
    type_in(row, qtbot, "Klingon")
    assert row.value == "en"
    assert row.choice.currentText().startswith("English")


def test_every_language_of_the_schema_is_listed_once(row: LanguageRow):
    listed = [row.choice.itemData(index) for index in range(row.choice.count())]
    assert sorted(filter(None, listed)) == sorted(NEMOTRON.languages)


def test_languages_that_the_card_does_not_name_say_so(row: LanguageRow):
    tip = row.choice.itemData(row.choice.findData("de"), Qt.ItemDataRole.ToolTipRole)
    assert "not named on the model card" in tip


def test_it_can_be_left_out_and_comes_back_as_it_was(row: LanguageRow, qtbot: QtBot):
    row.set_value("fr")
    row.box.click()
    assert row.value is None
    row.box.click()
    assert row.value == "fr"


def test_a_family_without_languages_has_no_such_row(row: LanguageRow):
    row.show_schema(NEMO_ALIGNER)
    assert row.isHidden()


def test_languages_that_the_card_does_not_name_are_marked(row: LanguageRow):
    def slanted(code: str) -> bool:
        index = row.choice.findData(code)
        return row.choice.itemData(index, Qt.ItemDataRole.FontRole).italic()

    assert not slanted("en")
    assert slanted("de")
    row.set_value("de")
    assert "not named on the model card" in row.choice.toolTip()
    row.set_value("en")
    assert row.choice.toolTip() == "Named on the model card."
