"""Circles of Python's are freed between two events, never inside a call from Qt."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from steerlm_studio.ui.collecting import Collecting


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collecting(qapp: QApplication) -> Iterator[Collecting]:
    collecting = Collecting(qapp)
    yield collecting
    collecting.end()
    collecting.deleteLater()


def circles() -> weakref.ref[Circle]:
    """More of them than Python leaves alone."""
    made = [Circle() for _ in range(2 * gc.get_threshold()[0])]
    return weakref.ref(made[0])


@pytest.mark.usefixtures("collecting")
def test_a_circle_is_freed_once_the_event_loop_runs_and_not_before(qtbot: QtBot):
    circle = circles()
    assert circle() is not None
    qtbot.waitUntil(lambda: circle() is None)


def test_python_collects_again_by_itself_afterwards(collecting: Collecting):
    assert not gc.isenabled()
    collecting.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
