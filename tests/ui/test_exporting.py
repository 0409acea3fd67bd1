"""An export from the window: what is read, chosen, watched, cancelled, and opened at the end."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from steerlm_studio import checkpoint_tools
from steerlm_studio.models.licences import accepted, licence_named
from steerlm_studio.ui.command_process import command
from steerlm_studio.ui.export_dialog import ExportDialog
from steerlm_studio.ui.export_request import TYPES, ExportRequest, Weighing
from steerlm_studio.ui.window import MainWindow
from tests.ui.test_accessible import nameless

FIXTURES = Path(__file__).parents[1] / "fixtures"
SOURCE = FIXTURES / "hf_mha"  # a folder: reading a .nemo starts torch, five seconds of work
RUN = 200_000  # ms
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")


@pytest.fixture
def dialog(window: MainWindow) -> ExportDialog:
    return window.exporting.open()


@pytest.fixture(scope="module")
def answers() -> tuple[dict, dict]:
    """What the children say of the checkpoint and of its files' sizes, asked for once."""
    sizes = ExportRequest(SOURCE, Path(), "x", ("Q8_0",)).sizes_command()
    facts = json.loads(_output(command("inspect", "--json", "--", SOURCE)))
    return facts, {row["type"]: row["bytes"] for row in json.loads(_output(sizes))}


def _output(arguments: list[str]) -> bytes:
    return subprocess.run(arguments, check=True, capture_output=True).stdout


@pytest.fixture
def planned(dialog: ExportDialog, answers, tmp_path: Path, monkeypatch) -> ExportDialog:
    """All is chosen: Q8_0, into an empty folder, the licence read."""
    facts, sizes = answers
    reading = dialog.reading
    monkeypatch.setattr(reading, "ask_sizes", lambda _: reading.sized.emit(sizes))
    reading.described.emit(SOURCE, facts)
    plan = dialog.plan
    plan.output.set_folder(tmp_path)
    plan.types.boxes["Q8_0"].click()
    plan.types.boxes["Q4_K_M"].click()
    plan.licence.agree.click()
    return dialog


def look_at(dialog: ExportDialog, path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.reading.sized, timeout=RUN):
        dialog.look_at(path)


def test_a_checkpoint_becomes_a_file_that_opens(
    dialog: ExportDialog, loaded: MainWindow, tmp_path: Path, qtbot: QtBot
):
    window, job, planned = loaded, loaded.exporting.job, dialog
    look_at(dialog, SOURCE, qtbot)
    dialog.plan.output.set_folder(tmp_path)
    dialog.plan.types.boxes["Q8_0"].click()
    dialog.plan.types.boxes["Q4_K_M"].click()
    dialog.plan.licence.agree.click()
    with qtbot.waitSignal(job.begun, timeout=RUN):
        qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    os.kill(job.process.process_id, signal.SIGSTOP)  # or it might be done before the answer is
    dialog.close()
    assert not window.exporting.status.isHidden()
    window.sampling.max_tokens.setValue(5)
    with qtbot.waitSignal(window.answering.run_ended, timeout=RUN):
        window.ask("Can I chat meanwhile?")
    assert job.is_running
    with qtbot.waitSignal(window.exporting.said, timeout=RUN) as said:
        os.kill(job.process.process_id, signal.SIGCONT)
    assert said.args == ["Export finished."]
    assert window.exporting.status.text() == "Export finished"
    window.exporting.status.click()
    assert window.exporting.status.isHidden()
    assert job.error is None
    made = tmp_path / "hf_mha-Q8_0.gguf"
    assert list(tmp_path.iterdir()) == [made]
    assert planned.pages.currentWidget() is planned.report
    text = planned.report.text()
    assert "34 tensors with the right name, shape and format" in text
    assert "40 texts tokenized as SentencePiece does" in text
    assert nameless(planned) == ""
    with qtbot.waitSignal(window.engine.ready, timeout=RUN):
        planned.report.openers[0].click()
    assert planned.isHidden()
    assert window.model is not None
    assert window.model.path == made


def test_it_says_what_the_checkpoint_is_and_how_large_the_files_get(planned: ExportDialog):
    words = [label.text() for label in planned.plan.facts.findChildren(type(planned.lacking))]
    assert "Tokenizer" in words
    sizes = planned.plan.types._bytes
    assert set(sizes) == set(TYPES)
    assert sizes["F32"] > sizes["BF16"] > sizes["Q8_0"] > sizes["Q4_K_M"] > sizes["Q2_K"]
    assert planned.plan.types.total() == sizes["Q8_0"]
    assert planned.start.isEnabled()


def test_a_licence_is_asked_for_once_and_a_cancelled_export_leaves_nothing(
    planned: ExportDialog, window: MainWindow, tmp_path: Path, qtbot: QtBot
):
    licence = planned.plan.licence
    licence.agree.click()
    assert not planned.start.isEnabled()
    assert planned.lacking.text() == "Read the licence and accept its terms."
    assert "From the card of Nemotron-3-8B-Chat-4k-SteerLM" in licence.card.text()
    licence.agree.click()
    with qtbot.waitSignal(window.exporting.job.begun, timeout=RUN):
        planned.start.click()
    assert "nv-ai-foundation-models-license" in accepted()
    assert planned.pages.currentWidget() is planned.running
    with qtbot.waitSignal(window.exporting.job.ended, timeout=RUN):
        planned.running.cancel.click()
    assert window.exporting.job.was_cancelled
    assert list(tmp_path.iterdir()) == []
    assert "cancelled" in planned.banner.message.text()
    assert planned.pages.currentWidget() is planned.plan
    assert planned.start.isEnabled()
    licence.suggest("", "nemotron-3-8b")
    assert licence.agree.isHidden()
    assert licence.may_go_on
    licence.suggest("no-such-licence", "")
    assert licence.licence == licence_named("no-such-licence")
    assert not licence.may_go_on


