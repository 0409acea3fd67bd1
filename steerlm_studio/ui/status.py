"""The status line: which model on what, how full its context is, how fast it answers."""

import time

from PySide6.QtCore import QEvent, QLocale, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from steerlm_studio.protocol import Done, LaneDone, Loading, Prefilling, Ready, Step
from steerlm_studio.ui.elided_label import SmallElidedLabel
from steerlm_studio.ui.icons import icon
from steerlm_studio.ui.labels import SmallNumberLabel
from steerlm_studio.ui.rates import RunRates
from steerlm_studio.ui.text_safety import shown
from steerlm_studio.ui.theme import GRID

_UPDATE_MS = 200  # numbers change at most five times a second


class StatusLine(QWidget):
    """Numbers keep their width, so nothing jumps while they change."""

    cancel_requested = Signal()  # of loading

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = SmallElidedLabel()
        self.progress = QProgressBar()
        self.cancel = QToolButton()
        self.context = SmallNumberLabel()
        self.prompt_rate = SmallNumberLabel()
        self.rate = SmallNumberLabel()
        self.seed = SmallNumberLabel()
        self._ready: Ready | None = None
        self._threads = 0
        self._used: int | None = 0  # tokens; None where nobody says
        self._rates: RunRates | None = None
        self._update = QTimer(self)
        self._update.setSingleShot(True)
        self._update.setInterval(_UPDATE_MS)
        self._update.timeout.connect(self._show_numbers)
        self._lay_out()
        self.show_nothing()

    def show_nothing(self) -> None:
        self._ready = None
        self.model.set_text(self.tr("No model"))
        self._show_progress(None)
        for label in (self.context, self.prompt_rate, self.rate):
            label.setText("")

    def show_asleep(self) -> None:
        """The model's memory was given back."""
        name = self._ready.name if self._ready else ""
        text = self.tr("%1 was unloaded; the next question loads it again")
        self.model.set_text(text.replace("%1", shown(name)))

    def show_loading(self, name: str, message: Loading | None) -> None:
        self._ready = None
        """What is read is prepared after that: memory for the context, a first trial."""
        fraction = message.fraction if message else 0.0
        text = self.tr("Preparing %1") if fraction >= 1 else self.tr("Loading %1")
        self.model.set_text(text.replace("%1", shown(name)))
        self._show_progress(fraction)

    def show_failed(self, name: str) -> None:
        """It was not loaded; why stands in the banner."""
        self.model.set_text(self.tr("%1 was not loaded").replace("%1", shown(name)))
        self._show_progress(None)

    def show_ready(self, message: Ready) -> None:
        self._ready, self._threads, self._used = message, message.threads, 0
        self._show_progress(None)
        self._show_model()
        self._show_context()

    def show_seed(self, seed: int) -> None:
        self.seed.setText(self.tr("seed %1").replace("%1", str(seed)))

    def begin(self, run: int, lanes: int) -> None:
        """A run of `lanes` answers was sent."""
        self._rates = RunRates(run, lanes, time.monotonic())
        self.rate.setText("")
        self.prompt_rate.setText(self.tr("reading prompt"))

    def on_prefilling(self, message: Prefilling) -> None:
        if self._rates is not None and message.run == self._rates.run:
            self._rates.prefilled(message, time.monotonic())
        text = self.tr("reading %1 / %2")
        self.prompt_rate.setText(
            text.replace("%1", _number(message.done)).replace("%2", _number(message.total))
        )

    def on_step(self, message: Step) -> None:
        if self._rates is None or message.run != self._rates.run:
            return
        self._rates.stepped(message, time.monotonic())
        self._threads = message.threads
        if not self._update.isActive():
            self._update.start()

    def on_lane_done(self, message: LaneDone) -> None:
        is_told = message.prompt_tokens > 0  # not by a server that was cut or stopped
        self._used = message.prompt_tokens + message.tokens if is_told else None
        self._show_context()

    def on_done(self, message: Done) -> None:
        if self._rates is None or message.run != self._rates.run:
            return
        self._update.stop()
        self._rates.done(message)
        self._show_rates(self._rates.mean)

    def _show_numbers(self) -> None:
        if self._rates is not None:
            self._show_rates(self._rates.now)

    def _show_rates(self, generation: float | None) -> None:
        prompt = self._rates.prompt_rate if self._rates else None
        self.rate.setText(_rate(self.tr("gen %1 t/s"), generation))
        self.prompt_rate.setText(_rate(self.tr("prompt %1 t/s"), prompt))
        self._show_model()

    def _show_model(self) -> None:
        ready = self._ready
        if ready is None:
            return
        if ready.server:
            place = self.tr("on %1").replace("%1", ready.device)
            self.model.set_text(shown(f"{ready.name} · {place}"))
            return
        device = self.tr("CPU, no GPU found") if ready.misses_gpu else ready.device
        place = self.tr("%1/%2 layers on %3")
        there = ready.layers_offloaded or ready.layers  # none offloaded: all stay on the CPU
        place = place.replace("%1", str(there)).replace("%2", str(ready.layers))
        count = self._threads
        threads = self.tr("%n threads", "", count)
        pieces = (ready.name, ready.quant, place.replace("%3", device), threads)
        self.model.set_text(shown(" · ".join(piece for piece in pieces if piece)))

    def _show_context(self) -> None:
        if self._ready is None:
            return
        if not self._ready.context:  # a server does not always say
            self.context.setText("")
            return
        text = self.tr("context %1 / %2").replace(
            "%1", "\N{EN DASH}" if self._used is None else _number(self._used)
        )
        self.context.setText(text.replace("%2", _number(self._ready.context)))

    def _show_progress(self, fraction: float | None) -> None:
        self.progress.setVisible(fraction is not None)
        self.cancel.setVisible(fraction is not None)
        self.progress.setValue(round(100 * (fraction or 0)))

    def _lay_out(self) -> None:
        self.progress.setRange(0, 100)
        self.progress.setFixedWidth(160)
        self.progress.setMaximumHeight(self.fontMetrics().height())
        self.progress.setAccessibleName(self.tr("Loading the model"))
        self.cancel.setIcon(icon("close"))
        self.cancel.setAutoRaise(True)
        self.cancel.setToolTip(self.tr("Stop loading"))
        self.cancel.setAccessibleName(self.tr("Stop loading"))
        self.cancel.clicked.connect(self.cancel_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, 0, GRID, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.model, 1)
        row.addWidget(self.progress)
        row.addWidget(self.cancel)
        for label in (self.context, self.prompt_rate, self.rate, self.seed):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(label)
        self._keep_widths()

    def _keep_widths(self) -> None:
        widest = {
            self.context: self.tr("context %1 / %2"),
            self.prompt_rate: self.tr("reading %1 / %2"),
            self.rate: self.tr("gen %1 t/s"),
            self.seed: self.tr("seed %1"),
        }
        for label, words in widest.items():
            sample = words.replace("%1", "00,000").replace("%2", "00,000")
            label.setMinimumWidth(label.fontMetrics().horizontalAdvance(sample))

    # Qt's

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_update"):
            QTimer.singleShot(0, self, self._keep_widths)  # once the labels have their fonts too


def _rate(text: str, speed: float | None) -> str:
    if speed is None:
        return ""
    return text.replace("%1", _number(speed, 0 if speed >= 10 else 1))


def _number(number: float, digits: int = 0) -> str:
    """As the user's language writes it."""
    return QLocale().toString(float(number), "f", digits)
