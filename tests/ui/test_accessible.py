"""Whoever does not see the window, or has no mouse: everything has a name and a place in order."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from steerlm_studio import resources
from steerlm_studio.protocol import Sampling
from steerlm_studio.steer.steering import DEFAULT
from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.dialogs import show_about, show_keys
from steerlm_studio.ui.labels import NumberLabel
from steerlm_studio.ui.palette import open_palette
from steerlm_studio.ui.window import MainWindow

KINDS = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface else ""


def is_inner(widget: QWidget) -> bool:
    """The parts of Qt's own widgets speak through the widget they belong to."""
    owners = (QComboBox, QAbstractSpinBox, QLineEdit, QTabBar)
    parents, parent = [], widget.parentWidget()
    while parent is not None:
        parents.append(parent)
        parent = parent.parentWidget()
    if widget.focusProxy() is not None:
        return True
    return any(isinstance(p, owners) for p in parents) or widget.objectName().startswith("qt_")


def focusable(root: QWidget) -> Iterator[QWidget]:
    for widget in root.findChildren(QWidget):
        is_frame = isinstance(widget, QScrollArea)
        takes_focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible()
        if takes_focus and not is_frame and not is_inner(widget):
            yield widget


def nameless(root: QWidget) -> str:
    return ", ".join(place_of(widget) for widget in focusable(root) if not name_of(widget))


def place_of(widget: QWidget) -> str:
    return f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"


@pytest.fixture
def talked(loaded: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window in which everything is there: an answer, a folded-out safety group, an error."""
    with qtbot.waitSignal(loaded.answering.measured, timeout=20_000):
        loaded.page.composer.submitted.emit("What is tea?")
    loaded.page.control.type("humour:2,quality:9")
    loaded.page.banner.show_error("It broke.", "here", [loaded.frame.actions.open_model])
    loaded.steering.presets.menu.said.emit("Deleted “Mine”.")
    for group in loaded.steering.groups:
        group.header.setChecked(True)
    return loaded


def test_everything_that_takes_the_focus_in_the_window_has_a_name(talked: MainWindow):
    assert nameless(talked) == ""


def test_numbers_are_read_with_what_they_are(talked: MainWindow):
    """The name was read instead of the number: “Value of humor”, “mean”."""
    talked.steering.apply(DEFAULT.having(humor=3))
    names = {name_of(label) for label in talked.findChildren(NumberLabel)}
    assert {"Value of humor: 3", "Value of quality: 4"} < names
    mean = next(name for name in names if name.startswith("mean: "))
    assert mean.endswith(" t/s")


def test_a_choice_is_read_with_what_it_is_for(talked: MainWindow):
    """Qt gives the chosen text for a combo box's name, so nobody heard what is chosen."""
    choices = [choice for choice in talked.findChildren(Choice) if choice.accessibleName()]
    assert talked.steering.language.choice in choices
    for choice in choices:
        interface = QAccessible.queryAccessibleInterface(choice)
        description = interface.text(QAccessible.Text.Description)
        assert description.startswith(choice.accessibleName())


def test_no_markup_is_read_out(talked: MainWindow):
    long = "A question that is longer than its place in the window " * 9
    talked.page.system.set_text(long)
    read = [QAccessible.queryAccessibleInterface(w) for w in talked.findChildren(QWidget)]
    texts = [one.text(kind) for one in read if one for kind in KINDS]
    assert [text for text in texts if "<p " in text] == []


def test_everything_that_takes_the_focus_in_the_dialogs_has_a_name(talked: MainWindow):
    talked.frame.actions.prompt.trigger()
    menu = talked.steering.presets.menu
    menu.save_as.trigger()
    dialogs = [show_keys(talked), show_about(talked), open_palette(talked)]
    dialogs += [dialog for dialog in talked.findChildren(QDialog) if dialog.isVisible()]
    assert len(set(dialogs)) == 5
    for dialog in dialogs:
        assert nameless(dialog) == ""
        dialog.close()


def test_everything_that_takes_the_focus_in_the_model_browser_has_a_name(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    browser = window.opening.open()
    qtbot.waitUntil(lambda: browser.local.table.count > 0, timeout=20_000)
    browser.local.table.pick(str(resources.demo_model()))
    assert nameless(browser) == ""
    for page in range(1, browser.places.count()):
        browser.places.setCurrentRow(page)
        if page == 1:
            browser.catalogue.table.pick("nemotron-3-8b-chat-4k-steerlm")
            assert browser.hub_card.isVisible()
        assert nameless(browser) == ""


def test_what_shows_only_an_icon_says_what_it_does(talked: MainWindow):
    silent = [
        place_of(button)
        for button in talked.findChildren(QAbstractButton)
        if button.isVisible() and not button.icon().isNull()
        if not button.text() and not button.toolTip()
    ]
    assert ", ".join(silent) == ""


def tab_order(window: MainWindow) -> list[QWidget]:
    """The widgets that Tab reaches, beginning with the composer."""
    first = window.page.composer.input
    found, widget = [first], first.nextInFocusChain()
    while widget is not first:
        takes_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes_tab and widget.isVisible() and widget.isEnabled() and not is_inner(widget):
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def test_tab_walks_the_sliders_from_top_to_bottom(talked: MainWindow):
    rows = [row.slider for row in talked.steering.rows.values()]
    places = [slider.mapTo(talked, QPoint()).y() for slider in tab_order(talked) if slider in rows]
    assert len(places) == len(rows)
    assert places == sorted(places)


def test_tab_does_not_jump_in_and_out_of_a_panel(talked: MainWindow):
    frame = talked.frame
    panels = [frame.conversations, frame.page, frame.steering, frame.throughput]
    passed: list[QWidget] = []
    for widget in tab_order(talked):
        panel = next((p for p in panels if p.isAncestorOf(widget)), None)
        if panel and (not passed or passed[-1] is not panel):
            passed.append(panel)
    for panel in (frame.conversations, frame.steering, frame.throughput):
        assert passed.count(panel) == 1


def test_tab_reaches_the_sliders_and_digits_set_them(talked: MainWindow, qtbot: QtBot):
    talked.steering.rows["quality"].box.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(talked.steering.rows["quality"].box, Qt.Key.Key_Tab)
    focused = QApplication.focusWidget()
    assert focused is talked.steering.rows["quality"].slider
    qtbot.keyClick(focused, "1")
    assert talked.steering.steering["quality"] == 1


def test_tab_goes_through_replies_that_came_later_in_the_order_of_reading(
    window: MainWindow, qtbot: QtBot
):
    chat = window.session.chat
    for question in ("Tea?", "Hot?", "Green?"):
        chat.end().add(Answer(question, DEFAULT, Sampling(), "A drink.", "stop"))
        window.conversing.changed.emit()
    views = window.page.transcript.views
    qtbot.waitUntil(lambda: all(view.body.isVisible() for view in views))
    order = tab_order(window)
    stops = [stop for view in views for stop in view.tab_stops if stop in order]
    assert len(stops) >= 3 * 4
    first = order.index(stops[0])
    assert order[first : first + len(stops)] == stops
