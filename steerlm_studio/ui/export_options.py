"""What can be asked of an export beside its types: importance matrix, ffn_down, logits."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFormLayout, QWidget

from steerlm_studio.ui.export_request import BUILT_IN, Weighing
from steerlm_studio.ui.text_safety import shown, tooltip
from steerlm_studio.ui.theme import GRID

_FFN_DOWN = ("", "Q6_K", "Q8_0", "BF16", "F32")


class ExportOptions(QWidget):
    """`changed` comes with what alters sizes."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.weighing = Weighing()
        self.matrix = QComboBox()
        self.matrix.addItems(
            [
                self.tr("none"),
                self.tr("from the program's own prompts"),
                self.tr("from a text of prompts…"),
                self.tr("a matrix of llama.cpp…"),
            ]
        )
        self.ffn_down = QComboBox()
        for name in _FFN_DOWN:
            self.ffn_down.addItem(name or self.tr("as the type"), name)
        self.logits = QCheckBox(self.tr("Also compare logits with the checkpoint"))
        self.matrix.activated.connect(self._on_matrix_chosen)
        self.ffn_down.activated.connect(lambda: self.changed.emit())
        self._lay_out()

    def set_weighing(self, weighing: Weighing) -> None:
        """Use it, and show the name of its file."""
        self.weighing = weighing
        path = weighing.matrix or weighing.text
        place = 3 if weighing.matrix else 1 if path == BUILT_IN else 2 if path else 0
        texts = {2: self.tr("from a text of prompts…"), 3: self.tr("a matrix of llama.cpp…")}
        for row, text in texts.items():
            self.matrix.setItemText(row, shown(Path(path).name) if row == place else text)
        self.matrix.setCurrentIndex(place)
        self.changed.emit()

    def _on_matrix_chosen(self, place: int) -> None:
        if place < 2:
            self.set_weighing(Weighing(text=BUILT_IN if place else ""))
            return
        dialog = QFileDialog(self, self.tr("Importance matrix"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(
            lambda path: self.set_weighing(
                Weighing(text=path) if place == 2 else Weighing(matrix=path)
            )
        )
        dialog.rejected.connect(lambda: self.set_weighing(self.weighing))
        dialog.open()

    def _lay_out(self) -> None:
        hints = {
            self.matrix: self.tr(
                "Weighs what matters most to the answers; helps the small types. "
                "Computing one from a text reads the checkpoint once more per 512 tokens."
            ),
            self.ffn_down: self.tr(
                "Keeps the matrices behind the squared ReLU in a larger format, should a small "
                "one give no numbers on some GPU."
            ),
            self.logits: self.tr(
                "Computes the checkpoint itself for eight tokens: minutes for a model of "
                "billions of parameters."
            ),
        }
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        rows = ((self.tr("Importance matrix"), self.matrix), (self.tr("ffn_down"), self.ffn_down))
        for caption, box in rows:
            box.setAccessibleName(caption)
            form.addRow(caption, box)
        form.addRow(self.tr("Verification"), self.logits)
        for widget, hint in hints.items():
            widget.setToolTip(tooltip(hint))
            widget.setAccessibleDescription(hint)
