"""The numbers beside the throughput plot, each in a place of its own that does not move."""

from PySide6.QtWidgets import QGridLayout, QWidget

from steerlm_studio.ui.labels import SmallLabel, SmallNumberLabel
from steerlm_studio.ui.rates import RunRates
from steerlm_studio.ui.theme import GRID

_WIDEST = "000 of 00,000"


class ThroughputNumbers(QWidget):
    """Now, mean, prompt, first token, reused: of one run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, SmallNumberLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(1)
        for key, name in self._names().items():
            value = SmallNumberLabel()
            value.setAccessibleName(name)
            self._values[key] = value
            row = grid.rowCount()
            grid.addWidget(SmallLabel(name), row, 0)
            grid.addWidget(value, row, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        self.show_run(None)

    def text(self, key: str) -> str:
        """The value shown for now, mean, prompt, first or reused."""
        return self._values[key].text()

    def show_run(self, run: RunRates | None) -> None:
        for key in self._values:
            self._say(key, None)
        if run:
            self._say("now", None if run.is_done else self._rate(run.now))
            self._say("mean", self._rate(run.mean))
            self._say("prompt", self._rate(run.prompt_rate))
            self._say("first", self._milliseconds(run.first_token))
            self._say("reused", self._reused(run))
        for value in self._values.values():
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance(_WIDEST))

    def summary(self, run: RunRates) -> str:
        """One sentence for those who do not see the plot."""
        parts = [f"{name} {self.text(key)}" for key, name in self._names().items()]
        return self.tr("Run {0}: {1}").format(run.run, ", ".join(parts))

    def _names(self) -> dict[str, str]:
        return {
            "now": self.tr("now"),
            "mean": self.tr("mean"),
            "prompt": self.tr("prompt"),
            "first": self.tr("first token"),
            "reused": self.tr("reused"),
        }

    def _say(self, key: str, text: str | None) -> None:
        self._values[key].setText(text or "\N{EN DASH}")

    def _rate(self, rate: float | None) -> str | None:
        if rate is None:
            return None
        digits = 1 if rate < 99.95 else 0
        return self.tr("{0} t/s").format(self.locale().toString(rate, "f", digits))

    def _milliseconds(self, seconds: float | None) -> str | None:
        if seconds is None:
            return None
        return self.tr("{0} ms").format(self.locale().toString(round(seconds * 1000)))

    def _reused(self, run: RunRates) -> str | None:
        if run.reused is None or run.evaluated is None:
            return None
        number = self.locale().toString
        return self.tr("{0} of {1}").format(number(run.reused), number(run.reused + run.evaluated))
