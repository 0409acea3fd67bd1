"""Behind the window: what is asked, answered and changed is in the store, and comes back."""

import os
import signal

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio import __version__, protocol
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.steer.template import NEMOTRON_TEMPLATE, text_of
from steerlm_studio.store.backup import today
from steerlm_studio.store.health import Opened, open_store
from steerlm_studio.store.records import Asked, StoredConversation
from steerlm_studio.store.store import Store, default_path
from steerlm_studio.store.trouble import StoreTrouble
from steerlm_studio.ui.chat import Answer, Chat
from steerlm_studio.ui.chat_read import chat_of
from steerlm_studio.ui.daily_backup import DailyBackup
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from steerlm_studio.ui.writing import Writing
from tests.ui.conftest import LOAD
from tests.ui.test_window import answered, streaming


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


def kept(window: MainWindow) -> StoredConversation:
    window.keeping.keep_all()
    return window.store.conversation(window.session.chat.id)


def answer(text: str = "A drink.", question: str = "Tea?", **told: int) -> Answer:
    return Answer(question, DEFAULT.with_values(told), protocol.Sampling(), text, "stop")


def test_a_question_is_kept_before_the_engine_is_sent_it(
    loaded: MainWindow, qtbot: QtBot, monkeypatch
):
    sent: list[tuple[str, str | None]] = []
    send = loaded.engine.send

    def looked(request: protocol.Request) -> None:
        if isinstance(request, protocol.Generate):
            record = loaded.store.conversation(loaded.session.chat.id)
            sent.extend((turn.question, turn.finish) for turn in record.turns)
        send(request)

    monkeypatch.setattr(loaded.engine, "send", looked)
    answered(loaded, "What is tea?", qtbot, tokens=3)
    assert sent == [("What is tea?", None)]


def test_a_growing_reply_is_kept_while_it_grows(loaded: MainWindow, qtbot: QtBot):
    process = loaded.engine.process_id

    def hold() -> None:
        """Else the tiny model may be at its end before the time to write comes."""
        if len(loaded.session.chat.last.text) > 30:
            os.kill(process, signal.SIGSTOP)

    loaded.engine.stepped.connect(hold)
    streaming(loaded, "What is tea?", qtbot)
    number = loaded.session.chat.last.id
    pieces = "SELECT coalesce(sum(length(text)), 0) FROM piece WHERE turn = ?"
    try:
        qtbot.waitUntil(lambda: loaded.store.database.number(pieces, (number,)) > 20, timeout=LOAD)
        assert kept(loaded).turns[0].finish is None
    finally:
        loaded.engine.stepped.disconnect(hold)
        os.kill(process, signal.SIGCONT)
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        loaded.answering.stop()
    (turn,), last = kept(loaded).turns, loaded.session.chat.last
    assert last.finish is not None
    assert (turn.finish, turn.reply) == (last.finish, last.text)


def test_a_reply_is_kept_with_all_that_made_it(loaded: MainWindow, qtbot: QtBot):
    answered(loaded, "What is tea?", qtbot)
    (turn,) = kept(loaded).turns
    setup, counts = turn.setup, turn.counts
    assert turn.control == str(loaded.steering.steering)
    assert (turn.finish, turn.seed) == ("length", loaded.sampling.sampling().seed)
    assert setup.sampling == loaded.sampling.sampling()
    assert (setup.mode, setup.template) == ("fast", "nemotron")
    assert (setup.device, len(setup.model_hash)) == ("CPU", 32)
    assert (setup.model, setup.quant) == (loaded.model.name, loaded.model.ready.quant)
    assert setup.versions["steerlm-studio"] == __version__
    assert setup.versions["llama.cpp"] == loaded.model.ready.llama_version
    assert (counts.tokens, counts.prompt_tokens > 90) == (20, True)
    assert counts.evaluated > 0
    assert counts.seconds > 0
    assert counts.first_token_seconds > 0
    assert counts.width == loaded.session.chat.last.width


def test_a_reply_goes_to_its_conversation_whatever_is_open(loaded: MainWindow, qtbot: QtBot):
    streaming(loaded, "What is tea?", qtbot)
    first = loaded.session.chat
    loaded.conversing.start_new()
    loaded.answering.stop()
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD):
        pass
    turn = loaded.store.conversation(first.id).turns[0]
    assert first.last.finish is not None
    assert (turn.finish, turn.reply) == (first.last.finish, first.last.text)


