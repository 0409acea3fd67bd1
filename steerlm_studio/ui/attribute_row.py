"""One attribute as a row: include box with its name, slider, number."""

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from steerlm_studio.steer.attributes import INFERRED, Attribute
from steerlm_studio.ui.labels import NumberLabel, PlainLabel
from steerlm_studio.ui.level_slider import LevelSlider
from steerlm_studio.ui.theme import HALF


class AttributeRow(QWidget):
    """Shows one value; `changed` only ever tells what the user did."""

    changed = Signal(str, object)  # name, int or None when left out
    grabbed = Signal()  # a drag begins: what follows until the release is one step

    def __init__(self, attribute: Attribute, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attribute = attribute
        self.value: int | None = attribute.default
        self._preset_value: int | None = attribute.default
        self.box = QCheckBox(attribute.label)
        self.box.toggled.connect(self._on_box_toggled)
        self.dot = PlainLabel("•")
        self.dot.setForegroundRole(QPalette.ColorRole.Link)
        self.slider = LevelSlider(attribute.group, attribute.low, attribute.high)
        self.slider.sliderPressed.connect(self.grabbed)
        self.slider.chosen.connect(self._choose)
        self.slider.default_asked.connect(self._on_default_asked)
        self.slider.left_out_asked.connect(lambda: self._choose(None))
        self.number = NumberLabel()
        self._lay_out()
        self._name_for_all()
        self._show_value()

    def set_value(self, value: int | None) -> None:
        """Show `value` (None = left out) without telling anyone."""
        if value != self.value:
            self.value = value
            self._show_value()

    def set_preset_value(self, value: int | None) -> None:
        """What the chosen preset says: double-click goes there, a dot marks a difference."""
        if value != self._preset_value:
            self._preset_value = value
            self._show_dot()

    def name_width(self) -> int:
        """What the include box and its name take."""
        return self.box.sizeHint().width()

    def set_name_width(self, width: int) -> None:
        """So that the sliders of all rows stand below each other."""
        self.box.setFixedWidth(width)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        policy = self.dot.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.dot.setSizePolicy(policy)
        self.number.setFixedWidth(self.fontMetrics().horizontalAdvance("00"))
        self.number.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        for widget in (self.box, self.dot, self.slider, self.number):
            row.addWidget(widget, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.setStretch(2, 1)

    def _name_for_all(self) -> None:
        label = self.attribute.label
        self.slider.setAccessibleName(label)
        self.box.setAccessibleName(self.tr("Send {0}").format(label))
        self.number.setAccessibleName(self.tr("Value of {0}").format(label))
        self.dot.setAccessibleName(self.tr("{0} differs from the preset").format(label))
        tip = self._tip()
        self.setToolTip(tip)
        self.slider.setAccessibleDescription(tip)

    def _tip(self) -> str:
        source = self.attribute.source
        if source == INFERRED:
            said = self.tr("No public definition was found; this is inferred from the name.")
        else:
            said = self.tr("Defined in: {0}").format(source)
        keys = self.tr("0-4 set it, - leaves it out, a double-click goes back to the preset.")
        means = QCoreApplication.translate("Attribute", self.attribute.definition)
        return f"{self.attribute.name}: {means}\n{said}\n{keys}"

    def _show_value(self) -> None:
        value = self.value
        with QSignalBlocker(self.box), QSignalBlocker(self.slider):
            self.box.setChecked(value is not None)
            if value is not None:
                self.slider.setValue(value)
        self.slider.show_sent(value is not None)
        self.number.setText("\N{EN DASH}" if value is None else str(value))
        self._show_dot()

    def _show_dot(self) -> None:
        self.dot.setVisible(self.value != self._preset_value)

    def _choose(self, value: int | None) -> None:
        if value != self.value:
            self.set_value(value)
            self.changed.emit(self.attribute.name, value)

    def _on_box_toggled(self, is_checked: bool) -> None:
        self._choose(self.slider.value() if is_checked else None)

    def _on_default_asked(self) -> None:
        self._choose(self._preset_value)
