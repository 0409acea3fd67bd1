"""A model on a server in the window: the dialog, answers, what is greyed, what is said."""

from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio import folders
from steerlm_studio.protocol import Part, Tokens
from steerlm_studio.ui.connect_dialog import ConnectDialog
from steerlm_studio.ui.model import Model
from steerlm_studio.ui.prompt_spans import token_spans
from steerlm_studio.ui.server import Server
from steerlm_studio.ui.window import MainWindow
from tests.engine.asking import COMPLETIONS, tea
from tests.engine.peer import Peer

WAIT = 30_000  # ms
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise")


@pytest.fixture
def connected(window: MainWindow, dialog: ConnectDialog, peer: Peer, qtbot: QtBot) -> MainWindow:
    dialog.address.setEditText(peer.url)
    dialog.key.setText("very-secret")
    with qtbot.waitSignal(window.engine.ready, timeout=WAIT):
        qtbot.mouseClick(dialog.connect_button, Qt.MouseButton.LeftButton)
    return window


def ask(window: MainWindow, qtbot: QtBot, question: str = "What is tea?") -> None:
    with qtbot.waitSignal(window.answering.run_ended, timeout=WAIT):
        window.ask(question)


def test_a_server_is_called_by_its_address_until_it_says_its_name():
    """It was called 127.0.0, as a file would be without its ending."""
    server = Server("http://127.0.0.1:8123")
    assert Model(Path(server.url), server=server).name == "127.0.0.1:8123"
    server = Server("https://gpu.example.org/llm")
    assert Model(Path(server.url), server=server).name == "gpu.example.org"


def test_a_server_answers_and_says_where_it_is(connected: MainWindow, peer: Peer, qtbot: QtBot):
    ask(connected, qtbot)
    last = connected.session.chat.last
    assert last is not None
    assert (last.text, last.finish) == ("Tea is a drink.", "stop")
    assert connected.frame.status.model.text() == f"tester · on 127.0.0.1:{peer.port}"
    assert "No GPU" not in connected.frame._device_note(connected.model)
    assert connected.frame.page.banner.isHidden()
    assert connected.frame.throughput.numbers.text("reused") == "\N{EN DASH}"


def test_the_key_reaches_the_server_and_no_file_or_command_line(
    connected: MainWindow, peer: Peer, qtbot: QtBot
):
    ask(connected, qtbot)
    assert {headers["Authorization"] for _, _, headers, _ in peer.seen} == {"Bearer very-secret"}
    assert "very-secret" not in " ".join(psutil.Process(connected.engine.process_id).cmdline())
    connected.frame.remember()
    connected.settings.sync()
    written = [path for path in folders.config().rglob("*") if path.is_file()]
    assert written
    assert not any(b"very-secret" in path.read_bytes() for path in written)
    assert peer.url.encode() in b"".join(path.read_bytes() for path in written)
    assert "very-secret" not in repr(connected.model)


def test_a_lost_server_keeps_the_text_and_says_why(connected: MainWindow, peer: Peer, qtbot: QtBot):
    def cut(handler: object) -> None:
        handler.stream()
        handler.piece("Tea is")

    peer.routes[COMPLETIONS] = cut
    ask(connected, qtbot)
    last = connected.session.chat.last
    assert last is not None
    assert (last.text, last.finish) == ("Tea is", "lost")
    assert "cut before its end" in connected.frame.page.banner.message.text()
    assert "context \N{EN DASH} /" in connected.frame.status.context.text()  # it was 2


def test_a_cut_answer_goes_on_from_its_text(connected: MainWindow, peer: Peer, qtbot: QtBot):
    def cut(handler: object) -> None:
        handler.stream()
        handler.piece("Tea is")

    def rest(handler: object) -> None:
        handler.stream()
        handler.piece(" a drink.", "stop")

    peer.routes[COMPLETIONS] = cut
    ask(connected, qtbot)
    peer.routes[COMPLETIONS] = rest
    with qtbot.waitSignal(connected.answering.run_ended, timeout=WAIT):
        connected.frame.actions.go_on.trigger()
    first, second = (body["prompt"] for body in peer.bodies(COMPLETIONS))
    assert second == first + "Tea is"
    last = connected.session.chat.last
    assert last is not None
    assert (last.text, last.finish) == ("Tea is a drink.", "stop")
    assert [answer.text for answer in connected.session.chat.fork_of(last).answers] == [
        "Tea is",
        "Tea is a drink.",
    ]


def test_show_prompt_greys_the_tokens_that_a_server_does_not_tell(connected: MainWindow):
    connected.prompting.view.show()
    assert not connected.prompting.view.tokens.isEnabled()
    assert "does not tell the tokens" in connected.prompting.view.tokens.toolTip()
    connected.prompting.view.close()


def test_counts_are_greyed_with_the_reason_and_come_back_with_a_file(
    connected: MainWindow, tiny_model: Path, qtbot: QtBot
):
    numbers = connected.frame.throughput.numbers
    for key in ("prompt", "reused"):
        assert not numbers._values[key].isEnabled()
        assert "what it read of a prompt" in numbers._values[key].toolTip()
    assert numbers._values["mean"].isEnabled()
    with qtbot.waitSignal(connected.engine.ready, timeout=WAIT):
        connected.open_model(tiny_model)
    assert numbers._values["reused"].isEnabled()
    assert numbers._values["reused"].toolTip() == ""


