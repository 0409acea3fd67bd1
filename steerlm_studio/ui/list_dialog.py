"""A list over its buttons, in a window that stays open beside the main one."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QHeaderView, QPushButton, QTreeView, QVBoxLayout

from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.text_cells import TextCells
from steerlm_studio.ui.theme import GRID

_ROOMY = "QTreeView::item { padding: 4px 6px; } QHeaderView::section { padding: 4px 6px; }"


class ListDialog(QDialog):
    """What takes something away stands at the beginning, what goes on at the end, as default."""

    def lay_out(
        self,
        view: QTreeView,
        below: Sequence[SmallLabel | Notice],
        takes_away: QPushButton,
        goes_on: QPushButton,
    ) -> None:
        view.setUniformRowHeights(True)
        view.setStyleSheet(_ROOMY)
        view.setItemDelegate(TextCells(view))
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(takes_away)
        buttons.addStretch(1)
        buttons.addWidget(goes_on)
        goes_on.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(view, 1)
        for part in below:
            column.addWidget(part)
        column.addLayout(buttons)


def stretch_first(view: QTreeView) -> None:
    """The first column gets what the others leave; to be called once the columns are there."""
    header = view.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
