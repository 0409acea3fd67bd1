"""The MT-Bench scores of a model card: a line each, from 0 to 10."""

from collections.abc import Mapping

from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from steerlm_studio.ui.labels import NumberLabel, SmallLabel
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.translations import card_in_words


class Scores(QWidget):
    """Hidden where there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(2, 1)

    def show_scores(self, scores: Mapping[str, float]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, score) in enumerate(scores.items()):
            bar = QProgressBar()
            bar.setRange(0, 100)
            bar.setValue(round(10 * score))
            bar.setTextVisible(False)
            bar.setMaximumHeight(GRID)
            category = card_in_words(name)
            bar.setAccessibleName(f"{category} {score:.2f}")
            self._grid.addWidget(SmallLabel(category), row, 0)
            self._grid.addWidget(NumberLabel(f"{score:.2f}"), row, 1)
            self._grid.addWidget(bar, row, 2)
        self.setVisible(bool(scores))
