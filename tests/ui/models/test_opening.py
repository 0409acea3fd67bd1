"""Models in the window: opened from the dialog, with what is remembered, unloaded when idle."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio import folders, resources
from steerlm_studio.models.address import Address
from steerlm_studio.models.defaults import Defaults, defaults_for, remember_defaults
from steerlm_studio.models.library import library
from steerlm_studio.models.unfinished import remember
from steerlm_studio.ui.models.idle import Idle
from steerlm_studio.ui.reading_ahead import REST
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from tests.models.fake_hub import FakeHub
from tests.ui.conftest import LOAD
from tests.ui.models.conftest import FILE, REPO

pytestmark = [
    pytest.mark.usefixtures("fake_hub"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]


def test_a_file_is_opened_from_the_dialog_as_it_was_chosen_there(
    window: MainWindow, tiny_model: Path, qtbot: QtBot
) -> None:
    window.frame.actions.open_model.trigger()
    browser = window.opening.browser
    assert browser is not None
    browser.local.add_folder(str(tiny_model.parent))
    qtbot.waitUntil(lambda: browser.local.table.count > 1, timeout=LOAD)
    browser.local.table.pick(str(tiny_model))
    browser.file_card.fit.context.setValue(64)
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD) as loaded:
        qtbot.mouseClick(browser.file_card.open, Qt.MouseButton.LeftButton)
    assert loaded.args[0].context == 64
    assert str(tiny_model) in library().recent


def test_the_dialog_is_used_by_keyboard_alone(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window.page.composer.input, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    browser = window.opening.browser
    assert browser is not None
    qtbot.waitUntil(browser.local.filter.hasFocus, timeout=LOAD)
    qtbot.waitUntil(lambda: browser.local.table.count > 0, timeout=LOAD)
    qtbot.keyClick(browser.local.filter, Qt.Key.Key_Tab)
    qtbot.waitUntil(browser.local.table.hasFocus, timeout=LOAD)
    qtbot.keyClick(browser.local.table, Qt.Key.Key_Down)
    with qtbot.waitSignal(window.engine.ready, timeout=LOAD):
        qtbot.keyClick(browser.local.table, Qt.Key.Key_Return)
    assert window.model is not None
    assert window.model.is_demo


def test_a_checkpoint_that_is_chosen_goes_on_into_the_export(
    window: MainWindow, tmp_path: Path
) -> None:
    file = tmp_path / "some.nemo"
    file.write_bytes(b"no tar")
    browser = window.opening.open()
    browser.fetched.open_requested.emit(str(file))
    assert not browser.isVisible()
    assert window.exporting.dialog is not None
    assert window.exporting.dialog.isVisible()
    assert window.model is None


def test_attributes_template_and_sampling_chosen_for_a_file_come_back_with_it(
    window: MainWindow, tiny_model: Path, qtbot: QtBot
) -> None:
    remember_defaults(tiny_model, Defaults(schema="oasst", template="nemo-aligner"))
    with qtbot.waitSignal(window.loading.loaded, timeout=LOAD):
        window.open_model(tiny_model)
    assert window.steering.steering.schema.id == "oasst"
    assert window.model is not None
    assert window.model.template.id == window.prompting.view.template.id == "nemo-aligner"
    window.sampling.max_tokens.setValue(36)
    window.sampling.max_tokens.setValue(37)
    assert defaults_for(tiny_model).sampling is None  # until it settles
    window.close_model()
    kept = defaults_for(tiny_model).sampling
    assert kept == window.sampling.sampling()
    assert kept.max_tokens == 37


def test_a_disk_that_refuses_is_said_and_the_model_works(
    window: MainWindow, tiny_model: Path, qtbot: QtBot
) -> None:
    for name in ("model-defaults.json", "library.json"):  # in the way of what is to be written
        (folders.config() / f"{name}.{os.getpid()}.tmp").mkdir(parents=True)
    with qtbot.waitSignal(window.loading.loaded, timeout=LOAD):
        window.open_model(tiny_model)
    window.sampling.max_tokens.setValue(5)
    window.habits.flush()
    assert "cannot be written down" in window.page.notice.message.text()
    with qtbot.waitSignal(window.answering.measured, timeout=LOAD):
        window.ask("What is tea?")


def test_an_idle_model_is_unloaded_and_the_next_question_loads_it(
    loaded: MainWindow, qtbot: QtBot
) -> None:
    idle = loaded.idle
    idle.timer.setInterval(1)
    loaded.sampling.max_tokens.setValue(5)
    idle.timer.start()
    qtbot.waitUntil(lambda: not loaded.engine.is_running, timeout=LOAD)
    assert "was unloaded" in loaded.frame.status.model.text()
    idle.set_minutes(0)
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        loaded.ask("What is tea?")
    assert loaded.session.chat.last is not None


def test_what_is_typed_or_dragged_does_not_wake_a_model_that_sleeps(
    loaded: MainWindow, qtbot: QtBot
) -> None:
    """Each of these asks a model that is awake for tokens or lets it read ahead."""
    loaded.frame.actions.prompt.trigger()
    view = loaded.prompting.view
    view.tokens.setChecked(True)
    loaded.loading.sleep()
    asked = list[object]()
    loaded.engine.send, send = asked.append, loaded.engine.send  # type: ignore[method-assign]
    shown = list[object]()
    view.wanted.connect(lambda: shown.append("prompt"))
    qtbot.keyClicks(loaded.page.composer.input, "What is tea?")
    loaded.steering.apply(loaded.steering.steering.having(humor=3))
    loaded.sampling.max_tokens.setValue(5)
    qtbot.wait(2 * REST)  # the longest that any of them rests before it acts
    qtbot.waitUntil(lambda: bool(shown), timeout=LOAD)
    assert asked == []
    assert not loaded.engine.is_running
    loaded.engine.send = send  # type: ignore[method-assign]
    with qtbot.waitSignal(loaded.engine.done, timeout=LOAD):
        qtbot.keyClick(loaded.page.composer.input, Qt.Key.Key_Return)
    view.close()


def test_a_model_at_work_is_not_unloaded(loaded: MainWindow, qtbot: QtBot) -> None:
    work, slept = ["answer"], list[str]()
    idle = Idle(loaded.engine, lambda: bool(work), lambda: slept.append("model"))
    idle.timer.setInterval(1)
    idle.timer.start()
    qtbot.wait(30)
    assert slept == []
    work.clear()
    # the count of the control string may come as late as this, and counts as use
    qtbot.waitUntil(lambda: "model" in slept, timeout=LOAD)
    idle.set_minutes(0)


def fetch(window: MainWindow, fake_hub: FakeHub, files: dict[str, bytes]) -> None:
    fake_hub.add(REPO, files, card={"license": "mit"})
    for name in files:
        window.opening.downloads.begin(Address(REPO, name))


def test_a_model_that_is_waited_for_opens_by_itself(
    loaded: MainWindow, qtbot: QtBot, fake_hub: FakeHub
) -> None:
    loaded.opening.show_downloads()
    with qtbot.waitSignal(loaded.loading.loaded, timeout=LOAD):
        fetch(loaded, fake_hub, {"m.gguf": resources.demo_model().read_bytes()})
    assert loaded.model is not None
    assert loaded.model.path.name == "m.gguf"
    assert loaded.opening.browser is not None
    assert not loaded.opening.browser.isVisible()


def test_a_model_that_comes_while_another_is_used_is_offered(
    loaded: MainWindow, qtbot: QtBot, tiny_model: Path, fake_hub: FakeHub
) -> None:
    with qtbot.waitSignal(loaded.opening.downloads.finished, timeout=LOAD):
        fetch(loaded, fake_hub, {"m.gguf": resources.demo_model().read_bytes()})
    assert loaded.model is not None
    assert loaded.model.path == tiny_model
    assert loaded.opening.status.text() == "Download finished"
    loaded.opening.status.click()
    assert loaded.opening.browser is not None
    assert loaded.opening.browser.fetched.rows[0].go.text() == "Open"
    assert loaded.opening.status.isHidden()


def test_of_a_model_in_parts_nothing_opens_before_the_last(
    window: MainWindow, qtbot: QtBot, fake_hub: FakeHub
) -> None:
    fake_hub.add(REPO, {f"m-0000{n}-of-00002.gguf": b"part %d" % n for n in (1, 2)})
    first, last = (Address(REPO, f"m-0000{n}-of-00002.gguf") for n in (1, 2))
    downloads = window.opening.downloads
    with qtbot.waitSignal(downloads.finished, timeout=LOAD):
        downloads.begin(last)
    assert window.model is None
    with qtbot.waitSignal(downloads.finished, timeout=LOAD):
        downloads.begin(first)
    assert window.model is not None
    assert window.model.path.name == first.file


def test_a_checkpoint_that_is_waited_for_goes_on_into_the_export(
    window: MainWindow, qtbot: QtBot, fake_hub: FakeHub
) -> None:
    window.opening.show_downloads()
    with qtbot.waitSignal(window.opening.downloads.finished, timeout=LOAD):
        fetch(window, fake_hub, {"some.nemo": b"no tar"})
    assert window.exporting.dialog is not None
    assert window.exporting.dialog.isVisible()


def test_what_was_begun_is_offered_from_the_start(
    qtbot: QtBot, theme: Theme, tmp_path: Path
) -> None:
    """It was, but only when somebody went to look."""
    remember(Address(REPO, FILE), "etag", 10, tmp_path)
    window = MainWindow(theme, settings(), ["--threads=1"])
    qtbot.addWidget(window)
    window.show()
    assert window.opening.status.isVisible()
    assert window.opening.status.text().startswith("1 unfinished download")
    window.opening.status.click()
    browser = window.opening.browser
    assert browser is not None
    assert browser.places.currentItem().text() == "Downloads (1)"
    assert [row.go.text() for row in browser.fetched.rows] == ["Resume"]
    window.close()


def test_a_folder_that_is_dropped_is_searched(
    window: MainWindow, tiny_model: Path, qtbot: QtBot
) -> None:
    window.incoming.take([tiny_model.parent])
    browser = window.opening.browser
    assert browser is not None
    assert browser.isVisible()
    qtbot.waitUntil(lambda: browser.local.table.count > 1, timeout=LOAD)
    assert str(tiny_model.parent) in library().folders


def test_a_context_beyond_the_trained_one_is_said_when_the_model_is_there(
    window: MainWindow, tiny_model: Path, qtbot: QtBot
) -> None:
    remember_defaults(tiny_model, Defaults(context=100_000))
    with qtbot.waitSignal(window.loading.loaded, timeout=LOAD):
        window.open_model(tiny_model)
    assert "a larger context is cut to that" in window.page.notice.message.text()


def test_what_is_said_of_a_model_goes_with_it_and_stands_beside_what_was_left_out(
    window: MainWindow, tiny_model: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    """The warning stayed with the next model, and hid which files were not opened."""
    from tests.engine.families import write_llama

    other = write_llama(tmp_path / "other.gguf")
    with qtbot.waitSignal(window.loading.loaded, timeout=LOAD):
        window.incoming.take([other, tiny_model])
    said = window.page.notice.message.text()
    assert said.startswith(f"Not opened: {tiny_model.name}.")
    assert "was not trained on these attributes" in said
    with qtbot.waitSignal(window.loading.loaded, timeout=LOAD):
        window.open_model(resources.demo_model())
    assert window.page.notice.isHidden()


def test_a_file_that_is_no_model_costs_nothing_of_the_one_that_is_loaded(
    loaded: MainWindow, tiny_model: Path, tmp_path: Path
) -> None:
    """It was unloaded before the other was looked at."""
    letter = tmp_path / "letter.gguf"
    letter.write_text("Dear Ada")
    loaded.incoming.take([letter])
    assert loaded.model is not None
    assert loaded.model.path == tiny_model
    assert loaded.loading.is_ready
    assert "letter.gguf cannot be used" in loaded.page.notice.message.text()
