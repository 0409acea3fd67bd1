"""What the open window costs the engine: tokens a second with it, plotting, and without it.

python tests/benchmarks/window_rate.py [--model FILE] [--lanes 1,8] [--threads N] [--rounds N]
Each round starts both sides one after the other, in turns: the real window, which is shown, asks in
the chat (1 lane) or in columns; then an engine alone, with the same options, is sent the very same
requests by this process. Rates are what the parent sees, from a run's first step to its end, over
all runs of a round; the ratio is that of the medians. Fails below 0.97.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from steerlm_studio import protocol, resources
from steerlm_studio.engine.client import Engine
from steerlm_studio.protocol import Done, Generate, LaneDone, Reply, Step

AIM = 0.97
QUESTION = "How do bees make honey?"
COLUMNS = 8  # what the window's engine has room for


@dataclass
class Meter:
    """Tokens and seconds from the first step of each run to its end, over all of them."""

    tokens: int = 0
    seconds: float = 0.0
    said: int = 0  # tokens of replies, as a check that both sides did the same
    _first: float = 0.0

    def see(self, message: Reply) -> None:
        now = time.perf_counter()
        if isinstance(message, Step) and not self._first:
            self._first = now
        elif isinstance(message, Step):
            self.tokens += len(message.lanes)
        elif isinstance(message, LaneDone):
            self.said += message.tokens
        elif isinstance(message, Done):
            self.seconds += now - self._first
            self._first = 0.0

    def report(self) -> dict[str, object]:
        return {"rate": self.tokens / self.seconds, "said": self.said}


def in_window(options: argparse.Namespace, lanes: int) -> dict[str, object]:
    """Asks in the real window; the request is told, for the other side."""
    from PySide6.QtCore import QEventLoop, QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from steerlm_studio.ui.collecting import Collecting
    from steerlm_studio.ui.theme import Theme
    from steerlm_studio.ui.window import MainWindow

    app = QApplication(sys.argv[:1])
    home = os.environ["STEERLM_STUDIO_HOME"]
    store = QSettings(f"{home}/settings.ini", QSettings.Format.IniFormat)
    window = MainWindow(Theme(app), store, [f"--threads={options.threads}"])
    window.resize(1280, 770)
    window.show()
    Collecting(app)
    loop, meter, sent = QEventLoop(), Meter(), list[Generate]()
    engine, send = window.engine, window.engine.send

    def noted(message: object) -> None:
        if isinstance(message, Generate):
            sent.append(message)
        send(message)  # type: ignore[arg-type]

    engine.send = noted  # type: ignore[method-assign,assignment]
    engine.ready.connect(loop.quit)
    engine.lost.connect(lambda sentence, _: sys.exit(sentence))
    window.open_model(options.model)
    loop.exec()
    ask: Callable[[str], None] = window.ask
    again: Callable[[], None] = partial(window.answering.again, None)
    if lanes > 1:
        window.viewing.show("compare")
        for number in range(1, lanes):
            window.comparing.add(None)
            window.steering.apply(window.steering.steering.having(verbosity=number % 5))
        ask, again = window.comparing.ask, window.comparing.answer_all
    window.sampling.max_tokens.setValue(options.tokens)
    window.answering.run_ended.connect(lambda: QTimer.singleShot(0, window, loop.quit))
    ask(QUESTION)
    loop.exec()  # not measured: it reads the prompt
    for signal in (engine.stepped, engine.lane_done, engine.done):
        signal.connect(meter.see)
    for _ in range(options.runs):
        again()
        loop.exec()
    assert window.frame.throughput.isVisible()
    window.close()
    assert len(sent) == 1 + options.runs
    return meter.report() | {"request": protocol.line(sent[-1]).decode()}


def alone(options: argparse.Namespace, lanes: int) -> dict[str, object]:
    """The same request to an engine with the same options, read by nobody but this."""
    told = protocol.request(options.request.encode())
    assert isinstance(told, Generate)
    assert len(told.lanes) == lanes
    meter = Meter()
    with Engine(options.model, lanes=COLUMNS, threads=options.threads) as engine:
        for run in range(1 + options.runs):
            replies = engine.generate(
                told.lanes, mode=told.mode, stop=told.stop, padded=told.padded
            )
            for message in replies:
                if run:
                    meter.see(message)
    return meter.report()


def side(options: argparse.Namespace, name: str, lanes: int, request: str) -> dict[str, object]:
    """One side of a round, in a process of its own."""
    command = [sys.executable, __file__, f"--side={name}", f"--lanes={lanes}"]
    kept = ("model", "threads", "runs", "tokens")
    command += [f"--{key}={getattr(options, key)}" for key in kept] + [f"--request={request}"]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"STEERLM_STUDIO_HOME": home}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def compared(options: argparse.Namespace, lanes: int) -> float:
    """The ratio of the medians; both sides must have said the same."""
    rates: dict[str, list[float]] = {"window": [], "alone": []}
    request = ""
    for number in range(options.rounds):
        # The first round tells what the window asks; then each side goes first in turns.
        for name in ("window", "alone")[:: -1 if number % 2 else 1]:
            found = side(options, name, lanes, request)
            rates[name].append(float(str(found["rate"])))
            request = str(found.get("request", request))
            print(f"{lanes} lanes, {name:6} {found['rate']:9.1f} t/s, {found['said']} tokens said")
    with_it, without = (statistics.median(rates[name]) for name in ("window", "alone"))
    ratio = with_it / without
    print(f"{lanes} lanes: {with_it:.1f} with the window, {without:.1f} without: {ratio:.3f}")
    return ratio


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=resources.demo_model())
    parser.add_argument("--lanes", default="1,8")
    parser.add_argument("--threads", type=int, default=0, help="0: as the engine adapts it")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=8, help="measured ones of a round")
    parser.add_argument("--tokens", type=int, default=300, help="the most of a reply")
    parser.add_argument("--side", choices=("window", "alone"), help=argparse.SUPPRESS)
    parser.add_argument("--request", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        act = in_window if options.side == "window" else alone
        print(json.dumps(act(options, int(options.lanes))))
        return 0
    ratios = [compared(options, int(lanes)) for lanes in options.lanes.split(",")]
    return 0 if min(ratios) >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
