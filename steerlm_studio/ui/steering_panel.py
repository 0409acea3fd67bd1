"""Everything that steers the model, at once: presets, attributes in their groups, language."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from steerlm_studio.steer.attributes import ATTRIBUTES
from steerlm_studio.steer.schema import Schema
from steerlm_studio.steer.steering import DEFAULT, Steering
from steerlm_studio.ui.attribute_row import AttributeRow


class SteeringPanel(QWidget):
    """Holds a `Steering`; `steering_changed` tells only what the user did."""

    steering_changed = Signal(object)  # Steering

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steering = DEFAULT
        self.rows = {a.name: AttributeRow(a) for a in ATTRIBUTES.values()}
        self._below = QVBoxLayout(self)
        for row in self.rows.values():
            row.changed.connect(self._on_row_changed)
            self._below.addWidget(row)

    @property
    def steering(self) -> Steering:
        return self._steering

    def set_steering(self, steering: Steering) -> None:
        """Show `steering` (and its schema) without `steering_changed`."""
        self._steering = steering
        for name, value in steering.as_dict().items():
            self.rows[name].set_value(value)

    def set_schema(self, schema: Schema) -> None:
        """Show the attributes of another model family, keeping the values they share."""

    def add_below(self, widget: QWidget) -> None:
        """Put a further section (sampling) under the attributes, in the same scroll area."""
        self._below.addWidget(widget)

    def _on_row_changed(self, name: str, value: int | None) -> None:
        self._steering = self._steering.having(**{name: value})
        self.steering_changed.emit(self._steering)
