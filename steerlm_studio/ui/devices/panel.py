"""The devices panel: a row for each device, and a sentence about what is not there."""

import time
from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from steerlm_studio.device_watch import Seen
from steerlm_studio.ui.devices.memory_plot import MINUTES
from steerlm_studio.ui.devices.row import DeviceRow, lay_beside
from steerlm_studio.ui.devices.state import DeviceState, Engine, states
from steerlm_studio.ui.devices.words import missing, sentence
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.theme import GRID, HALF


class DevicesPanel(QWidget):
    """Shows what it is given; says whether anybody looks, so that nobody is asked in vain."""

    looked_at = Signal(bool)
    grew = Signal()  # there are more rows than before

    def __init__(
        self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._states: list[DeviceState] = []
        self._engine = Engine()
        self.rows: dict[str, DeviceRow] = {}
        self.note = SmallLabel(self.tr("Looking at the devices…"))
        self.note.setWordWrap(True)
        self.copy = QAction(icon("copy"), self.tr("Copy devices as text"), self)
        self.copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.summary()))
        self.copy.setEnabled(False)
        self.addAction(self.copy)
        self._lay_out()

    def show_seen(self, seen: Seen, engine: Engine) -> None:
        """All devices at this moment; rows of those that are not named any more go."""
        self._engine, self._states = engine, states(seen, engine)
        self._make_rows()
        now = self._clock()
        for state in self._states:
            self.rows[state.key].show_state(state, engine.ready, now)
        self.say(missing(seen, engine))
        self.copy.setEnabled(True)

    def say(self, sentence: str) -> None:
        """In place of the sentence about what is missing."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def summary(self) -> str:
        """All devices in sentences, for those who do not see the panel."""
        said = [sentence(state, self._engine.ready) for state in self._states]
        note = self.note.text()
        return "\n".join([*said, *([note] if note else [])])

    def _make_rows(self) -> None:
        keys = [state.key for state in self._states]
        for gone in [key for key in self.rows if key not in keys]:
            self.rows.pop(gone).deleteLater()
        new = [key for key in keys if key not in self.rows]
        for key in new:
            self.rows[key] = DeviceRow()
            self._column.insertWidget(len(self.rows), self.rows[key])
        if new:
            self._scroll.setMinimumHeight(self._height_of(2))
            self.updateGeometry()
            self.grew.emit()

    def _height_of(self, most: int) -> int:
        """What so many devices, their heading and the sentence take."""
        rows = [row.sizeHint().height() + HALF for row in self.rows.values()]
        note = self.note.heightForWidth(max(self.width(), 40 * GRID))
        return 3 * GRID + sum(rows[:most]) + (note + HALF if len(rows) <= most else 0)

    def _lay_out(self) -> None:
        inner, heading = QWidget(), QWidget()
        period = self.tr("Used over the last %1 minutes, in GB").replace("%1", str(MINUTES))
        heads = (self.tr("Device and its layers"), self.tr("Memory"), period)
        first, second, third = (SmallElidedLabel(head) for head in heads)
        lay_beside(heading, (first, second, third))
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(HALF, 0, HALF, 0)
        self._column.setSpacing(HALF)
        self._column.addWidget(heading)
        self._column.addWidget(self.note)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inner)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.note.setContentsMargins(HALF, 0, HALF, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 0, GRID, HALF)
        column.addWidget(self._scroll)

    # Qt's

    def sizeHint(self) -> QSize:
        return QSize(80 * GRID, self._height_of(4) + HALF)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.looked_at.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.looked_at.emit(False)
