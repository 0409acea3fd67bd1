"""A batch from the window: the form, the child, the table, going on."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio import resources
from steerlm_studio.models.defaults import Defaults, remember_defaults
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.batch_dialog import BatchDialog
from steerlm_studio.ui.window import MainWindow
from tests.ui.test_accessible import nameless

RUN = 60_000  # ms
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support ")


@pytest.fixture
def dialog(window: MainWindow) -> BatchDialog:
    """The dialog of a window with the demo model, whose own engine is not needed here."""
    window.open_model(resources.demo_model())
    window.engine.stop()
    window.sampling.max_tokens.setValue(10)
    return window.batching.open()


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.txt"
    path.write_text("What is tea?\nWhat is bread?\n")
    return path


def run(dialog: BatchDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog._job.ended, timeout=RUN):
        qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)


def rows(dialog: BatchDialog) -> list[dict]:
    return [json.loads(line) for line in dialog.form.out.path.read_text().splitlines()]


def cells(dialog: BatchDialog) -> list[list[str]]:
    model = dialog.table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_without_a_model_it_says_that_one_is_needed(window: MainWindow):
    dialog = window.batching.open()
    assert dialog.form.note.text().startswith("Load a model first")
    assert not dialog.start.isEnabled()


def test_it_says_what_is_missing_until_it_can_start(dialog: BatchDialog, prompts: Path):
    form = dialog.form
    assert form.note.text().startswith("Choose a file of prompts")
    form.prompts.set_path(prompts)
    assert form.out.path == prompts.with_name("prompts-answers.jsonl")
    assert dialog.start.isEnabled()
    form.source.setCurrentIndex(form.source.findData("presets"))
    assert form.note.text().startswith("Choose the settings")
    form.presets.item(3).setCheckState(Qt.CheckState.Checked)
    assert list(form.request().settings) == [form.presets.item(3).text()]
    form.out.edit.clear()
    assert form.note.text().startswith("Choose where")
    assert not dialog.start.isEnabled()


def test_files_are_chosen_in_a_dialog_that_waits_for_nobody(dialog: BatchDialog, prompts: Path):
    chooser = dialog.form.prompts.open_dialog()
    chooser.fileSelected.emit(str(prompts))
    chooser.close()
    assert dialog.form.prompts.path == prompts


def test_a_sweep_fills_the_table_and_the_file(dialog: BatchDialog, prompts: Path, qtbot: QtBot):
    dialog.form.prompts.set_path(prompts)
    dialog.form.source.setCurrentIndex(dialog.form.source.findData("sweep"))
    dialog.form.attribute.setCurrentIndex(dialog.form.attribute.findData("humor"))
    run(dialog, qtbot)
    made = rows(dialog)
    assert sorted((row["number"], row["setting"]) for row in made) == [
        (number, f"humor {value}") for number in (1, 2) for value in range(5)
    ]
    controls = {row["setting"]: row["control"] for row in made}
    assert controls["humor 3"] == str(DEFAULT.having(humor=3))
    assert all(row["tokens"] <= 10 for row in made)
    found = cells(dialog)
    assert [row[0] for row in found] == ["What is tea?", "What is bread?"]
    by_place = {(row["number"], row["setting"]): row["replies"][0] for row in made}
    assert found[1][5] == by_place[2, "humor 4"]
    assert dialog.amounts.text() == "10 of 10 answers"
    dialog.table.setCurrentIndex(dialog.table.model().index(0, 1))
    assert dialog.text.toPlainText() == by_place[1, "humor 0"]


def test_a_batch_takes_the_model_as_the_window_loaded_it(
    window: MainWindow, prompts: Path, qtbot: QtBot
):
    """Its options were unknown to the command, so that such a batch ended before it began."""
    demo = resources.demo_model()
    remember_defaults(demo, Defaults(cache="q8_0", split="1,1", overcommit=True, context=512))
    window.open_model(demo)
    window.engine.stop()
    window.sampling.max_tokens.setValue(5)
    dialog = window.batching.open()
    dialog.form.prompts.set_path(prompts)
    dialog.form.source.setCurrentIndex(dialog.form.source.findData("sweep"))
    dialog.form.attribute.setCurrentIndex(dialog.form.attribute.findData("humor"))
    run(dialog, qtbot)
    assert len(rows(dialog)) == 10
    assert {"--cache=q8_0", "--split=1,1", "--overcommit"} < set(window.batching.basis().source)


def test_a_cancelled_batch_goes_on_and_makes_nothing_twice(
    dialog: BatchDialog, prompts: Path, qtbot: QtBot
):
    prompts.write_text("".join(f"What is tea, time {n}?\n" for n in range(60)))
    dialog.form.prompts.set_path(prompts)
    with qtbot.waitSignal(dialog._job.filled, timeout=RUN):
        dialog.start.click()
    assert not dialog.form.isEnabled()
    with qtbot.waitSignal(dialog._job.ended, timeout=RUN):
        dialog.cancel.click()
    kept = rows(dialog)
    assert 0 < len(kept) < 60
    assert "cancelled" in dialog.amounts.text()
    assert dialog.start.text() == "Go on"
    run(dialog, qtbot)
    made = rows(dialog)
    assert made[: len(kept)] == kept
    assert sorted(row["number"] for row in made) == list(range(1, 61))
    assert all(all(row) for row in cells(dialog))


def test_a_wrong_line_is_said_in_the_banner(dialog: BatchDialog, tmp_path: Path, qtbot: QtBot):
    path = tmp_path / "wrong.jsonl"
    path.write_text('{"prompt": "Fine."}\n{"prompt": 3}\n')
    dialog.form.prompts.set_path(path)
    run(dialog, qtbot)
    assert "wrong.jsonl, line 2: “prompt” must be a string" in dialog.banner.message.text()


def test_a_prompt_that_cannot_be_answered_says_so_in_its_cell(
    dialog: BatchDialog, prompts: Path, qtbot: QtBot
):
    prompts.write_text("What is tea?\n" + "tea " * 5000)
    dialog.form.prompts.set_path(prompts)
    run(dialog, qtbot)
    assert cells(dialog)[1][1].startswith("Not answered: Prompt 2 under “sliders”")
    assert "1 not answered" in dialog.amounts.text()
    assert dialog.banner.isHidden()


def test_closing_the_window_ends_the_batch_and_keeps_its_answers(
    dialog: BatchDialog, window: MainWindow, prompts: Path, qtbot: QtBot
):
    prompts.write_text("What is tea?\n" * 100)
    dialog.form.prompts.set_path(prompts)
    with qtbot.waitSignal(dialog._job.filled, timeout=RUN):
        dialog.start.click()
    window.close()
    assert not dialog._job.is_running
    assert rows(dialog)


def test_a_folder_that_cannot_be_written_is_said(dialog: BatchDialog, prompts: Path):
    dialog.form.prompts.set_path(prompts)
    dialog.form.out.set_path(prompts / "out.jsonl")
    dialog.start.click()
    assert "cannot be written" in dialog.banner.message.text()
    assert not dialog._job.is_running


def test_everything_in_it_has_a_name(dialog: BatchDialog, prompts: Path, qtbot: QtBot):
    dialog.form.prompts.set_path(prompts)
    for place in range(dialog.form.source.count()):
        dialog.form.source.setCurrentIndex(place)
        assert nameless(dialog) == ""
    dialog.form.source.setCurrentIndex(0)
    run(dialog, qtbot)
    assert nameless(dialog) == ""
