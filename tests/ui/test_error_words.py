"""What engine, servers, batch, import and export say of their errors, in the user's language."""

import json
import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from steerlm_studio import resources
from steerlm_studio.outcome import outcome
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import Store, default_path
from steerlm_studio.ui.error_words import in_words
from steerlm_studio.ui.server import Server
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.transcript_import import TranscriptImportDialog
from steerlm_studio.ui.translations import install_translations
from steerlm_studio.ui.window import MainWindow

CHILD = 60_000  # ms
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support ")


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
        (
            "https://hub.test/a/b stopped answering. Try again. What was downloaded is kept.",
            "https://hub.test/a/b antwortet nicht mehr. Versuchen Sie es noch einmal. "
            "Was geladen wurde, bleibt.",
        ),
        (
            "The setting “dry”: humor goes from 0 to 4, not to 9.",
            "Die Einstellung „dry“: humor geht von 0 bis 4, nicht bis 9.",
        ),
        (
            "The answer was cut before its end. The text so far is kept; ask again to go on. "
            "This server takes no top k, min p and repeat penalty: they were left out.",
            "Die Antwort wurde vor ihrem Ende abgeschnitten. Der Text bis hierher bleibt; fragen "
            "Sie noch einmal, um fortzufahren. Dieser Server nimmt weder top k noch min p noch "
            "repeat penalty: Sie wurden weggelassen.",
        ),
        ("Nobody says this.", "Nobody says this."),
        ("Nobody says this. Nor this.", "Nobody says this. Nor this."),
    ],
)
def test_a_sentence_is_said_in_german_with_its_values(english: str, german_words: str):
    assert in_words(english) == german_words


@pytest.mark.usefixtures("german")
def test_each_sentence_is_known_again_with_its_values():
    """None of them is taken for another one that looks like it."""
    file = resources.path("translations") / "errors.json"
    sentences = json.loads(file.read_text(encoding="utf-8"))
    assert len(sentences) > 400
    for sentence in sentences:
        german_words = QCoreApplication.translate("Error", sentence)
        assert in_words(filled(sentence)) == filled(german_words)


def filled(sentence: str) -> str:
    return re.sub(r"%(\d)", r"v\1", sentence)


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


@pytest.mark.usefixtures("german")
def test_a_server_that_is_not_there_is_told_in_german(window: MainWindow, qtbot: QtBot):
    with socket.socket() as taken:  # bound, not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        window.loading.connect_to(Server(url))
        wanted = f"Unter {url} antwortet niemand. Starten Sie den Server, oder prüfen Sie den Port."
        message = window.page.banner.message
        qtbot.waitUntil(lambda: message.text() == wanted, timeout=CHILD)


@pytest.mark.usefixtures("german")
def test_an_import_says_in_german_what_it_does_not_understand(
    store: Store, tmp_path: Path, qtbot: QtBot
):
    file = tmp_path / "talks.jsonl"
    file.write_text('{"a": 1}\n{"messages": [{"role": "user", "content": 5}]}\n')
    dialog = TranscriptImportDialog(store, settings())
    qtbot.addWidget(dialog)
    dialog.open_for([file])
    with qtbot.waitSignal(dialog.process.failed, timeout=CHILD):
        dialog.start.click()
    table = dialog.report.table
    said = [table.item(row, 3).text() for row in range(table.rowCount())]
    assert said[0] == "keine bekannte Art von Gespräch hat diese Felder: a"
    assert said[1] == "„content“ in messages[0] ist kein Text"
    dialog.stop()


@pytest.mark.usefixtures("german")
def test_a_batch_says_in_german_what_is_wrong_with_its_prompts(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
):
    window.open_model(resources.demo_model())
    window.engine.stop()
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text('{"prompt": "What is tea?"}\n{"prompt": ""}\n')
    dialog = window.batching.open()
    dialog.form.prompts.set_path(prompts)
    with qtbot.waitSignal(window.batching.job.ended, timeout=CHILD):
        dialog.start.click()
    said = dialog.banner.message.text()
    assert said == (
        "prompts.jsonl, Zeile 2: “prompt” ist leer. "
        "Berichtigen Sie diese Zeile, und starten Sie noch einmal."
    )


@pytest.mark.usefixtures("german")
def test_an_export_says_in_german_why_a_checkpoint_is_none(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
):
    file = tmp_path / "letter.nemo"
    file.write_text("Dear model, …")
    dialog = window.exporting.open()
    with qtbot.waitSignal(dialog.reading.described, timeout=CHILD):
        dialog.look_at(file)
    said = dialog.banner.message.text()
    assert said.startswith("letter.nemo ist keine .nemo-Datei: Es ist kein tar-Archiv.")
