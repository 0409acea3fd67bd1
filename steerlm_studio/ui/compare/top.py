"""Over the columns: which question they answer, how they are run, and how to get more of them."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.protocol import Mode
from steerlm_studio.steer.presets import Preset
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.elided_label import ElidedLabel, SmallElidedLabel
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.tool_button import icon_button


class CompareTop(QWidget):
    """Two lines: the question with its turn; the mode with what it promises, and the columns."""

    turn_requested = Signal(int)  # -1 or 1
    edit_requested = Signal()
    mode_changed = Signal(str)  # protocol.Mode
    add_requested = Signal(object)  # Preset, or None for the sliders
    presets_wanted = Signal()  # the menu opens

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = ElidedLabel()
        self.turn = SmallLabel()
        self.earlier = icon_button("chevron-left", self.tr("The question before"))
        self.later = icon_button("chevron-right", self.tr("The question after"))
        self.edit = icon_button("edit", self.tr("Edit the question and ask anew, as a branch"))
        self.mode = Choice()
        self.promise = SmallElidedLabel()
        self.every = QCheckBox(self.tr("Change every column"))
        self.run = QPushButton()
        self.add = QToolButton()
        self._presets = QMenu(self)
        self._lay_out()
        self._connect()
        self.show_mode("fast")
        self.show_missing(0)

    def show_question(self, question: str, turn: int, turns: int) -> None:
        self.question.set_text(shown(" ".join(question.split())))
        text = self.tr("%1 of %2").replace("%1", str(turn + 1)).replace("%2", str(turns))
        self.turn.setText(text)
        for widget in (self.turn, self.earlier, self.later):
            widget.setVisible(turns > 1)
        self.edit.setVisible(turns > 0)
        self.earlier.setEnabled(turn > 0)
        self.later.setEnabled(turn < turns - 1)

    def show_mode(self, mode: Mode) -> None:
        self.mode.setCurrentIndex(self.mode.findData(mode))
        self.promise.set_text(self._promises()[mode])
        self.mode.setToolTip(self._promises()[mode])

    def show_missing(self, count: int) -> None:
        """How many columns have no reply under their settings to the question yet."""
        self.run.setText(self.tr("Answer in %n columns", "", count))
        self.run.setVisible(count > 0)

    def show_presets(self, presets: list[Preset], is_full: bool) -> None:
        self.add.setEnabled(not is_full)
        self._presets.clear()
        self._presets.addAction(self.tr("From the sliders"), lambda: self.add_requested.emit(None))
        self._presets.addSeparator()
        for preset in presets:
            name = preset.name.replace("&", "&&")
            self._presets.addAction(name, partial(self.add_requested.emit, preset))

    def _promises(self) -> dict[Mode, str]:
        return {
            "fast": self.tr("All at once; a rerun may differ in a word."),
            "exact": self.tr("One by one; the same seed gives the same text."),
        }

    def _connect(self) -> None:
        self.earlier.clicked.connect(lambda: self.turn_requested.emit(-1))
        self.later.clicked.connect(lambda: self.turn_requested.emit(1))
        self.edit.clicked.connect(self.edit_requested)
        self.mode.activated.connect(self._on_mode_chosen)
        self._presets.aboutToShow.connect(self.presets_wanted)

    def _on_mode_chosen(self, place: int) -> None:
        mode: Mode = self.mode.itemData(place)
        self.show_mode(mode)
        self.mode_changed.emit(mode)

    def _lay_out(self) -> None:
        self.mode.addItem(self.tr("Fast"), "fast")
        self.mode.addItem(self.tr("Exact"), "exact")
        self.mode.setMinimumContentsLength(5)
        self.mode.setAccessibleName(self.tr("How the columns are run"))
        self.every.setToolTip(self.tr("What you change with the sliders changes in every column"))
        self.run.setDefault(True)
        self.run.setToolTip(self.tr("Those that are new or were changed (Ctrl+Enter)"))
        self.add.setText(self.tr("Column"))
        self.add.setIcon(icon("plus"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setMenu(self._presets)
        self.add.setToolTip(self.tr("Add a column: from the sliders, or a preset"))
        self.add.setAccessibleName(self.tr("Add a column"))
        asked = QHBoxLayout()
        asked.setSpacing(HALF)
        asked.addStrut(self.run.sizeHint().height())  # nothing moves when the button comes
        asked.addWidget(self.question, 1)
        for widget in (self.edit, self.earlier, self.turn, self.later, self.run):
            asked.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.mode)
        row.addWidget(self.promise, 1)
        row.addWidget(self.every)
        row.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        column.setSpacing(HALF)
        column.addLayout(asked)
        column.addLayout(row)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())
