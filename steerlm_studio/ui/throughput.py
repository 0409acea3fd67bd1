"""How fast the model answers: a live plot, its numbers, and what can be taken out of it."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from steerlm_studio.errors import StudioError
from steerlm_studio.protocol import Done, Prefilling, Step
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.notice import Notice
from steerlm_studio.ui.rates import RunRates
from steerlm_studio.ui.theme import GRID, HALF
from steerlm_studio.ui.throughput_chart import Line, ThroughputChart, earlier_style, label_of
from steerlm_studio.ui.throughput_file import write_csv
from steerlm_studio.ui.throughput_legend import Entry, ThroughputLegend
from steerlm_studio.ui.throughput_numbers import ThroughputNumbers

_INTERVAL_MS = 200  # numbers change at most five times a second
_MEMORY_MS = 2000
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
        self._earlier: list[RunRates] = []
        self._kept = 0  # runs that became earlier ones
        self._ticks = 0
        self._process: psutil.Process | None = None
        self.numbers = ThroughputNumbers()
        self.chart = ThroughputChart()
        self.legend = ThroughputLegend()
        self.notice = Notice()
        self._timer = self._every(_INTERVAL_MS, self._on_tick)
        self._timer.setSingleShot(True)
        self._anew = self._every(0, self._draw_anew)
        self._anew.setSingleShot(True)
        self._memory = self._every(_MEMORY_MS, self._show_memory)
        self._make_actions()
        self._lay_out()
        self.chart.pointed.connect(self._on_pointed)

    def begin(self, run: int, lanes: int, setting: str = "") -> None:
        """A run of `lanes` answers was sent; `setting` says in a few words what it was told."""
        if self._run and len(self._run.total.seconds) > 1:
            self._kept += 1
            self._run.place = self._kept
            self._earlier = [*self._earlier, self._run][-_KEPT_RUNS:]
        self._run = RunRates(run, lanes, self._clock(), setting)
        self._anew.start(0)  # not now: the window has enough to do when a question is sent

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

    def watch_process(self, process_id: int) -> None:
        """Show the memory of this process from now on; 0 for none."""
        try:
            self._process = psutil.Process(process_id) if process_id else None
        except psutil.Error:
            self._process = None
        self._show_memory()
        if self._process:
            self._memory.start()
        else:
            self._memory.stop()

    @property
    def run(self) -> RunRates | None:
        """The last run that was begun."""
        return self._run

    @property
    def runs(self) -> list[RunRates]:
        """All runs in the plot, the oldest first."""
        return [*self._earlier, *([self._run] if self._run else [])]

    @property
    def actions_of_title(self) -> list[QAction]:
        """What stands in the title of the dock."""
        return [self.pause, self.copy_summary, self.save_picture, self.save_table]

    def summary(self) -> str:
        """All runs in sentences, for those who do not see the plot."""
        return "\n".join(self.numbers.summary(run) for run in reversed(self.runs))

    def save_picture_as(self, file: Path) -> None:
        """Write plot, legend and numbers as they stand, twice as fine as on the screen."""
        image = QImage(self.size() * 2, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(2)
        self.render(image)
        if not image.save(str(_with_ending(file, ".png"))):
            self._fail(self.tr("The picture cannot be written to {0}.").format(file))

    def save_table_as(self, file: Path) -> None:
        try:
            write_csv(self.runs, _with_ending(file, ".csv"))
        except StudioError as error:
            self._fail(str(error))

    def _fail(self, sentence: str) -> None:
        self.notice.say(sentence, is_error=True)

    def _lines(self) -> list[Line]:
        """The faint ones first."""
        lines = [Line(run.total, "edge", 1.5, earlier_style(run.place)) for run in self._earlier]
        if self._run and len(self._run.lanes) > 1:
            lines += [Line(curve, "edge", 1.0) for curve in self._run.lanes]
        if self._run:
            lines.append(Line(self._run.total, "accent", 2.0))
        return lines

    def _entries(self) -> list[Entry]:
        entries = []
        for run in reversed(self.runs):
            name = run.setting or self.tr("run {0}").format(run.run)
            text = " · ".join(filter(None, (self.numbers.rate(run.mean), name)))
            if run is self._run:
                entries.append(Entry(text, "accent", 2.0, Qt.PenStyle.SolidLine))
            else:
                entries.append(Entry(text, "edge", 1.5, earlier_style(run.place)))
        return entries

    def _draw_soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_tick(self) -> None:
        """The numbers each time; the plot, which costs more, every second time."""
        self._ticks += 1
        if self._ticks % 2:
            self._draw_numbers()
        else:
            self._draw()

    def _draw_anew(self) -> None:
        """With a line per run that there is now; while paused what one looks at stays."""
        self._anew.stop()
        if not self.pause.isChecked():
            self.chart.show_lines(self._lines())
            self._draw()

    def _draw(self) -> None:
        if self._anew.isActive():
            self._draw_anew()
            return
        self._draw_numbers()
        if self._run is not None and not self.pause.isChecked():
            self.chart.redraw(self._run.prompt_seconds)
            self.chart.setAccessibleDescription(self.numbers.summary(self._run))

    def _draw_numbers(self) -> None:
        if self.pause.isChecked():
            return
        self.numbers.show_run(self._run)
        self.legend.show_entries(self._entries())
        for action in (self.copy_summary, self.save_picture, self.save_table):
            action.setEnabled(self._run is not None)

    def _on_pointed(self, index: int) -> None:
        """Say the values of the run at this point, in the plot and to screen readers."""
        if index < 0:
            label_of(self.chart.value, "")
            return
        curve = self.chart.foremost
        seconds = self.locale().toString(curve.seconds[index], "f", 2)
        rate = self.numbers.rate(curve.rates[index]) or ""
        label_of(self.chart.value, self.tr("{0} at {1} s").format(rate, seconds))
        self.chart.setAccessibleDescription(self.chart.value.text())

    def _show_memory(self) -> None:
        try:
            used = self._process.memory_info().rss if self._process else None
        except psutil.Error:
            used = None
        self.numbers.show_memory(used)

    def _every(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    def _make_actions(self) -> None:
        self.pause = self._action(self.tr("Pause the plot"), "pause")
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self._draw_anew)
        self.copy_summary = self._action(self.tr("Copy throughput as text"), "copy")
        self.copy_summary.triggered.connect(
            lambda: QGuiApplication.clipboard().setText(self.summary())
        )
        self.save_picture = self._action(self.tr("Save throughput as PNG…"), "export")
        self.save_picture.setIconText("PNG")
        self.save_picture.triggered.connect(
            lambda: self._ask_for_file(self.tr("Pictures (*.png)"), self.save_picture_as)
        )
        self.save_table = self._action(self.tr("Save throughput as CSV…"), "export")
        self.save_table.setIconText("CSV")
        self.save_table.triggered.connect(
            lambda: self._ask_for_file(self.tr("Tables (*.csv)"), self.save_table_as)
        )
        for action in (self.copy_summary, self.save_picture, self.save_table):
            action.setEnabled(False)

    def _action(self, text: str, name: str) -> QAction:
        action = QAction(icon(name), text, self)
        self.addAction(action)
        return action

    def _ask_for_file(self, kind: str, then: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self, self.tr("Save throughput"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([kind])
        dialog.fileSelected.connect(lambda file: then(Path(file)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _lay_out(self) -> None:
        self.chart.setAccessibleName(self.tr("Tokens per second"))
        self.chart.setToolTip(self.tr("Tokens per second, over seconds since the first token"))
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.chart, 1)
        for widget in (self.legend, self.numbers):
            side = QVBoxLayout()
            side.addWidget(widget)
            row.addLayout(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, HALF, GRID, HALF)
        column.setSpacing(HALF)
        column.addWidget(self.notice)
        column.addLayout(row, 1)


def _with_ending(file: Path, ending: str) -> Path:
    return file if file.suffix else file.with_suffix(ending)
