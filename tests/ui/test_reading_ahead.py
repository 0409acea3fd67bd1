"""While the user types, the engine reads what is there already."""

from itertools import count

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from steerlm_studio import protocol
from steerlm_studio.ui.window import MainWindow
from tests.ui.conftest import LOAD


@pytest.mark.parametrize("mode", ["fast", "exact"])
def test_a_question_that_was_typed_is_read_before_it_is_sent(
    loaded: MainWindow, qtbot: QtBot, mode: protocol.Mode
):
    """In Exact all of it, and the whole conversation, was read once more: it was read for Fast."""
    if mode == "exact":
        loaded.viewing.show("compare")
        loaded.page.compare.set_mode("exact")
    composer = loaded.page.composer.input
    qtbot.keyClicks(composer, "Which trees grow old?")
    parts, _ = loaded.prompting.upcoming()
    cached: list[protocol.Tokens] = []
    loaded.engine.tokens.connect(cached.append)

    looks = count(1)

    def is_read() -> bool:
        """Asked ever more rarely: each time the engine begins its batch anew."""
        if next(looks).bit_count() == 1:
            loaded.engine.send(protocol.Tokenize(10_000, parts))
        return any(m.run == 10_000 and m.cached >= m.pieces.index("<extra_id_2>") for m in cached)

    qtbot.waitUntil(is_read, timeout=LOAD)
    with qtbot.waitSignal(loaded.answering.measured, timeout=LOAD) as ended:
        qtbot.keyClick(composer, Qt.Key.Key_Return)
    assert ended.args[1].reused >= max(m.cached for m in cached if m.run == 10_000)


def test_nothing_is_read_ahead_without_a_model(window: MainWindow, qtbot: QtBot):
    qtbot.keyClicks(window.page.composer.input, "Hello")
    qtbot.wait(300)
    assert not window.engine.is_running
