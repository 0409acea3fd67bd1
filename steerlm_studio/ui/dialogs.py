"""The small dialogs of the Help menu."""

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QMainWindow,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio import __version__
from steerlm_studio.ui.actions import all_actions
from steerlm_studio.ui.key_names import keys_in_words
from steerlm_studio.ui.labels import NumberLabel, PlainLabel, SmallLabel, TitleLabel
from steerlm_studio.ui.prompt_input import SendKey
from steerlm_studio.ui.theme import GRID

_WIDTH, _HEIGHT = 480, 640


def show_keys(window: QMainWindow, send_key: SendKey = "Enter") -> QDialog:
    """List every key: those of the menus, and those of single places."""
    rows = [
        (action.text().replace("&", ""), keys_in_words(action.shortcuts()[0]))
        for action in all_actions(window)
        if action.shortcuts()
    ]
    rows += [
        (_tr("Send"), keys_in_words(send_key)),
        (_tr("New line"), keys_in_words("Shift+Enter" if send_key == "Enter" else "Enter")),
        (_tr("Edit the last question, in an empty prompt"), keys_in_words("Up")),
        (_tr("Next match, match before, while finding"), keys_in_words("Enter", "Shift+Enter")),
        (_tr("Slider: set the value"), "0 … 4"),
        (_tr("Slider: leave the value out"), keys_in_words("-")),
        (_tr("Slider: one down, one up"), keys_in_words("Left", "Right")),
        (_tr("Slider: lowest, highest"), keys_in_words("Home", "End")),
    ]
    page = QWidget()
    grid = QGridLayout(page)
    grid.setHorizontalSpacing(4 * GRID)
    for row, (what, keys) in enumerate(rows):
        grid.addWidget(PlainLabel(what), row, 0)
        grid.addWidget(NumberLabel(keys), row, 1)
    scroll = QScrollArea()
    scroll.setWidget(page)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return _open(window, _tr("Keys"), scroll)


def show_about(window: QMainWindow) -> QDialog:
    """Say what this is, which version, and under which licence."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setSpacing(GRID)
    column.addWidget(TitleLabel("SteerLM Studio"))
    column.addWidget(PlainLabel(_tr("Version %1").replace("%1", __version__)))
    text = PlainLabel(
        _tr(
            "A desktop playground for SteerLM models: sliders, the control string they make, and "
            "what the model does with it. Models run on this machine with llama.cpp."
        )
    )
    text.setWordWrap(True)
    column.addWidget(text)
    column.addWidget(
        SmallLabel(_tr("Licensed under Apache-2.0. The demo model is trained on synthetic text."))
    )
    return _open(window, _tr("About SteerLM Studio"), page)


def _open(window: QMainWindow, title: str, page: QWidget) -> QDialog:
    dialog = QDialog(window)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    column = QVBoxLayout(dialog)
    column.addWidget(page)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    dialog.resize(_size(dialog, page, window.height() - 80))
    dialog.show()
    return dialog


def _size(dialog: QDialog, page: QWidget, most: int) -> QSize:
    """As wide as what scrolls needs with its bar beside it, and at most so high."""
    inside = page.widget() if isinstance(page, QScrollArea) else None
    layout = dialog.layout()
    if not isinstance(page, QScrollArea) or inside is None or layout is None:
        return QSize(_WIDTH, 0)
    margins = layout.contentsMargins()
    bar = page.verticalScrollBar().sizeHint().width()
    needed = inside.sizeHint().width() + bar + margins.left() + margins.right()
    return QSize(max(needed, _WIDTH), min(most, _HEIGHT))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dialogs", text)
