"""How fast the model answers: a live plot and its numbers."""

import time
from collections.abc import Callable

import pyqtgraph
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from steerlm_studio.protocol import Done, Prefilling, Step
from steerlm_studio.ui.labels import SmallLabel
from steerlm_studio.ui.rates import Curve, RunRates
from steerlm_studio.ui.theme import GRID, HALF, colours_of
from steerlm_studio.ui.throughput_numbers import ThroughputNumbers

_INTERVAL_MS = 200  # numbers change at most five times a second
_SHORTEST = 0.2  # seconds
_KEPT_RUNS = 4  # earlier runs that stay, faint


class ThroughputPlot(QWidget):
    """Tokens per second of the run in progress: a line in total, thin ones per lane.

    Messages of any other run than that of the last `begin` are ignored.
    """

    def __init__(
        self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._run: RunRates | None = None
        self._earlier: list[Curve] = []
        self._lines: list[tuple[pyqtgraph.PlotDataItem, Curve]] = []
        self.numbers = ThroughputNumbers()
        self.plot = pyqtgraph.PlotWidget()
        self.hint = SmallLabel(self.tr("Tokens per second show here while the model answers."))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._draw)
        self._lay_out()
        self._dress()

    def begin(self, run: int, lanes: int) -> None:
        """A run of `lanes` answers was sent."""
        self._keep_run()
        self._run = RunRates(run, lanes, self._clock())
        self._show_axes()
        self._add_lines()
        self._draw()

    def on_prefilling(self, message: Prefilling) -> None:
        """Prompt tokens were evaluated."""
        if self._run and self._run.run == message.run:
            self._run.prefilled(message, self._clock())
            self._draw_soon()

    def on_step(self, message: Step) -> None:
        """A column of tokens came."""
        if self._run and self._run.run == message.run:
            self._run.stepped(message, self._clock())
            self._draw_soon()

    def on_done(self, message: Done) -> None:
        """The run ended; its own times replace what was measured here."""
        if self._run and self._run.run == message.run:
            self._run.done(message)
            self._timer.stop()
            self._draw()

    @property
    def run(self) -> RunRates | None:
        """The last run that was begun."""
        return self._run

    def _show_axes(self) -> None:
        self.hint.hide()
        self.plot.getPlotItem().showAxis("left")
        self.plot.getPlotItem().showAxis("bottom")

    def _keep_run(self) -> None:
        if self._run and len(self._run.total.seconds) > 1:
            self._earlier = [*self._earlier, self._run.total][-_KEPT_RUNS:]

    def _draw_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _draw(self) -> None:
        self.numbers.show_run(self._run)
        if self._run is None:
            return
        for line, curve in self._lines:
            line.setData(curve.seconds, curve.rates)
        self._scale()
        self.plot.setAccessibleDescription(self.numbers.summary(self._run))

    def _scale(self) -> None:
        """Both axes begin at 0 and hold all curves; a very short run does not fill the width."""
        curves = [curve for _, curve in self._lines if curve.seconds]
        longest = max((curve.seconds[-1] for curve in curves), default=0.0)
        highest = max((max(curve.rates) for curve in curves), default=0.0)
        self.plot.setXRange(0, max(longest, _SHORTEST), padding=0)
        self.plot.setYRange(0, 1.15 * highest or 1.0, padding=0)

    def _add_lines(self) -> None:
        """A line for each curve, the faint ones first."""
        self.plot.clear()
        colours = colours_of(self)
        shown = [(curve, colours.line, 1.5) for curve in self._earlier]
        if self._run and len(self._run.lanes) > 1:
            shown += [(curve, colours.edge, 1.0) for curve in self._run.lanes]
        if self._run:
            shown.append((self._run.total, colours.accent, 2.0))
        self._lines = [(self._line(colour, width), curve) for curve, colour, width in shown]

    def _line(self, colour: str, width: float) -> pyqtgraph.PlotDataItem:
        pen = pyqtgraph.mkPen(QColor(colour), width=width)
        line = self.plot.plot(pen=pen, antialias=True)
        line.setDownsampling(auto=True, method="mean")
        return line

    def _dress(self) -> None:
        colours = colours_of(self)
        self.plot.setBackground(QColor(colours.window))
        small = QFont(self.font())
        small.setPixelSize(round(self.fontInfo().pixelSize() * 11 / 13))
        metrics = QFontMetrics(small)
        self.plot.getAxis("left").setWidth(metrics.horizontalAdvance("00,000") + 8)
        self.plot.getAxis("bottom").setHeight(metrics.height() + 6)
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(pyqtgraph.mkPen(QColor(colours.line)))
            axis.setTextPen(pyqtgraph.mkPen(QColor(colours.secondary)))
            axis.setTickFont(small)
        self._add_lines()
        self._draw()

    def _lay_out(self) -> None:
        self.plot.setAccessibleName(self.tr("Tokens per second"))
        self.plot.setToolTip(self.tr("Tokens per second, over seconds since the first token"))
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.getPlotItem().hideAxis("left")
        self.plot.getPlotItem().hideAxis("bottom")
        self.plot.setMinimumHeight(64)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, HALF, GRID, HALF)
        row.setSpacing(2 * GRID)
        row.addWidget(self.plot, 1)
        side = QVBoxLayout()
        side.addWidget(self.numbers)
        row.addLayout(side)
        over = QVBoxLayout(self.plot)
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(self.hint, alignment=Qt.AlignmentFlag.AlignCenter)

    # Qt's

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        changes = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in changes and hasattr(self, "_timer"):
            self._dress()
