"""What the engine says of its errors, in the user's language."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from steerlm_studio.outcome import outcome
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.translations import install_translations
from steerlm_studio.ui.window import MainWindow


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    installed = install_translations(qapp, QLocale("de"))
    yield
    for translator in installed:
        qapp.removeTranslator(translator)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("english", "german_words"),
    [
        (
            "The prompt has 5000 tokens and the context holds 4096. "
            "Shorten the conversation, or choose a larger context.",
            "Der Prompt hat 5000 Token, und der Kontext fasst 4096. "
            "Kürzen Sie die Unterhaltung, oder wählen Sie einen größeren Kontext.",
        ),
        (
            str(outcome(-signal.SIGKILL)),
            "Die Engine wurde durch Signal 9 beendet (von jemandem, oder vom System, weil Speicher "
            "fehlte). Der Text bis hierher bleibt; ging der Speicher aus, wählen Sie ein kleineres "
            "Modell oder einen kleineren Kontext und versuchen es noch einmal.",
        ),
        (
            str(outcome(3, name="Der Stapel", left="Was fehlt, fehlt")),
            "Der Stapel endete von selbst mit Status 3. Was fehlt, fehlt; versuchen Sie es noch "
            "einmal, und sehen Sie sich die Details an, wenn es wieder geschieht.",
        ),
        (
            "The conversations could not be read; those of 2026-01-31 are back.",
            "Die Unterhaltungen waren nicht zu lesen; die vom 2026-01-31 sind wieder da.",
        ),
        ("Nobody says this.", "Nobody says this."),
    ],
)
def test_a_sentence_is_said_in_german_with_its_values(english: str, german_words: str):
    assert in_words(english) == german_words


@pytest.mark.usefixtures("german")
def test_a_value_that_looks_like_a_place_for_one_stays_as_it_is():
    said = in_words("There is not enough memory for the weights of /tmp/%1 %2.gguf.")
    assert said == "Für die Gewichte von /tmp/%1 %2.gguf ist nicht genug Speicher da."


@pytest.mark.parametrize("code", [0, 1, *(-number.value for number in signal.Signals), -250])
def test_in_english_every_end_is_said_as_it_was(code: int):
    said = str(outcome(code))
    assert in_words(said) == said


@pytest.mark.usefixtures("german")
def test_a_file_that_is_no_model_is_told_in_german(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
):
    file = tmp_path / "letter.gguf"
    file.write_text("Dear model, …")
    window.open_model(file)
    wanted = "letter.gguf ist nicht zu gebrauchen: sie ist keine GGUF-Datei. Wurde die Datei"
    qtbot.waitUntil(lambda: window.page.banner.message.text().startswith(wanted))


@pytest.mark.usefixtures("german")
def test_what_is_wrong_with_the_conversations_is_said_in_german(theme: Theme, qtbot: QtBot):
    open_store(default_path()).close()
    with closing(sqlite3.connect(default_path())) as file:
        file.execute("PRAGMA user_version = 99")
    window = MainWindow(theme, settings(), (), open_store(default_path()))
    qtbot.addWidget(window)
    said = window.page.keeping.message.text()
    assert said.startswith(f"Die Gespräche in {default_path()} hat eine neuere Version")
    assert "(Format 99; dieses kennt " in said
    assert "indem Sie STEERLM_STUDIO_HOME auf einen anderen Ordner setzen" in said
    assert said.endswith("aber nichts Neues wird aufbewahrt.")
    window.close()
