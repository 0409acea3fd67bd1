"""How a model's layers are shared out over several GPUs: a weight for each of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSpinBox, QWidget

from steerlm_studio.memory_place import gpus_used
from steerlm_studio.protocol import Device
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID, HALF, indent

_MOST = 100


class Split(QWidget):
    """Shares as `--split` has them, in llama.cpp's order; all at 0 leaves it to llama.cpp."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spins: list[QSpinBox] = []
        self._text = ""
        self._names: list[str] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(HALF)
        self._grid.setColumnStretch(0, 1)
        self.note = SmallLabel(self.tr("Weights; all at 0: as their free memory allows."))
        self.note.setWordWrap(True)

    @property
    def text(self) -> str:
        """For `--split`; empty where nothing was chosen."""
        if not self.spins:
            return self._text
        values = [spin.value() for spin in self.spins]
        return ",".join(map(str, values)) if any(values) else ""

    def set_text(self, text: str) -> None:
        """What was chosen before; it is kept as it is until the GPUs are known."""
        self._text = text
        values = _weights(text)
        for place, spin in enumerate(self.spins):
            spin.blockSignals(True)
            spin.setValue(values[place] if place < len(values) else 0)
            spin.blockSignals(False)

    def show_gpus(self, devices: Sequence[Mapping[str, Any]]) -> bool:
        """Those that llama.cpp can use; whether there is something to share out."""
        gpus = gpus_used([msgspec.convert(device, Device) for device in devices])
        names = [f"{gpu.name} · {gpu.description}" for gpu in gpus]
        if len(names) < 2:
            return False
        if names != self._names:
            text = self.text
            self._names = names
            self._make_rows()
            self.set_text(text)
        return True

    def _make_rows(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None and old is not self.note:
                old.deleteLater()
        self.spins = []
        for row, name in enumerate(self._names):
            spin = QSpinBox()
            spin.setRange(0, _MOST)
            spin.setKeyboardTracking(False)
            spin.setAccessibleName(self.tr("Weight of %1").replace("%1", shown(name)))
            spin.valueChanged.connect(self.changed)
            indent(spin)
            short = name.replace(" · NVIDIA ", " · ")  # there is room for little more than a model
            self._grid.addWidget(SmallElidedLabel(shown(short)), row, 0)
            self._grid.addWidget(spin, row, 1)
            self.spins.append(spin)
        self._grid.addWidget(self.note, len(self._names), 0, 1, 2)


def _weights(text: str) -> list[int]:
    """As whole numbers in the proportion that `text` has."""
    try:
        shares = [float(share) for share in text.split(",")] if text else []
    except ValueError:
        return []
    if any(not 0 <= share < 1e6 for share in shares):
        return []
    if all(share.is_integer() and share <= _MOST for share in shares):
        return [round(share) for share in shares]
    scale = _MOST / max(*shares, 1e-9)
    return [round(share * scale) for share in shares]
