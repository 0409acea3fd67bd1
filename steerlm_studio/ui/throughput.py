"""How fast the model answers: a live plot and its numbers."""

from PySide6.QtWidgets import QWidget

from steerlm_studio.protocol import Done, Prefilling, Step


class ThroughputPlot(QWidget):
    """Tokens per second of the run in progress, per lane and in total."""

    def begin(self, run: int, lanes: int) -> None:
        """A run of `lanes` answers was sent."""

    def on_prefilling(self, message: Prefilling) -> None:
        """Prompt tokens were evaluated."""

    def on_step(self, message: Step) -> None:
        """A column of tokens came."""

    def on_done(self, message: Done) -> None:
        """The run ended; its own times replace what was measured here."""
