"""Under the columns: what they shared, and how they are read."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from steerlm_studio.protocol import Done
from steerlm_studio.ui.beside import Rows, in_a_row
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.compare.differences import Shown
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.theme import GRID, HALF


class CompareFoot(QWidget):
    """One line, or two where it is narrow; what is chosen in it is told by `changed`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self.shared = SmallElidedLabel()
        self.differences = Choice()
        self.against = Choice()
        self.table = QPushButton(self.tr("Table"))
        self.together = QCheckBox(self.tr("Scroll together"))
        self._lay_out()
        self.differences.activated.connect(self.changed)
        self.against.activated.connect(self.changed)
        self.table.toggled.connect(self.changed)

    @property
    def shown(self) -> Shown:
        shown: Shown = self.differences.currentData()
        return shown

    def set_shown(self, shown: Shown) -> None:
        self.differences.setCurrentIndex(self.differences.findData(shown))

    def show_columns(self, names: Sequence[str]) -> None:
        """The columns to compare with, by name; the chosen place stays."""
        if names == self._names:
            return
        self._names = list(names)
        place = max(self.against.currentIndex(), 0)
        self.against.clear()
        self.against.addItems(list(names))
        self.against.setCurrentIndex(min(place, len(names) - 1))
        for widget in (self.differences, self.against, self.table):
            widget.setEnabled(len(names) > 1)

    def show_shared(self, done: Done | None, prompt_tokens: int) -> None:
        """How much of all prompts together did not have to be read for itself."""
        is_told = done is not None and done.evaluated + done.reused  # not by every server
        if done is None or not is_told or not prompt_tokens:
            self.shared.set_text("")
            return
        spared = QLocale().toString(max(prompt_tokens - done.evaluated, 0))
        text = self.tr("%1 of %2 prompt tokens shared").replace("%1", spared)
        self.shared.set_text(text.replace("%2", QLocale().toString(prompt_tokens)))

    def _lay_out(self) -> None:
        for shown, text in (
            ("none", self.tr("Plain text")),
            ("words", self.tr("Differences")),
            ("changed", self.tr("Only changes")),
        ):
            self.differences.addItem(text, shown)
        self.differences.setMinimumContentsLength(8)
        self.against.setMinimumContentsLength(6)
        self.differences.setAccessibleName(self.tr("How the columns are shown"))
        self.differences.setToolTip(
            self.tr("Words put in are underlined, words left out struck through")
        )
        self.against.setAccessibleName(self.tr("Compared with this column"))
        self.against.setToolTip(self.against.accessibleName())
        self.table.setCheckable(True)
        self.table.setToolTip(self.tr("Length, readability, variety and pace of each column"))
        self.together.setChecked(True)
        read = in_a_row(self.differences, self.against)
        fields = Rows(read, in_a_row(self.table, self.together), equal=False)
        line = QHBoxLayout(self)
        line.setContentsMargins(2 * GRID, HALF, 2 * GRID, 0)
        line.setSpacing(GRID)
        line.addWidget(self.shared, 1)
        line.addWidget(fields)
