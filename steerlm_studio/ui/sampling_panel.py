"""How the next token is chosen: NeMo's presets and every number behind them."""

import random

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from steerlm_studio.protocol import Sampling
from steerlm_studio.sampling import DEFAULT_PRESET, PRESETS
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.fold_header import FoldHeader
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.theme import GRID, HALF, indent

_MAX_SEED = 2**31 - 1
_DRAWN = 1_000_000  # a drawn seed stays short enough to be read and told
_FROM_PRESET = ("temperature", "top_k", "top_p", "min_p", "repeat_penalty", "max_tokens")


class SamplingPanel(QWidget):
    """Folded to one line that says the preset and the seed; unfolded to all numbers."""

    sampling_changed = Signal(object)  # Sampling

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = FoldHeader(self.tr("Sampling"))
        self.preset = Choice()
        self.temperature = _real(0.0, 5.0, 0.05)
        self.top_k = _whole(0, 1_000_000)
        self.top_p = _real(0.0, 1.0, 0.05)
        self.min_p = _real(0.0, 1.0, 0.01)
        self.repeat_penalty = _real(0.5, 2.0, 0.05)
        self.seed = _whole(0, _MAX_SEED)
        self.max_tokens = _whole(1, 100_000)
        self.new_seed_button = QToolButton()
        self._numbers: dict[str, _Real | _Whole] = {
            "temperature": self.temperature,
            "top_k": self.top_k,
            "top_p": self.top_p,
            "min_p": self.min_p,
            "repeat_penalty": self.repeat_penalty,
            "seed": self.seed,
            "max_tokens": self.max_tokens,
        }
        self._lay_out()
        self._name_everything()
        self.set_sampling(PRESETS[DEFAULT_PRESET])
        for number in self._numbers.values():
            number.valueChanged.connect(self._on_number_changed)
        self.preset.activated.connect(self._on_preset_chosen)
        self.header.toggled.connect(self._body.setVisible)
        self.new_seed_button.clicked.connect(self.draw_seed)

    def sampling(self) -> Sampling:
        return msgspec.convert(
            {name: number.value() for name, number in self._numbers.items()}, Sampling
        )

    def set_sampling(self, sampling: Sampling) -> None:
        """Show these numbers without saying that they changed."""
        for name, number in self._numbers.items():
            number.blockSignals(True)
            number.setValue(getattr(sampling, name))
            number.blockSignals(False)
        self._show_summary()

    def set_preset(self, name: str) -> None:
        """Take the numbers of a preset; the seed stays."""
        self.set_sampling(msgspec.structs.replace(PRESETS[name], seed=self.seed.value()))

    def draw_seed(self) -> None:
        self.seed.setValue(random.randrange(_DRAWN))

    def preset_name(self) -> str:
        """The preset with just these numbers; "" when there is none."""
        now = self.sampling()
        for name, preset in PRESETS.items():
            if all(_same(getattr(now, key), getattr(preset, key)) for key in _FROM_PRESET):
                return name
        return ""

    def _on_number_changed(self) -> None:
        self._show_summary()
        self.sampling_changed.emit(self.sampling())

    def _on_preset_chosen(self, place: int) -> None:
        name = self.preset.itemText(place)
        if name in PRESETS:
            self.set_preset(name)
            self.sampling_changed.emit(self.sampling())

    def _show_summary(self) -> None:
        name = self.preset_name()
        self.preset.setCurrentIndex(self.preset.findText(name) if name else -1)
        self.header.set_summary(
            self.tr("%1 · seed %2")
            .replace("%1", name or self.tr("own"))
            .replace("%2", str(self.seed.value()))
        )

    def _lay_out(self) -> None:
        self._body = QWidget()
        self.header.setChecked(False)
        self.new_seed_button.setIcon(icon("new-seed"))
        self.new_seed_button.setAutoRaise(True)
        self.preset.addItems(list(PRESETS))
        self.preset.setPlaceholderText(self.tr("own"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addWidget(self.header)
        column.addWidget(self._body)
        self._body.hide()
        self._fill_form()

    def _fill_form(self) -> None:
        seed = QHBoxLayout()
        seed.setSpacing(HALF)
        seed.addWidget(self.seed, 1)
        seed.addWidget(self.new_seed_button)
        form = QFormLayout(self._body)
        form.setContentsMargins(GRID, 0, GRID, GRID)
        form.setSpacing(HALF)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)  # large text, long words
        form.addRow(self.tr("Preset"), self.preset)
        form.addRow(self.tr("Temperature"), self.temperature)
        form.addRow("top_k", self.top_k)
        form.addRow("top_p", self.top_p)
        form.addRow("min_p", self.min_p)
        form.addRow(self.tr("Repeat penalty"), self.repeat_penalty)
        form.addRow(self.tr("Seed"), seed)
        form.addRow(self.tr("Most tokens"), self.max_tokens)

    def _name_everything(self) -> None:
        described = {
            self.preset: self.tr("Sampling preset: those of NeMo's web demo, and the demo's own"),
            self.temperature: self.tr("Temperature: 0 always takes the likeliest token"),
            self.top_k: self.tr("top_k: only the k likeliest tokens; 0 is all, 1 is greedy"),
            self.top_p: self.tr("top_p: only the likeliest tokens that add up to p"),
            self.min_p: self.tr("min_p: only tokens at least this likely beside the likeliest"),
            self.repeat_penalty: self.tr("Repeat penalty: 1 is none"),
            self.seed: self.tr("Seed: the same seed and settings give the same text"),
            self.max_tokens: self.tr("The most tokens of one reply"),
            self.new_seed_button: self.tr("Draw a new seed"),
        }
        for widget, description in described.items():
            widget.setToolTip(description)
            widget.setAccessibleName(description.partition(":")[0])
            widget.setAccessibleDescription(description)
        self.top_k.setSpecialValueText(self.tr("all"))


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 1e-9


class _Whole(QSpinBox):
    """A spin box that the wheel changes only when it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _Real(QDoubleSpinBox):
    """The same for numbers with a fraction."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _whole(low: int, high: int) -> _Whole:
    box = _Whole()
    box.setRange(low, high)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    indent(box)
    return box


def _real(low: float, high: float, step: float) -> _Real:
    box = _Real()
    box.setDecimals(2)
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    indent(box)
    return box
