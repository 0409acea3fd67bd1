"""The dialog that asks for a server: its address, its key and where that is kept."""

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio import server_key
from steerlm_studio.ui.connect_dialog import ConnectDialog
from steerlm_studio.ui.window import MainWindow
from tests.engine.peer import Peer
from tests.ui.test_accessible import nameless

WAIT = 30_000  # ms
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")


def test_the_dialog_says_what_is_no_address_and_what_is_not_secret(dialog: ConnectDialog):
    assert not dialog.connect_button.isEnabled()
    dialog.address.setEditText("ftp://host")
    assert "no address" in dialog.note.text()
    assert not dialog.connect_button.isEnabled()
    dialog.address.setEditText("http://gpu.lan:8000")
    assert dialog.connect_button.isEnabled()
    dialog.key.setText("word")
    assert "unencrypted" in dialog.note.text()
    dialog.address.setEditText("https://gpu.lan:8000")
    assert dialog.note.text().startswith("https://gpu.lan:8000 is asked")
    assert nameless(dialog) == ""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a keyring that has a key for one server."""
    file = tmp_path / "keyring.json"
    monkeypatch.setenv("KEYRING_IN_FILE", str(file))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyring_in_file.InFile")
    file.write_text('{"steerlm-studio 127.0.0.1:9": "kept"}')
    return file


def typed(window: MainWindow, qtbot: QtBot, url: str = "http://127.0.0.1:9") -> ConnectDialog:
    """The dialog with this address, after the keyring has answered."""
    dialog = window.connecting.open()
    dialog.address.setEditText(url)
    dialog.address.lineEdit().editingFinished.emit()
    qtbot.waitUntil(lambda: not dialog._finding.is_asking, timeout=WAIT)
    return dialog


def test_a_key_of_the_environment_is_used_and_not_offered_to_be_kept(
    window: MainWindow, kept: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    """The box was ticked: connecting wrote a key of the environment into the keyring."""
    monkeypatch.setenv(server_key.VARIABLE, "given")
    dialog = typed(window, qtbot)
    assert (dialog.key.text(), dialog.remember.isChecked()) == ("given", False)
    with qtbot.waitSignal(dialog.chosen, timeout=WAIT) as chosen:
        dialog.connect_button.click()
    assert chosen.args[0].key == "given"
    assert list(json.loads(kept.read_text()).values()) == ["kept"]


def test_a_kept_key_is_found_again_and_forgotten_when_its_box_is_cleared(
    window: MainWindow, kept: Path, qtbot: QtBot
):
    for tick, left in ((True, ["kept"]), (False, [])):
        dialog = typed(window, qtbot)
        assert (dialog.key.text(), dialog.remember.isChecked()) == ("kept", True)
        dialog.remember.setChecked(tick)
        with qtbot.waitSignal(dialog.chosen, timeout=WAIT) as chosen:
            dialog.connect_button.click()
        assert chosen.args[0].key == "kept"
        assert list(json.loads(kept.read_text()).values()) == left


def test_a_keyring_that_asks_to_be_unlocked_does_not_stop_the_window(
    window: MainWindow, kept: Path, qtbot: QtBot
):
    """The window stood still until the keyring's own dialog was answered."""
    lock = kept.with_suffix(".locked")
    lock.touch()
    dialog = window.connecting.open()
    dialog.address.setEditText("http://127.0.0.1:9")
    dialog.connect_button.click()
    assert "is asked for the key" in dialog.note.text()
    with qtbot.waitSignal(dialog.chosen, timeout=WAIT) as chosen:
        lock.unlink()
    assert chosen.args[0].key == "kept"


def test_a_key_that_the_keyring_does_not_take_is_said_in_the_dialog(
    window: MainWindow, kept: Path, qtbot: QtBot
):
    dialog = typed(window, qtbot)
    dialog.key.setText("too much")
    dialog.connect_button.click()
    qtbot.waitUntil(lambda: "did not take the key" in dialog.note.text(), timeout=WAIT)
    assert dialog.isVisible()
    assert dialog.connect_button.isEnabled()


def test_what_was_tried_is_offered_again(window: MainWindow, peer: Peer, qtbot: QtBot):
    """A server with several models asks for a name: everything had to be typed again."""
    several = {"data": [{"id": "one"}, {"id": "two"}]}
    peer.routes["/v1/models"] = lambda handler: handler.answer(several)
    dialog = window.connecting.open()
    dialog.address.setEditText(peer.url)
    dialog.key.setText("very-secret")
    dialog.concurrency.setValue(3)
    with qtbot.waitSignal(window.loading.said, timeout=WAIT):
        dialog.connect_button.click()
    assert "Name one of them: one, two" in window.frame.page.banner.message.text()
    again = window.connecting.open()
    assert again.address.currentText() == peer.url
    assert (again.key.text(), again.concurrency.value()) == ("very-secret", 3)
    again.model.setText("two")
    with qtbot.waitSignal(window.loading.loaded, timeout=WAIT):
        again.connect_button.click()
    assert window.model.name == "two"
