"""Under the columns: what they shared, and how they are read."""

from PySide6.QtCore import QLocale, QSize
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from steerlm_studio.protocol import Done
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.theme import GRID


class CompareFoot(QWidget):
    """One line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shared = SmallElidedLabel()
        self.together = QCheckBox(self.tr("Scroll together"))
        self.together.setChecked(True)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        self.row.setSpacing(GRID)
        self.row.addWidget(self.shared, 1)
        self.row.addWidget(self.together)

    def show_shared(self, done: Done | None, prompt_tokens: int) -> None:
        """How much of all prompts together did not have to be read for itself."""
        if done is None or not prompt_tokens:
            self.shared.set_text("")
            return
        spared = QLocale().toString(max(prompt_tokens - done.evaluated, 0))
        text = self.tr("%1 of %2 prompt tokens shared").replace("%1", spared)
        self.shared.set_text(text.replace("%2", QLocale().toString(prompt_tokens)))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())
