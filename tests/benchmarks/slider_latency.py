"""How long a slider move takes until the control string is painted: p50 and p99.

python tests/benchmarks/slider_latency.py [--moves N]
Sends real key events to the sliders of a shown panel; fails when p99 is 8 ms or more.
"""

import argparse
import random
import statistics
import sys
import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from steerlm_studio.ui.control_string import ControlString
from steerlm_studio.ui.control_text import ControlText
from steerlm_studio.ui.steering_panel import SteeringPanel
from steerlm_studio.ui.theme import Theme

LIMIT = 0.008  # seconds


class PaintTimes:
    """Notes when the control string was last painted to the end."""

    def __init__(self) -> None:
        self.last = 0.0
        paint = ControlText.paintEvent

        def timed(text: ControlText, event: QPaintEvent) -> None:
            paint(text, event)
            self.last = time.perf_counter()

        ControlText.paintEvent = timed  # type: ignore[method-assign]


def shown_panel() -> tuple[QWidget, SteeringPanel]:
    window, string, panel = QWidget(), ControlString(), SteeringPanel()
    row = QHBoxLayout(window)
    row.addWidget(string, 1)
    row.addWidget(panel)
    panel.steering_changed.connect(string.set_steering)
    window.resize(1280, 800)
    window.show()
    return window, panel


def move(panel: SteeringPanel, name: str, level: int) -> None:
    """Press the digit on the slider, as a user does."""
    key = Qt.Key(Qt.Key.Key_0.value + level)
    press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, str(level))
    QApplication.sendEvent(panel.rows[name].slider, press)


def measure(app: QApplication, moves: int) -> tuple[list[float], list[float]]:
    """Seconds from the key press to the painted control string, for each move.

    Of wall clock, and of processor time for the whole event (more than needed, but not disturbed
    by whatever else the machine does).
    """
    paints = PaintTimes()
    window, panel = shown_panel()
    QTest.qWaitForWindowExposed(window)
    QTest.qWait(500)
    chance = random.Random(1)
    wall, processor = [], []
    for _ in range(moves):
        name = chance.choice(list(panel.rows))
        level = chance.choice([n for n in range(5) if n != panel.rows[name].value])
        begun, spent = time.perf_counter(), time.thread_time()
        move(panel, name, level)
        if paints.last < begun:
            sys.exit("The control string was not painted within the event.")
        wall.append(paints.last - begun)
        processor.append(time.thread_time() - spent)
        app.processEvents()
    window.close()
    return wall, processor


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moves", type=int, default=2000)
    moves = parser.parse_args().moves
    app = QApplication(sys.argv[:1])
    Theme(app)
    wall, processor = measure(app, moves)
    print(f"slider move to painted control string, {moves} moves on {app.platformName()}:")
    print(f"wall clock      {in_words(wall)} (limit {LIMIT * 1000:.0f} ms)")
    print(f"processor time  {in_words(processor)}")
    return 0 if percentile_99(wall) < LIMIT else 1


def percentile_99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def in_words(times: list[float]) -> str:
    p50, p99 = statistics.median(times), percentile_99(times)
    return f"p50 {p50 * 1000:.2f} ms, p99 {p99 * 1000:.2f} ms"


if __name__ == "__main__":
    sys.exit(main())
