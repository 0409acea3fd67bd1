"""The rows of one group under a heading that folds them away and says what they hold."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from steerlm_studio.steer.attributes import Attribute, Group
from steerlm_studio.steer.schema import Schema
from steerlm_studio.ui.attribute_row import AttributeRow
from steerlm_studio.ui.fold_header import FoldHeader
from steerlm_studio.ui.icons import tinted
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import HALF, colours_of


class AttributeGroup(QWidget):
    """Quality, style or safety. Safety starts folded, and speaks up once something is raised."""

    def __init__(
        self, group: Group, attributes: tuple[Attribute, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.group = group
        self.rows = {attribute.name: AttributeRow(attribute) for attribute in attributes}
        self.header = FoldHeader(self._title(), group)
        self._inside = QWidget()
        self.caution = self._caution()
        self._lay_out()
        self.header.toggled.connect(self._inside.setVisible)
        self.header.setChecked(group != "safety")
        self._raised: set[str] = set()
        self._draw_sign()
        self.refresh()

    def show_schema(self, schema: Schema) -> None:
        """Show the rows of those attributes that the schema has."""
        for name, row in self.rows.items():
            row.setVisible(name in schema.names)
        self.setVisible(any(name in schema.names for name in self.rows))

    def refresh(self) -> None:
        """Say anew what is inside, after values were shown; a safety value just raised unfolds."""
        self.header.set_summary(self._summary())
        before, self._raised = self._raised, self._raised_now()
        self.caution.setVisible(bool(self._raised))
        if self._raised - before:
            self.header.setChecked(True)

    def _raised_now(self) -> set[str]:
        if self.group != "safety":
            return set()
        return {row.attribute.name for row in self._shown() if row.value}

    def _shown(self) -> list[AttributeRow]:
        return [row for row in self.rows.values() if not row.isHidden()]

    def _title(self) -> str:
        titles = {
            "quality": self.tr("Quality"),
            "style": self.tr("Style"),
            "safety": self.tr("Safety"),
        }
        return titles[self.group]

    def _summary(self) -> str:
        values = {row.value for row in self._shown()}
        if values == {None}:
            return self.tr("all left out")
        if len(values) == 1:
            return self.tr("all {0}").format(*values)
        changed = [row for row in self._shown() if row.value != row.attribute.default]
        said = [f"{row.attribute.label} {row.number.text()}" for row in changed]
        return ", ".join(said) or self.tr("as recommended")

    def _caution(self) -> QWidget:
        words = SmallLabel(self.tr("Above 0 the model may write text that harms or offends."))
        words.setWordWrap(True)
        self._sign = sign = QLabel()
        caution = QWidget()
        row = QHBoxLayout(caution)
        row.setContentsMargins(0, HALF, 0, HALF)
        row.setSpacing(HALF)
        row.addWidget(sign, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        return caution

    def _draw_sign(self) -> None:
        side = self.fontInfo().pixelSize() + 1
        colour = QColor(colours_of(self).warning)
        self._sign.setPixmap(tinted("warning", colour, side, self.devicePixelRatioF()))

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self._inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for row in self.rows.values():
            rows.addWidget(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._inside)
        column.addWidget(self.caution)

    # Qt's

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        restyled = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in restyled and hasattr(self, "_raised"):
            self._draw_sign()
