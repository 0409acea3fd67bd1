"""One device as a row: its name and layers, a bar with numbers, its last minutes."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from steerlm_studio.protocol import Ready
from steerlm_studio.ui.devices.memory_plot import MemoryPlot
from steerlm_studio.ui.devices.state import DeviceState
from steerlm_studio.ui.devices.use_bar import UseBar
from steerlm_studio.ui.devices.words import layers_of, memory_of, name_of, sentence
from steerlm_studio.ui.elided_label import ElidedLabel, SmallElidedLabel
from steerlm_studio.ui.theme import GRID, HALF, colours_of

_SHARES = (3, 4, 4)  # of the width


class DeviceRow(QWidget):
    """Takes the focus, so that a reader of the screen can go from one device to the next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel()
        self.layers = SmallElidedLabel()
        self.memory = SmallElidedLabel()
        self.bar = UseBar()
        self.plot = MemoryPlot()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        columns = (stacked(self.name, self.layers), stacked(self.bar, self.memory), self.plot)
        lay_beside(self, columns)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_state(self, state: DeviceState, ready: Ready | None, second: float) -> None:
        """As it is at this second of a clock that only goes on."""
        self.name.set_text(name_of(state))
        self.layers.set_text(layers_of(state, ready))
        self.memory.set_text(memory_of(state))
        self.bar.show_state(state)
        if not state.trouble:
            self.plot.add(second, state.used, state.total)
        self.setAccessibleName(name_of(state))
        self.setAccessibleDescription(sentence(state, ready))

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QColor(colours_of(self).accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


def stacked(*parts: QWidget) -> QWidget:
    inner = QWidget()
    inner.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(HALF)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return inner


def lay_beside(row: QWidget, columns: tuple[QWidget, QWidget, QWidget]) -> None:
    """The same widths in all rows and in their heading."""
    layout = QHBoxLayout(row)
    layout.setContentsMargins(HALF, 2, HALF, 2)
    layout.setSpacing(2 * GRID)
    for column, share in zip(columns, _SHARES, strict=True):
        layout.addWidget(column, share)
