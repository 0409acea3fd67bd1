"""All dialogs that there are: reached by a command, all in them named, walked in reading order."""

import importlib
import pkgutil
from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

import steerlm_studio.ui
from steerlm_studio.ui.window import MainWindow
from tests.ui.test_accessible import is_inner, nameless, place_of
from tests.ui.test_window import answered


def dialog_classes() -> set[type[QDialog]]:
    """Those of our own, from every module of the window; what others are built on is none."""
    package = steerlm_studio.ui
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    found, waiting = set[type[QDialog]](), list(QDialog.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.startswith(package.__name__) and not one.__subclasses__():
            found.add(one)
    return found


def openers(window: MainWindow) -> Iterator[QAction]:
    """The commands that promise a dialog, and the few that only show something in one."""
    actions = window.frame.actions
    yield from (actions.prompt, actions.keys, actions.about)
    for action in window.findChildren(QAction):
        if action.text().endswith("…") and action.isEnabled() and not action.menu():
            yield action


def dialogs() -> list[QDialog]:
    """Ours, as they are shown now; the system's own are its own affair."""
    shown = [widget for widget in QApplication.allWidgets() if isinstance(widget, QDialog)]
    return [d for d in shown if d.isVisible() and not isinstance(d, QFileDialog)]


@pytest.fixture
def met(loaded: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> dict[str, QDialog]:
    """Every dialog that a command opens, by what the command is called."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: dialog.deleteLater())
    answered(loaded, "Something for the bin.", qtbot)
    loaded.frame.actions.delete_chat.trigger()
    answered(loaded, "What is tea?", qtbot)
    ways = {action.text(): action.trigger for action in openers(loaded)}
    ways["details"] = loaded.page.transcript.views[0].details.click
    found = {}
    for name, way in ways.items():
        before = dialogs()
        way()
        for dialog in dialogs():
            if dialog not in before:
                found[name] = dialog
    assert "details" in found
    return found


def stops(dialog: QDialog) -> list[QWidget]:
    """What Tab goes to, in its order."""
    found, widget = [], dialog.nextInFocusChain()
    while widget is not dialog:
        takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes_tab and widget.isVisible() and widget.isEnabled() and not is_inner(widget):
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def steps_back(dialog: QDialog) -> list[str]:
    """Where Tab goes up without going to a column further on."""
    places = [
        (widget, QRect(widget.mapTo(dialog, QPoint()), widget.size())) for widget in stops(dialog)
    ]
    return [
        f"{place_of(before)} -> {place_of(after)}"
        for (before, here), (after, there) in pairwise(places)
        if there.bottom() < here.top() and there.left() <= here.right()
    ]


def test_every_dialog_is_reached_by_a_command_named_and_walked_in_the_order_of_reading(
    loaded: MainWindow, met: dict[str, QDialog]
):
    assert {name: stops(dialog) != [] for name, dialog in met.items()} == dict.fromkeys(met, True)
    assert {name: steps_back(dialog) for name, dialog in met.items()} == {name: [] for name in met}
    assert {name: nameless(dialog) for name, dialog in met.items()} == dict.fromkeys(met, "")
    assert {one.__name__ for one in dialog_classes()} <= {type(d).__name__ for d in met.values()}
    for dialog in dialogs():
        dialog.close()
