"""Which model family is steered: the choice of schema, as a row."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from steerlm_studio.steer.schema import SCHEMAS, Schema
from steerlm_studio.ui.choice import Choice
from steerlm_studio.ui.labels import PlainLabel
from steerlm_studio.ui.theme import HALF


class FamilyRow(QWidget):
    """Shows one schema; `picked` only ever tells what the user did."""

    picked = Signal(object)  # Schema

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = PlainLabel(self.tr("family"))
        self._width = 0
        self.choice = Choice()
        self.choice.setAccessibleName(self.tr("Model family"))
        for schema in SCHEMAS.values():
            self.choice.addItem(schema.title, schema.id)
            tip = Qt.ItemDataRole.ToolTipRole
            self.choice.setItemData(self.choice.count() - 1, schema.source, tip)
        self.choice.activated.connect(self._on_activated)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        row.addWidget(self._label)
        row.addWidget(self.choice, 1)

    def show_schema(self, schema: Schema) -> None:
        """Show `schema` without telling anyone."""
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(self.choice.findData(schema.id))
        self.choice.setToolTip(schema.source)

    def set_guessed(self, guessed: bool) -> None:
        """Whether the family is only likely, from the model's name."""
        self._label.setText(self.tr("family (guessed)") if guessed else self.tr("family"))
        tip = self.tr("Guessed from the model's name: choose another one if it is wrong.")
        self._label.setToolTip(tip if guessed else "")
        self._fit()

    def set_name_width(self, width: int) -> None:
        """As wide as the names above, or wider where the label needs it."""
        self._width = width
        self._fit()

    def _fit(self) -> None:
        self._label.setFixedWidth(max(self._width, self._label.sizeHint().width()))

    def _on_activated(self, index: int) -> None:
        self.picked.emit(SCHEMAS[self.choice.itemData(index)])
