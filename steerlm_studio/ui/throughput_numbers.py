"""The numbers beside the throughput plot, each in a place of its own that does not move."""

from PySide6.QtWidgets import QGridLayout, QWidget

from steerlm_studio.ui.labels import SmallLabel, SmallNumberLabel
from steerlm_studio.ui.rates import RunRates
from steerlm_studio.ui.theme import GRID
from steerlm_studio.ui.unavailable import grey

_WIDEST = "000 of 0,000"
_ROWS = 3  # then a second column: the dock is low


class ThroughputNumbers(QWidget):
    """Now, mean, prompt, first token, reused: of one run; and the engine's memory."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, SmallNumberLabel] = {}
        self._names_shown: dict[str, SmallLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(1)
        for key, name in self._names().items():
            value = SmallNumberLabel()
            value.setAccessibleName(name)
            self._values[key] = value
            row, column = (len(self._values) - 1) % _ROWS, (len(self._values) - 1) // _ROWS
            self._names_shown[key] = SmallLabel(name)
            grid.addWidget(self._names_shown[key], row, 3 * column)
            grid.addWidget(value, row, 3 * column + 1)
        grid.setColumnMinimumWidth(2, GRID)
        grid.setRowStretch(_ROWS, 1)
        self.show_run(None)

    def text(self, key: str) -> str:
        """The value shown for now, mean, prompt, first or reused."""
        return self._values[key].text()

    def grey_counts(self, why_not: str) -> None:
        """For a server that does not tell what it read of a prompt; "" brings them back."""
        for key in ("prompt", "reused"):
            grey(self._names_shown[key], why_not)
            grey(self._values[key], why_not)

    def show_run(self, run: RunRates | None) -> None:
        said: dict[str, str | None] = {}  # at once: a label that changes has the dock laid out
        if run:
            said = {
                "now": None if run.is_done else self.rate(run.now),
                "mean": self.rate(run.mean),
                "prompt": self.rate(run.prompt_rate),
                "first": self._milliseconds(run.first_token),
                "reused": self._reused(run),
            }
        for key in self._values:
            if key != "memory":
                self._say(key, said.get(key))
        for value in self._values.values():
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance(_WIDEST))

    def show_memory(self, used: int | None) -> None:
        """The engine's memory in bytes; None when there is no engine."""
        self._say("memory", None if used is None else self.locale().formattedDataSize(used, 0))

    def summary(self, run: RunRates) -> str:
        """One sentence for those who do not see the plot."""
        number = self.locale().toString
        parts = [
            self.tr("{0} tokens").format(number(run.generated)),
            _said(self.tr("{0} on average"), self.rate(run.mean)),
            _said(self.tr("between {0}"), self._range(run)),
            _said(self.tr("prompt at {0}"), self.rate(run.prompt_rate)),
            _said(self.tr("first token after {0}"), self._milliseconds(run.first_token)),
            _said(self.tr("{0} prompt tokens reused"), self._reused(run)),
        ]
        name = self.tr("Run {0}").format(run.run) + (f" ({run.setting})" if run.setting else "")
        return f"{name}: {', '.join(filter(None, parts))}."

    def _range(self, run: RunRates) -> str | None:
        rates = run.total.rates
        if len(rates) < 2:
            return None
        ends = (self.rate(min(rates)), self.rate(max(rates)))
        return self.tr("{0} and {1}").format(*ends)

    def _names(self) -> dict[str, str]:
        return {
            "now": self.tr("now"),
            "mean": self.tr("mean"),
            "prompt": self.tr("prompt"),
            "first": self.tr("first token"),
            "reused": self.tr("reused"),
            "memory": self.tr("memory"),
        }

    def _say(self, key: str, text: str | None) -> None:
        self._values[key].setText(text or "\N{EN DASH}")

    def rate(self, rate: float | None) -> str | None:
        """Tokens per second in the user's numbers."""
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
        if not run.reused + run.evaluated:  # a server did not tell
            return None
        number = self.locale().toString
        return self.tr("{0} of {1}").format(number(run.reused), number(run.reused + run.evaluated))


def _said(sentence: str, value: str | None) -> str:
    return sentence.format(value) if value else ""