def test_an_open_conversation_that_is_written_to_is_the_same_when_one_comes_back(
    loaded: MainWindow, qtbot: QtBot
):
    streaming(loaded, "What is tea?", qtbot)
    first = loaded.session.chat
    loaded.conversing.start_new()
    loaded.conversing.open(first.id)
    assert loaded.session.chat is first
    loaded.answering.stop()


def test_votes_notes_versions_and_the_kept_one_come_back(store: Store):
    chat = Chat()
    chat.start.add(answer("A drink.", humor=3))
    second = chat.start.add(answer("Leaves."))
    second.then.add(answer("Yes.", "Hot?"))
    second.vote, second.note, second.kept = -1, "Dull.", True
    chat.start.show(chat.start.answers[0])
    Writing(store, chat).write()
    record = store.conversation(chat.id)
    assert [(t.question, t.reply, t.vote, t.note, t.kept) for t in record.turns] == [
        ("Tea?", "A drink.", 0, "", False),
        ("Tea?", "Leaves.", -1, "Dull.", True),
        ("Hot?", "Yes.", 0, "", False),
    ]
    assert [turn.reply for turn in record.path()] == ["A drink."]
    assert not Writing(store, chat).write()


def test_what_the_disk_refused_is_written_when_it_takes_it_again(store: Store, monkeypatch):
    chat = Chat()
    chat.start.add(answer())
    with monkeypatch.context() as full:
        full.setattr(store, "finish", refuse)
        with pytest.raises(StoreTrouble):
            Writing(store, chat).write()
    assert chat.id is None
    assert store.shelf.entries() == []
    Writing(store, chat).write()
    assert store.conversation(chat.id).turns[0].reply == "A drink."


def refuse(*_: object, **__: object) -> None:
    raise StoreTrouble("The disk is full.")


def test_a_full_disk_is_said_and_what_was_not_kept_is_kept_later(window: MainWindow, monkeypatch):
    window.session.chat.start.add(answer())
    with monkeypatch.context() as full:
        full.setattr(window.store, "ask", refuse)
        assert not window.keeping.keep(window.session.chat)
    assert window.page.keeping.message.text() == "The disk is full."
    assert not window.page.keeping.isHidden()
    window.keeping.keep_all()
    assert window.page.keeping.isHidden()
    assert kept(window).turns[0].reply == "A drink."


def test_a_conversation_that_was_deleted_elsewhere_is_kept_anew(window: MainWindow):
    chat = window.session.chat
    chat.start.add(answer())
    window.keeping.keep(chat)
    window.store.shelf.delete(chat.id)
    window.store.shelf.empty_bin()
    chat.end().add(answer("Yes.", "Hot?"))
    window.keeping.keep(chat)
    assert [turn.reply for turn in kept(window).path()] == ["A drink.", "Yes."]


def test_a_control_string_that_no_slider_knows_is_sent_as_it_stands(store: Store):
    number = store.create()
    (turn,) = store.ask(number, None, Asked("Tea?", "sweetness:9,humor:2"))
    store.finish(turn, "imported", reply="A drink.")
    chat = chat_of(store.conversation(number))
    after = chat.end().add(answer("Yes.", "Hot?"))
    assert "<extra_id_2>sweetness:9,humor:2\nA drink." in text_of(
        chat.prompt(after, NEMOTRON_TEMPLATE)
    )


def test_without_a_file_the_window_keeps_nothing_beyond_itself(window: MainWindow):
    assert isinstance(window.opened, Opened)
    assert not window.opened.lasting


def test_delete_in_the_list_offers_undo(window: MainWindow, qtbot: QtBot):
    window.session.chat.start.add(answer())
    window.keeping.keep(window.session.chat)
    window.conversing.changed.emit()
    view = window.frame.conversations.view
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert window.store.shelf.entries() == []
    window.page.notice.button.click()
    assert len(window.store.shelf.entries()) == 1


def test_a_copy_of_the_day_is_made_beside_the_window(theme: Theme, qtbot: QtBot):
    window = MainWindow(theme, settings(), (), open_store(default_path()))
    qtbot.addWidget(window)
    window.session.chat.start.add(answer())
    window.keeping.keep(window.session.chat)
    backup = DailyBackup(window.opened, window.keeping, calm=1)
    with qtbot.waitSignal(backup.process.finished, timeout=LOAD):
        pass
    copy = open_store(today(default_path()))
    assert [entry.title for entry in copy.store.shelf.entries()] == ["Tea?"]
    copy.close()
    backup.stop()
    window.close()
