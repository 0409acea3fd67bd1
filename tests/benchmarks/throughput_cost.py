"""What the throughput dock costs while 8 lanes stream: processor time per second of streaming.

python tests/benchmarks/throughput_cost.py [--seconds N]
Feeds a shown dock the messages of 8 lanes at 25 steps a second, four earlier runs drawn behind;
fails when it takes more than 2 % of a core.
"""

import argparse
import sys
import time

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from steerlm_studio.protocol import Done, Step
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.throughput import ThroughputPlot

LIMIT = 0.02
LANES, STEPS, EARLIER = 8, 25, 4  # steps per second: a model of some billions on one GPU


def run(plot: ThroughputPlot, number: int, steps: int, pause_ms: int) -> None:
    plot.begin(number, LANES, "humor 0→3")
    lanes, pieces = tuple(range(LANES)), ("x",) * LANES
    for _ in range(steps):
        plot.on_step(Step(number, lanes, pieces, 1 / STEPS, 1))
        if pause_ms:
            QTest.qWait(pause_ms)
    plot.on_done(Done(number, 100, 0, LANES * steps, 0.1, 0.1, steps / STEPS))


def spent_idle(seconds: float) -> float:
    """Processor seconds of the same waiting without a plot: the loop's own."""
    begun = time.process_time()
    for _ in range(round(seconds * STEPS)):
        QTest.qWait(1000 // STEPS)
    return time.process_time() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    seconds = parser.parse_args().seconds
    app = QApplication(sys.argv[:1])
    Theme(app)
    plot = ThroughputPlot()
    plot.resize(1280, 120)
    plot.show()
    QTest.qWaitForWindowExposed(plot)
    for number in range(EARLIER):
        run(plot, number, 1000, 0)
    idle = spent_idle(seconds)
    begun, clock = time.process_time(), time.monotonic()
    run(plot, EARLIER, round(seconds * STEPS), 1000 // STEPS)
    spent, passed = time.process_time() - begun - idle, time.monotonic() - clock
    share = spent / passed
    print(f"throughput dock, {LANES} lanes on {app.platformName()}: {share:.1%} of a core")
    return 0 if share < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
