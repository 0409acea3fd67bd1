"""What a batch is made of: prompts, settings, where the answers go, and how they are made."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from steerlm_studio.steer.presets import Preset
from steerlm_studio.steer.steering import Steering
from steerlm_studio.ui.batch_request import Basis, BatchRequest
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.file_row import FileRow
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.steering_state import fitted
from steerlm_studio.ui.theme import GRID
from steerlm_studio.ui.unavailable import set_available

_SHOWN_PRESETS = 5


class BatchForm(QWidget):
    """Gives a `BatchRequest` as soon as everything needed is there."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._basis: Basis | None = None
        every = self.tr("All files (*)")
        self.prompts = FileRow(
            self.tr("Prompts"), [self.tr("Prompts (*.jsonl *.json *.txt)"), every]
        )
        self.source = Choice()
        self.presets = QListWidget()
        self.attribute = Choice()
        self.settings = FileRow(self.tr("File of settings"), [self.tr("Settings (*.json)"), every])
        self.out = FileRow(self.tr("Answers"), [self.tr("Answers (*.jsonl)"), every], "save")
        self.mode = Choice()
        self.note = SmallLabel()
        self._form = QFormLayout()
        self._fill()
        self._lay_out()
        self._connect()
        self._show_source()

    def set_basis(self, basis: Basis | None, presets: list[Preset]) -> None:
        """The model and the sliders as they are now; None without a model."""
        self._basis = basis
        chosen = self._chosen_presets()
        self.presets.clear()
        for preset in presets:
            item = QListWidgetItem(preset.name)
            item.setData(Qt.ItemDataRole.UserRole, preset)
            is_chosen = preset.name in chosen
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
            self.presets.addItem(item)
        if basis is not None:
            kept = self.attribute.currentData()
            self.attribute.clear()
            for attribute in basis.steering.schema.attributes:
                self.attribute.addItem(attribute.label, attribute.name)
            why_not = basis.cannot.get("exact", "")
            set_available(self.mode, "exact", why_not)
            if why_not:
                self.mode.setCurrentIndex(self.mode.findData("fast"))
            self.attribute.setCurrentIndex(max(0, self.attribute.findData(kept)))
        self.changed.emit()

    def request(self) -> BatchRequest | None:
        """None as long as something is missing."""
        basis, prompts, out = self._basis, self.prompts.path, self.out.path
        if basis is None or prompts is None or out is None:
            return None
        settings = self._settings(basis)
        if not settings:
            return None
        return BatchRequest(basis, prompts, settings, out, self.mode.currentData())

    def missing(self) -> str:
        """What is still needed, as a sentence; "" when nothing is."""
        if self._basis is None:
            return self.tr("Load a model first: it answers the prompts.")
        if self.prompts.path is None:
            return self.tr("Choose a file of prompts: a line each, JSONL, or MT-Bench questions.")
        if not self._settings(self._basis):
            return self.tr("Choose the settings to answer under.")
        return "" if self.out.path else self.tr("Choose where the answers are to be written.")

    def _settings(self, basis: Basis) -> Path | Mapping[str, Steering] | None:
        kind, steering = self.source.currentData(), basis.steering
        if kind == "file":
            return self.settings.path
        if kind == "sliders":
            return {self.tr("sliders"): steering}
        if kind == "presets":
            found = self._chosen_presets()
            return {
                name: fitted(preset.steering, steering.schema) for name, preset in found.items()
            }
        name = self.attribute.currentData()
        wanted = next((a for a in steering.schema.attributes if a.name == name), None)
        if wanted is None:
            return None
        values = range(wanted.low, wanted.high + 1)
        return {f"{name} {value}": steering.having(**{name: value}) for value in values}

    def _chosen_presets(self) -> dict[str, Preset]:
        items = (self.presets.item(row) for row in range(self.presets.count()))
        checked = [item for item in items if item.checkState() == Qt.CheckState.Checked]
        return {item.text(): item.data(Qt.ItemDataRole.UserRole) for item in checked}

    def _on_prompts_changed(self) -> None:
        """Propose a place for the answers beside the prompts."""
        path = self.prompts.path
        if path is not None and path.is_file():
            self.settings.folder = self.out.folder = path.parent
            if self.out.path is None or not self.out.edit.isModified():
                self.out.set_path(path.with_name(f"{path.stem}-answers.jsonl"))
        self.changed.emit()

    def _show_source(self) -> None:
        kind = self.source.currentData()
        for widget, its in (
            (self.presets, "presets"), (self.attribute, "sweep"), (self.settings, "file")
        ):  # fmt: skip
            self._form.setRowVisible(widget, kind == its)
        self.changed.emit()

    def _fill(self) -> None:
        for text, kind in (
            (self.tr("The sliders as they are now"), "sliders"),
            (self.tr("Presets"), "presets"),
            (self.tr("Every value of one attribute"), "sweep"),
            (self.tr("A file of settings"), "file"),
        ):
            self.source.addItem(text, kind)
        self.mode.addItem(self.tr("Fast: all settings of a prompt in one batch"), "fast")
        self.mode.addItem(self.tr("Exact: one by one, reproducible"), "exact")
        row = self.presets.fontMetrics().height() + GRID
        self.presets.setMaximumHeight(row * _SHOWN_PRESETS)
        self.note.setWordWrap(True)

    def _lay_out(self) -> None:
        form = self._form
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        rows = (
            (self.tr("Prompts"), self.prompts),
            (self.tr("Settings"), self.source),
            (self.tr("Which presets"), self.presets),
            (self.tr("Attribute"), self.attribute),
            (self.tr("Their file"), self.settings),
            (self.tr("Answers"), self.out),
            (self.tr("Mode"), self.mode),
        )
        for caption, widget in rows:
            if not isinstance(widget, FileRow):
                widget.setAccessibleName(caption)
            form.addRow(caption, widget)
        form.addRow("", self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)

    def _connect(self) -> None:
        self.prompts.changed.connect(self._on_prompts_changed)
        self.source.currentIndexChanged.connect(self._show_source)
        self.presets.itemChanged.connect(self.changed)
        for choice in (self.attribute, self.mode):
            choice.currentIndexChanged.connect(self.changed)
        for row in (self.settings, self.out):
            row.changed.connect(self.changed)
