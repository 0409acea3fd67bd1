"""Names and values in two columns, for cards and files."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from steerlm_studio.ui.labels import PlainLabel, SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF


class Facts(QWidget):
    """Filled anew by `show_facts`; what has no value is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Names and values; a value may be long."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, value) in enumerate((n, v) for n, v in facts if v):
            self._grid.addWidget(SmallLabel(name), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(wrapped(value), row, 1)


def wrapped(text: str, small: bool = False) -> PlainLabel:
    """Outside text that breaks over lines and can be copied."""
    label = SmallLabel(shown(text)) if small else PlainLabel(shown(text))
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label
