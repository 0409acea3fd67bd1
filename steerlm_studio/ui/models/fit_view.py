"""What a model needs for a context, lanes and a cache, and whether it fits; all adjustable."""

from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QFormLayout, QSpinBox, QVBoxLayout, QWidget

from steerlm_studio.child import child_command
from steerlm_studio.errors import StudioError
from steerlm_studio.gguf_header import Header, glance
from steerlm_studio.memory_free import memory
from steerlm_studio.memory_need import (
    CACHES,
    NO_GPUS,
    Gpus,
    Need,
    context_size,
    fitting_quant,
    is_beyond,
    largest_context,
    need,
    parameter_count,
    smallest_cache,
)
from steerlm_studio.models.defaults import Defaults
from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.models.memory_bar import MemoryBar
from steerlm_studio.ui.models.question import Question
from steerlm_studio.ui.models.split import Split
from steerlm_studio.ui.theme import GRID, HALF, indent

_ASK_AFTER = 300  # ms without a change
_MOST_LANES = 64
_MOST_CONTEXT = 131_072


class FitView(QWidget):
    """Reckons at once from the header, then shows what llama.cpp itself says."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header: Header | None = None
        self._gpu_layers = -1
        self._gpus = NO_GPUS
        self._free: int | None = None  # where the layers go, as it was when it was last asked
        self._question = Question(self)
        self._question.answered.connect(self._on_answered)
        self._question.refused.connect(lambda _: None)  # what was reckoned stays
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_ASK_AFTER)
        self._soon.timeout.connect(self._ask)
        self.context = _spin(_MOST_CONTEXT, 256, self.tr("as the model"))
        self.context.setSuffix(self.tr(" tokens"))
        self.lanes = _spin(_MOST_LANES, 1, self.tr("as many as fit"))
        self.cache = Choice()
        for cache, name in zip(CACHES, (self.tr("16 bits"), self.tr("8 bits")), strict=True):
            self.cache.addItem(name, cache)
        self.split = Split()
        self.bar = MemoryBar()
        self.numbers = SmallLabel()
        self.verdict = SmallLabel()
        self.fits = True
        self._lay_out()
        for spin in (self.context, self.lanes):
            spin.valueChanged.connect(self._on_changed)
        self.cache.activated.connect(self._on_changed)
        self.split.changed.connect(self._on_changed)

    def show_model(self, path: Path, defaults: Defaults) -> None:
        """A file, and what it was opened with before."""
        try:
            self._header = glance(path)
        except (StudioError, OSError):
            self._header = None
        self.setVisible(self._header is not None)
        self._gpu_layers = -1 if defaults.gpu_layers is None else defaults.gpu_layers
        for spin, value in ((self.context, defaults.context), (self.lanes, defaults.lanes)):
            spin.blockSignals(True)
            spin.setValue(value)
            spin.blockSignals(False)
        self.split.set_text(defaults.split)
        self._allow_caches()
        self.cache.setCurrentIndex(max(0, self.cache.findData(defaults.cache or "f16")))
        self._refresh()

    def chosen(self, defaults: Defaults) -> Defaults:
        """`defaults` with what stands here."""
        cache = self.cache.currentData()
        return msgspec.structs.replace(
            defaults,
            context=self.context.value(),
            lanes=self.lanes.value(),
            cache="" if cache == "f16" else cache,
            split=self.split.text,
        )

    def _allow_caches(self) -> None:
        """8 bits only for heads whose width llama.cpp can keep so; what was chosen still shows."""
        can = self._header is None or smallest_cache(self._header) == "q8_0"
        items = self.cache.model()
        assert isinstance(items, QStandardItemModel)
        items.item(self.cache.findData("q8_0")).setEnabled(can)
        why = self.tr("The heads of this model are of a width that 8 bits do not go with.")
        self.cache.setToolTip("" if can else why)

    def stop(self) -> None:
        self._soon.stop()
        self._question.stop()

    def _on_changed(self) -> None:
        self._refresh()
        self.changed.emit()

    def _refresh(self) -> None:
        if self._header is None:
            return
        size = self.context.value(), self._lanes(), self.cache.currentData()
        wanted = need(self._header, *size, gpus=self._gpus)
        self._show(wanted, memory().free if self._free is None else self._free)
        self._soon.start()

    def _lanes(self) -> int:
        return self.lanes.value() or 1

    def _ask(self) -> None:
        if self._header is None:
            return
        options = {
            "context": self.context.value(),
            "lanes": self._lanes(),
            "cache": self.cache.currentData(),
            "split": self.split.text,
            "gpu-layers": self._gpu_layers,
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        path = str(self._header.path)
        self._question.ask(child_command("steerlm_studio.engine.estimate", path, *arguments))

    def _on_answered(self, said: dict[str, Any]) -> None:
        self.form.setRowVisible(self.split, self.split.show_gpus(said.get("devices", ())))
        self._free, self._gpus = int(said["free"]), msgspec.convert(said["gpus"], Gpus)
        self._show(msgspec.convert(said["need"], Need), self._free)

    def _show(self, wanted: Need, free: int) -> None:
        assert self._header is not None
        self.fits = wanted.total <= free
        numbers = (
            self.tr("%1 of %2 free: weights %3, keys and values %4, computing %5")
            .replace("%1", bytes_text(wanted.total))
            .replace("%2", bytes_text(free))
            .replace("%3", bytes_text(wanted.weights))
            .replace("%4", bytes_text(wanted.cache))
            .replace("%5", bytes_text(wanted.compute))
        )
        self.numbers.setText(numbers)
        self.bar.show_need(wanted, free, numbers)
        self.verdict.setText(self._verdict(self._header, free))

    def _verdict(self, header: Header, free: int) -> str:
        if is_beyond(header, self.context.value()):
            trained = context_size(header, self.context.value())
            return f"{trained_context(trained)} {self._fit_verdict(header, free)}"
        return self._fit_verdict(header, free)

    def _fit_verdict(self, header: Header, free: int) -> str:
        cache = self.cache.currentData()
        lanes, gpus = self._lanes(), self._gpus
        most = largest_context(header, lanes, cache, free, gpus=gpus)
        if self.fits:
            asked = context_size(header, self.context.value())
            text = self.tr("It fits. The largest context that fits has %n tokens.", "", most)
            return text if most >= asked else self.tr("It fits.")
        if most:
            return self.tr("It does not fit. A context of %n tokens would.", "", most)
        parameters = parameter_count(header)
        quant = fitting_quant(header, parameters, 1024, lanes, "q8_0", free, gpus=gpus)
        if quant:
            text = self.tr("It does not fit, whatever the context. A file in %1 would.")
            return text.replace("%1", quant)
        return self.tr("It does not fit on this machine, in no type of file.")

    def _lay_out(self) -> None:
        form = self.form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(HALF)
        for caption, widget in (
            (self.tr("Context"), self.context),
            (self.tr("Answers side by side"), self.lanes),
            (self.tr("Keys and values"), self.cache),
            (self.tr("Shares of the GPUs"), self.split),
        ):
            widget.setAccessibleName(caption)
            form.addRow(caption, widget)
        form.setRowVisible(self.split, False)
        for label in (self.numbers, self.verdict):
            label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(form)
        for part in (self.bar, self.numbers, self.verdict):
            column.addWidget(part)


def trained_context(tokens: int) -> str:
    """What becomes of a context that is larger than this."""
    return QCoreApplication.translate(
        "FitView",
        "The model was trained with %n tokens: a larger context is cut to that.",
        "",
        tokens,
    )


def _spin(most: int, step: int, none: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(0, most)
    spin.setSingleStep(step)
    spin.setSpecialValueText(none)
    spin.setKeyboardTracking(False)
    spin.setGroupSeparatorShown(True)
    indent(spin)
    return spin
