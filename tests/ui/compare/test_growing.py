"""Many columns that stream at once: each frame shows as many as there is time for."""

import pytest
from pytestqt.qtbot import QtBot

from steerlm_studio import protocol
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.compare import page as page_module
from steerlm_studio.ui.window import MainWindow

TOLD = [DEFAULT.having(humor=level) for level in range(4)]


def test_columns_take_turns_where_a_frame_has_no_time_for_all(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(page_module, "_FRAME_SHARE", 0.0)
    page = window.page.compare
    fork = window.session.chat.end()
    for told in TOLD:
        fork.answers.append(Answer("What is tea?", told, protocol.Sampling(), "Tea"))
    window.viewing.show("compare")
    for answer in fork.answers:
        answer.text += " is hot."
    page.grew((fork.answers[2], fork.answers[1]))
    page.grew(tuple(fork.answers))
    shown = []
    page._pace.due.connect(
        lambda: shown.append([view.text.body.text for view in page.strip.in_order()])
    )
    qtbot.waitUntil(lambda: len(shown) == len(TOLD))
    grown = [
        {place for place, text in enumerate(texts) if text == "Tea is hot."} for texts in shown
    ]
    assert grown == [{2}, {1, 2}, {0, 1, 2}, {0, 1, 2, 3}]
