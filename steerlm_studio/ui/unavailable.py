"""Choices that a model does not have: greyed, and the reason told."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QWidget

from steerlm_studio.ui.text_safety import tooltip


def grey(widget: QWidget, why_not: str) -> None:
    """Grey it for the reason given; "" brings it back."""
    widget.setEnabled(not why_not)
    widget.setToolTip(tooltip(why_not) if why_not else "")
    widget.setAccessibleDescription(why_not)  # else the tooltip's markup would be read


def set_available(choice: QComboBox, data: object, why_not: str) -> None:
    """Grey the entry with this data for the reason given; "" brings it back."""
    place, model = choice.findData(data), choice.model()
    if place < 0 or not isinstance(model, QStandardItemModel):
        return
    model.item(place).setEnabled(not why_not)
    reason = tooltip(why_not) if why_not else None
    choice.setItemData(place, reason, Qt.ItemDataRole.ToolTipRole)
    choice.setItemData(place, why_not or None, Qt.ItemDataRole.AccessibleDescriptionRole)