def test_quitting_asks_while_an_export_is_running(
    planned: ExportDialog, window: MainWindow, tmp_path: Path, qtbot: QtBot
):
    with qtbot.waitSignal(window.exporting.job.begun, timeout=RUN):
        planned.start.click()
    assert not window.close()
    box = window.exporting.question
    assert box is not None
    box.defaultButton().click()
    assert window.isVisible()
    window.close()
    box = window.exporting.question
    quits = next(b for b in box.buttons() if b is not box.defaultButton())
    quits.click()
    assert not window.isVisible()
    assert not window.exporting.job.is_running
    assert list(tmp_path.iterdir()) == []


def test_a_signal_ends_the_window_without_a_question(
    planned: ExportDialog, window: MainWindow, tmp_path: Path, qtbot: QtBot
):
    with qtbot.waitSignal(window.exporting.job.begun, timeout=RUN):
        planned.start.click()
    assert window.end()
    assert window.exporting.question is None
    assert list(tmp_path.iterdir()) == []


def test_a_hostile_file_is_refused_by_name(
    dialog: ExportDialog, qtbot: QtBot, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    dialog.look_at(FIXTURES / "hostile" / "pickle_runs_code.nemo")
    qtbot.waitUntil(lambda: not dialog.banner.isHidden(), timeout=RUN)
    assert "pickle" in dialog.banner.message.text()
    assert dialog.pages.currentWidget() is dialog.source
    assert not dialog.start.isVisible()
    assert list(tmp_path.iterdir()) == []


def test_a_gguf_is_not_exported_but_opened(dialog: ExportDialog, tiny_model: Path, qtbot: QtBot):
    dialog.look_at(tiny_model)
    qtbot.waitUntil(lambda: not dialog.banner.isHidden(), timeout=RUN)
    assert "GGUF already" in dialog.banner.message.text()


def test_an_export_that_fails_says_why_and_can_be_tried_again(
    planned: ExportDialog, monkeypatch, qtbot: QtBot
):
    with monkeypatch.context() as real:
        real.delattr(planned.reading, "ask_sizes")
        planned.plan.options.set_weighing(Weighing(matrix=str(SOURCE / "config.json")))
    qtbot.waitUntil(lambda: not planned.banner.isHidden(), timeout=RUN)
    assert "no importance matrix" in planned.banner.message.text()
    assert not planned.start.isEnabled()
    planned.plan.options.set_weighing(Weighing())
    assert planned.start.isEnabled()


def test_missing_packages_are_named_with_what_brings_them(
    window: MainWindow, monkeypatch, qtbot: QtBot
):
    monkeypatch.setattr(checkpoint_tools, "missing", lambda: ["torch", "gguf"])
    dialog = window.exporting.open(SOURCE)
    assert dialog.pages.currentWidget() is dialog.missing
    assert "torch, gguf" in dialog.missing.sentence.text()
    assert nameless(dialog) == ""
    monkeypatch.undo()
    dialog.missing.again.click()
    assert dialog.pages.currentWidget() is dialog.source


def test_a_folder_that_cannot_take_the_files_is_said(planned: ExportDialog, monkeypatch):
    output = planned.plan.output
    monkeypatch.setattr(output, "_free", 1000)
    output.changed.emit()
    assert "no room" in planned.lacking.text()
    assert not planned.start.isEnabled()
    monkeypatch.setattr(os, "access", lambda *_: False)
    output.changed.emit()
    assert "cannot be written to" in planned.lacking.text()
    monkeypatch.undo()
    for wrong in ("", "  ", "../x", ".hidden", "a:b"):
        output.name.setText(wrong)
        assert "Choose a name" in planned.lacking.text()
    output.name.setText("Ümläut и 名")
    assert planned.start.isEnabled()


def test_files_that_would_be_replaced_are_named(planned: ExportDialog, tmp_path: Path):
    (tmp_path / "hf_mha-Q8_0.gguf").write_bytes(b"old")
    planned.plan.output.changed.emit()
    assert "Replaced will be: hf_mha-Q8_0.gguf." in planned.plan.output.note.text()


def test_no_type_is_no_export(planned: ExportDialog):
    planned.plan.types.boxes["Q8_0"].click()
    assert planned.lacking.text() == "Choose a type."
    assert not planned.start.isEnabled()


def test_a_dropped_checkpoint_opens_the_dialog(window: MainWindow, qtbot: QtBot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(SOURCE))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    dialog = window.exporting.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is dialog.plan, timeout=RUN)
    assert dialog.plan.request.checkpoint == SOURCE


def test_a_narrow_dialog_puts_the_halves_below_each_other(planned: ExportDialog, qtbot: QtBot):
    planned.resize(1200, 700)
    qtbot.waitUntil(lambda: planned.plan._right.x() > planned.plan._left.x())
    planned.resize(520, 700)
    qtbot.waitUntil(lambda: planned.plan._right.y() > planned.plan._left.y())
    page = planned.plan.widget()
    # small print is measured in the usual size until the style sheet has come to it
    qtbot.waitUntil(lambda: page.minimumSizeHint().width() <= planned.plan.viewport().width())
