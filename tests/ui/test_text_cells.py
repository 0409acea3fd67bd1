"""A text that runs from right to left has its question mark at its own end, in any list."""

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QListWidget, QStyledItemDelegate
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.text_cells import TextCells

HEBREW = "\u05d0\u05d1\u05d2"
RIGHT_TO_LEFT, LEFT_TO_RIGHT = "\N{RIGHT-TO-LEFT ISOLATE}", "\N{LEFT-TO-RIGHT ISOLATE}"
POP = "\N{POP DIRECTIONAL ISOLATE}"


def painted(text: str, qtbot: QtBot, delegate: type[QStyledItemDelegate]) -> QImage:
    lines = QListWidget()
    qtbot.addWidget(lines)
    lines.setItemDelegate(delegate(lines))
    lines.addItem(text)
    lines.resize(200, 40)
    return lines.viewport().grab().toImage()


def test_a_question_mark_stands_at_the_end_of_its_own_text(qtbot: QtBot):
    for text, isolate in ((f"{HEBREW}?", RIGHT_TO_LEFT), ("abc?", LEFT_TO_RIGHT)):
        as_told = painted(f"{isolate}{text}{POP}", qtbot, QStyledItemDelegate)
        assert painted(text, qtbot, TextCells) == as_told
    usual = painted(f"{HEBREW}?", qtbot, QStyledItemDelegate)
    assert usual != painted(f"{HEBREW}?", qtbot, TextCells)


def test_what_a_cell_holds_is_as_it_was(qtbot: QtBot):
    lines = QListWidget()
    qtbot.addWidget(lines)
    lines.setItemDelegate(TextCells(lines))
    lines.addItem(f"{HEBREW}?")
    assert lines.item(0).text() == f"{HEBREW}?"
