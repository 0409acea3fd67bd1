"""A model file of this machine: what it says of itself, how to open it, and whether it fits."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from steerlm_studio.models.defaults import Defaults, defaults_for, remember_defaults
from steerlm_studio.steer.schema import SCHEMAS
from steerlm_studio.steer.template import TEMPLATES
from steerlm_studio.ui.amounts import bytes_text
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.labels import TitleLabel
from steerlm_studio.ui.models.facts import Facts
from steerlm_studio.ui.models.fit_view import FitView
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID


class FileCard(QWidget):
    """Shows one entry of `models list`; what is changed here is remembered for the file."""

    open_requested = Signal(str)  # a GGUF
    export_requested = Signal(str)  # a checkpoint

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model: Mapping[str, Any] = {}
        self.title = TitleLabel()
        self.title.setWordWrap(True)
        self.facts = Facts()
        self.warning = Notice()
        self.schema = Choice()
        for schema in SCHEMAS.values():
            self.schema.addItem(schema.title, schema.id)
        self.template = Choice()
        for template in TEMPLATES:
            self.template.addItem(template, template)
        self.fit = FitView()
        self.fit.changed.connect(self._show_button)
        self.open = QPushButton()
        self.open.setDefault(True)
        self.open.clicked.connect(self._on_opened)
        self._lay_out()

    @property
    def path(self) -> str:
        return str(self._model.get("path", ""))

    def show_model(self, model: Mapping[str, Any]) -> None:
        """An entry of `models list`."""
        self._model = model
        defaults = defaults_for(Path(self.path))
        self.title.setText(shown(model["name"]))
        self.facts.show_facts(
            (
                (self.tr("File"), self.path),
                (self.tr("Size"), bytes_text(model["bytes"])),
                (self.tr("Type"), model["quant"] or model["format"]),
                (self.tr("Parameters"), model["size"]),
                (self.tr("Trained context"), str(model["context"] or "")),
                (self.tr("Licence"), model["licence"]),
                (self.tr("From"), model["repo"]),
            )
        )
        self._say_family(model)
        is_gguf = model["format"] == "gguf" and not model["problem"]
        self._family.setVisible(is_gguf)
        self.schema.setCurrentIndex(
            max(0, self.schema.findData(defaults.schema or model["schema"]))
        )
        self.template.setCurrentIndex(
            max(0, self.template.findData(defaults.template or model["template"]))
        )
        self.fit.setVisible(is_gguf)
        if is_gguf:
            self.fit.show_model(Path(self.path), defaults)
        self._show_button()

    def _say_family(self, model: Mapping[str, Any]) -> None:
        if model["problem"]:
            self.warning.say(model["problem"], is_error=True)
        elif model["steerlm"] == "no" and model["format"] == "gguf":
            self.warning.say(
                self.tr(
                    "This is no SteerLM model as far as one can see: it was not trained on these "
                    "attributes, so the sliders may do nothing. It can be opened all the same."
                )
            )
        elif model["steerlm"] == "guessed" and model["format"] == "gguf":
            self.warning.say(
                self.tr(
                    "The attributes and the template are guessed from its name; the file does not "
                    "say them. Change them here if they are others."
                )
            )
        else:
            self.warning.hide()

    def _show_button(self) -> None:
        self.open.setEnabled(not self._model.get("problem"))
        if self._model.get("format") == "nemo":
            self.open.setText(self.tr("Export to GGUF…"))
        else:
            fits = self.fit.fits
            self.open.setText(self.tr("Open") if fits else self.tr("Open all the same"))

    def _on_opened(self) -> None:
        if self._model.get("format") == "nemo":
            self.export_requested.emit(self.path)
            return
        try:
            remember_defaults(Path(self.path), self._chosen())
        except OSError as error:
            text = self.tr(
                "What is chosen here cannot be written down: %1. “Open a model file…” opens the "
                "model without it."
            )
            self.warning.say(text.replace("%1", error.strerror or str(error)), is_error=True)
            return
        self.open_requested.emit(self.path)

    def _chosen(self) -> Defaults:
        defaults = self.fit.chosen(defaults_for(Path(self.path)))
        schema, template = self.schema.currentData(), self.template.currentData()
        return msgspec.structs.replace(
            defaults,
            schema="" if schema == self._model["schema"] else schema,
            template="" if template == self._model["template"] else template,
            overcommit=not self.fit.fits,
        )

    @staticmethod
    def _align(*forms: QFormLayout) -> None:
        """Let the fields of all forms stand below one another."""
        labels = [form.labelForField(field) for form in forms for field in _fields(form)]
        width = max(label.sizeHint().width() for label in labels)
        for label in labels:
            label.setMinimumWidth(width)

    def _lay_out(self) -> None:
        inner, self._family = QWidget(), QWidget()
        form = QFormLayout(self._family)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * GRID)
        for caption, choice in (
            (self.tr("Attributes"), self.schema),
            (self.tr("Template"), self.template),
        ):
            choice.setAccessibleName(caption)
            form.addRow(caption, choice)
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, GRID, 0)
        inside.setSpacing(GRID + GRID // 2)
        for widget in (self.title, self.facts, self.warning, self._family, self.fit):
            inside.addWidget(widget)
        inside.addStretch(1)
        self._align(form, self.fit.form)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll, 1)
        column.addWidget(self.open)


def _fields(form: QFormLayout) -> list[QWidget]:
    items = (form.itemAt(row, QFormLayout.ItemRole.FieldRole) for row in range(form.rowCount()))
    return [widget for item in items if item and (widget := item.widget())]