def test_a_comparison_does_not_say_what_was_shared_where_the_server_does_not(
    connected: MainWindow, qtbot: QtBot
):
    """“154 of 154 prompt tokens shared”: what was not told counted as nothing read."""
    connected.viewing.show("compare")
    connected.page.compare.strip.card.buttons[0].click()
    with qtbot.waitSignal(connected.answering.measured, timeout=WAIT):
        connected.ask("What is tea?")
    assert [answer.prompt_tokens for answer in connected.session.chat.start.answers] == [77] * 3
    assert connected.page.compare.foot.shared.accessibleName() == ""


def test_tokens_of_which_nobody_says_what_is_cached_are_only_counted(
    connected: MainWindow, peer: Peer, qtbot: QtBot
):
    """“0 of them cached” was said of every prompt on a server, and all of it was underlined."""
    view = connected.prompting.view
    parts = (Part("control", "<extra_id_1>"), Part("text", "Tea"))
    view.show_prompt(parts, "")
    view.tokens.setEnabled(True)
    view.tokens.setChecked(True)
    connected.engine.tokens.emit(Tokens(view._run, (5, 7), ("<extra_id_1>", "Tea"), (0, 1), -1))
    assert view.note.text() == "2 tokens."
    assert all(span.is_cached for span in token_spans(parts, Tokens(1, (5,), ("T",), (1,), -1)))


def test_exact_is_greyed_with_the_reason_and_comes_back_with_a_file(
    connected: MainWindow, tiny_model: Path, qtbot: QtBot
):
    mode = connected.page.compare.top.mode
    place = mode.findData("exact")

    def is_enabled() -> bool:
        return bool(mode.model().flags(mode.model().index(place, 0)) & Qt.ItemFlag.ItemIsEnabled)

    assert not is_enabled()
    assert "computed together" in mode.itemData(place, Qt.ItemDataRole.ToolTipRole)
    with qtbot.waitSignal(connected.engine.ready, timeout=WAIT):
        connected.open_model(tiny_model)
    assert is_enabled()


def test_nobody_there_is_said_with_the_way_back(
    window: MainWindow, dialog: ConnectDialog, peer: Peer, qtbot: QtBot
):
    dialog.address.setEditText("http://127.0.0.1:9")
    with qtbot.waitSignal(window.loading.said, timeout=WAIT):
        dialog.connect_button.click()
    assert "Nothing answers" in window.frame.page.banner.message.text()


def test_a_batch_whose_server_goes_away_says_so_and_goes_on(
    connected: MainWindow, peer: Peer, tmp_path: Path, qtbot: QtBot
):
    def gone(handler: object) -> None:
        handler.answer(b"", 500)

    prompts = tmp_path / "prompts.txt"
    prompts.write_text("Tea?\nBread?\n")
    peer.routes[COMPLETIONS] = gone
    batch = connected.batching.open()
    batch.form.prompts.set_path(prompts)
    with qtbot.waitSignal(batch._job.ended, timeout=WAIT):
        batch.start.click()
    assert "The server failed (500)" in batch.banner.message.text()
    peer.routes[COMPLETIONS] = tea
    with qtbot.waitSignal(batch._job.ended, timeout=WAIT):
        batch.start.click()
    assert batch.banner.isHidden()
    assert batch.amounts.text() == "2 of 2 answers"


def test_a_batch_runs_on_the_server(
    connected: MainWindow, peer: Peer, tmp_path: Path, qtbot: QtBot
):
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("Tea?\nBread?\n")
    peer.seen.clear()
    batch = connected.batching.open()
    batch.form.prompts.set_path(prompts)
    assert "on its server" in batch.form.note.text()
    with qtbot.waitSignal(batch._job.ended, timeout=WAIT):
        batch.start.click()
    assert batch._job.error is None
    assert batch.amounts.text() == "2 of 2 answers"
    assert len(peer.bodies(COMPLETIONS)) == 2
    assert {headers["Authorization"] for _, _, headers, _ in peer.seen} == {"Bearer very-secret"}


def test_the_family_of_a_servers_model_is_guessed_from_its_name_visibly(
    window: MainWindow, dialog: ConnectDialog, peer: Peer, qtbot: QtBot
):
    """A Llama 2 model was once asked with its own template and another family's attributes."""
    models = {"data": [{"id": "llama2-70b-steerlm-chat"}]}
    peer.routes["/v1/models"] = lambda handler: handler.answer(models)
    dialog.address.setEditText(peer.url)
    with qtbot.waitSignal(window.loading.loaded, timeout=WAIT):
        qtbot.mouseClick(dialog.connect_button, Qt.MouseButton.LeftButton)
    assert window.model is not None
    assert window.steering.steering.schema.id == window.model.template.id == "nemo-aligner"
    label = window.steering.family._label
    assert label.text() == "family (guessed)"
    qtbot.waitUntil(lambda: label.width() >= label.sizeHint().width(), timeout=WAIT)
    assert window.page.notice.isHidden()


def test_a_servers_model_of_another_name_is_said_to_be_no_steerlm_model(connected: MainWindow):
    assert "not trained on these attributes" in connected.page.notice.message.text()
