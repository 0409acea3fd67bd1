"""Words in other languages: plurals, longer words, and that no word is left out."""

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialogButtonBox,
    QLabel,
    QWidget,
)
from pytestqt.qtbot import QtBot

from steerlm_studio.models.catalog import catalogue
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.lint import parse
from steerlm_studio.steer.schema import DEFAULT_SYSTEM, SCHEMAS
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.control_string import ControlString
from steerlm_studio.ui.key_names import keys_in_words
from steerlm_studio.ui.lint_row import LintRow
from steerlm_studio.ui.models.hub_card import HubCard
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.steering_change import setting_in_words
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.translations import install_translations, languages, locale_for
from steerlm_studio.ui.window import MainWindow

OURS = {name for schema in SCHEMAS.values() for name in schema.keys}
NAMES = {schema.title for schema in SCHEMAS.values()} | {"PNG", "CSV"}


class Marked(QTranslator):
    """A language in which every sentence stands in brackets and is longer by a half."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, text: str, comment: str = "", number: int = -1) -> str:
        return f"[{text} {text[: len(text) // 2]}]"


@pytest.fixture
def marked(qapp: QApplication):
    translator = Marked()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def words_of(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""


def is_plain(text: str) -> bool:
    """Words of the language, neither a number nor a name that is the same in all."""
    text = text.rstrip(" 0123456789")  # as in "humor 3"
    known = OURS | {name.replace("_", " ") for name in OURS} | NAMES | {*Sampling.__struct_fields__}
    is_system = DEFAULT_SYSTEM.startswith(text.removesuffix("…"))
    return any(letter.isalpha() for letter in text) and text not in known and not is_system


@pytest.mark.usefixtures("marked")
def test_every_word_of_the_window_can_be_translated(qtbot: QtBot, qapp: QApplication):
    window = MainWindow(Theme(qapp), settings())
    qtbot.addWidget(window)
    window.show()
    found = {words_of(widget) for widget in window.findChildren(QWidget)}
    prompts = [button.findChildren(QLabel)[0] for button in window.page.empty.buttons]
    found -= {prompt.text() for prompt in prompts}  # they are sent as they stand
    left_out = {text for text in found if is_plain(text) and "[" not in text}
    assert left_out == set()
    assert len([text for text in found if "[" in text]) > 30


@pytest.mark.usefixtures("marked")
def test_what_is_wrong_with_a_control_string_is_said_in_the_users_language(qtbot: QtBot):
    row = LintRow()
    qtbot.addWidget(row)
    row.show_problems(parse("humour:9,lang:en", DEFAULT.schema).problems, 0)
    assert row.message.text().startswith("[There is no attribute “humour”. Did you mean humor?")


@pytest.fixture
def german(qapp: QApplication):
    installed = install_translations(qapp, QLocale("de"))
    yield
    for translator in installed:
        qapp.removeTranslator(translator)


@pytest.mark.usefixtures("german")
def test_the_window_speaks_german_where_it_is_asked_to(qtbot: QtBot, qapp: QApplication):
    window = MainWindow(Theme(qapp), settings())
    qtbot.addWidget(window)
    assert window.frame.actions.open_model.text() == "Modell öffnen …"
    assert window.page.composer.button.text() == "Senden"
    assert window.steering.presets.choice.currentText() == "Standard"
    assert setting_in_words(window.steering.preset, DEFAULT) == "Standard"
    assert "Sinn für Humor." in window.steering.rows["humor"].toolTip()
    assert window.steering.language.choice.currentText() == "Englisch · \u2068English\u2069 · en"
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    assert box.buttons()[0].text() == "Schließen"


@pytest.mark.usefixtures("german")
def test_keys_are_written_as_on_the_users_keyboard(qtbot: QtBot):
    assert keys_in_words("Ctrl+Enter", "Shift+Home") == "Strg+Enter  Umschalt+Pos1"


def test_keys_keep_their_order_in_a_window_from_right_to_left(qapp: QApplication):
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        assert keys_in_words("Ctrl+,") == "\u200eCtrl+,\u200e"
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_the_window_can_be_shown_in_its_languages_by_their_own_names():
    assert languages() == {"de": "Deutsch", "en": "English"}
    assert locale_for("de").language() == QLocale.Language.German
    assert locale_for("") == QLocale.system()


def test_qts_own_words_are_not_in_a_language_that_ours_are_not_in(qapp: QApplication):
    installed = install_translations(qapp, QLocale("fr"))
    try:
        assert [translator.language() for translator in installed] == ["en"]
    finally:
        for translator in installed:
            QCoreApplication.removeTranslator(translator)


def test_one_token_is_no_tokens(qtbot: QtBot, qapp: QApplication):
    installed = install_translations(qapp, QLocale("en_GB"))
    try:
        control = ControlString()
        qtbot.addWidget(control)
        said = []
        for count in (1, 2):
            control.set_token_count(count)
            said.append(control.tokens.text())
        assert said == ["1 token", "2 tokens"]
    finally:
        for translator in installed:
            QCoreApplication.removeTranslator(translator)


def test_a_language_without_a_translation_is_shown_in_english(qapp: QApplication, qtbot: QtBot):
    installed = install_translations(qapp, QLocale("tlh"))
    try:
        assert QCoreApplication.translate("ControlString", "%n tokens", "", 1) == "1 token"
    finally:
        for translator in installed:
            QCoreApplication.removeTranslator(translator)


@pytest.mark.usefixtures("german")
def test_the_cards_of_the_catalogue_are_in_the_windows_language(qtbot: QtBot):
    card = HubCard()
    qtbot.addWidget(card)
    for model in catalogue():
        card.show_catalogued(msgspec.to_builtins(model) | {"repo": ""})
        said = [card.summary.text(), card.use.text(), *card.limits.text().splitlines()]
        english = [model.summary, model.intended_use, *(f"• {each}" for each in model.limitations)]
        assert len(said) == len(english)
        assert not set(said) & set(english)
