"""An axis to choose: an attribute and its values."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.sweep import Axis, usual_values, values_in, written_all
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import GRID, HALF


class AxisRow(QWidget):
    """`optional` ones can be left out."""

    changed = Signal()

    def __init__(self, name: str, optional: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schema: Schema | None = None
        self._optional = optional
        self._told = ""  # the values that were last acted upon
        self.key = Choice()
        self.key.setAccessibleName(name)
        self.key.setMinimumContentsLength(5)
        self.values = QLineEdit()
        self.values.setAccessibleName(self.tr("Values of %1").replace("%1", name))
        self.values.setToolTip(self.tr("For example 0-4, or 0 2 4, or en de; - leaves it out"))
        label = SmallLabel(name)
        label.setBuddy(self.key)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        row.addWidget(label)
        row.addWidget(self.key, 2)
        row.addWidget(self.values, 1)
        self._fit()
        self.key.activated.connect(self._on_key_chosen)
        self.values.editingFinished.connect(self._on_values_written)

    def show_schema(self, schema: Schema, key: str) -> None:
        """Offer what the family knows, `key` chosen ("" = none)."""
        kept = self.key.currentData() if self._schema is not None else key
        self._schema = schema
        self.key.clear()
        if self._optional:
            self.key.addItem(self.tr("none"), "")
        for name in schema.keys:
            self.key.addItem(name.replace("_", " "), name)
        self.choose(kept if kept in ("", *schema.keys) else key)

    def choose(self, key: str, values: str = "") -> None:
        """Take this attribute with these values, or the usual ones."""
        self.key.setCurrentIndex(max(self.key.findData(key), 0))
        self._show_usual()
        if values and self.values.isEnabled():
            self._told = values
            self.values.setText(values)

    def axis(self) -> Axis | None:
        """What is chosen; None for none. Raises StudioError where the values cannot be read."""
        key = self.key.currentData()
        if not key or self._schema is None:
            return None
        return Axis(key, values_in(self.values.text(), self._schema, key))

    def _fit(self) -> None:
        """Room for the usual five values, with the field's frame."""
        self.values.setMinimumWidth(self.fontMetrics().horizontalAdvance("0 1 2 3 4") + 3 * GRID)

    def _on_key_chosen(self) -> None:
        self._show_usual()
        self.changed.emit()

    def _on_values_written(self) -> None:
        """Leaving the field as it was changes nothing."""
        if self.values.text() != self._told:
            self._told = self.values.text()
            self.changed.emit()

    def _show_usual(self) -> None:
        key = self.key.currentData()
        self.values.setEnabled(bool(key))
        usual = usual_values(self._schema, key) if key and self._schema else ()
        self._told = written_all(usual)
        self.values.setText(self._told)

    # Qt's

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "values"):
            self._fit()
