"""How one reply was made: settings, mode, counts and times, to be read and copied."""

from collections.abc import Iterator

import msgspec
from PySide6.QtCore import QCoreApplication, QLocale, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.ui.chat import Answer
from steerlm_studio.ui.labels import PlainLabel, SmallLabel
from steerlm_studio.ui.text_safety import BREAK, shown
from steerlm_studio.ui.theme import GRID

translate = QCoreApplication.translate
_WIDTH = 520


def details_of(answer: Answer) -> Iterator[tuple[str, str]]:
    """Name and value; what is not known of a reply does not appear."""
    setup = answer.setup
    fast = translate("Details", "Fast: all lanes in one batch")
    exact = translate("Details", "Exact: one lane at a time")
    told = str(answer.steering) if answer.control is None else answer.control
    yield translate("Details", "Control string"), shown(told)
    yield translate("Details", "Mode"), exact if answer.mode == "exact" else fast
    if answer.width:
        yield translate("Details", "Step width"), str(answer.width)
    for name, value in msgspec.structs.asdict(answer.sampling).items():
        yield name, QLocale().toString(value) if isinstance(value, float) else str(value)
    yield translate("Details", "Prompt tokens"), str(answer.prompt_tokens)
    yield translate("Details", "Tokens of the reply"), str(answer.tokens)
    yield translate("Details", "Seconds"), QLocale().toString(answer.seconds, "f", 2)
    known = {
        translate("Details", "Model"): setup.model,
        translate("Details", "Quantization"): setup.quant,
        translate("Details", "Device"): setup.device,
        translate("Details", "llama.cpp"): setup.versions.get("llama.cpp", ""),
    }
    yield from ((name, shown(value)) for name, value in known.items() if value)


def show_details(window: QWidget, answer: Answer) -> QDialog:
    """In a window of its own, so that two replies can be held beside each other."""
    dialog = QDialog(window)
    dialog.setWindowTitle(translate("Details", "How the reply was made"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    rows = list(details_of(answer))
    form = QFormLayout()
    form.setHorizontalSpacing(2 * GRID)
    for name, value in rows:
        label = PlainLabel(value.replace(",", f",{BREAK}"))
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        form.addRow(SmallLabel(name), label)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    copy = buttons.addButton(translate("Details", "Copy"), QDialogButtonBox.ButtonRole.ActionRole)
    text = "\n".join(f"{name}: {value}" for name, value in rows)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
    buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
    copy.setAutoDefault(False)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.addLayout(form)
    column.addWidget(buttons)
    dialog.resize(_WIDTH, 0)
    dialog.show()
    return dialog
