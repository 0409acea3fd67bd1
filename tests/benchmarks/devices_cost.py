"""What the devices dock costs while it is looked at: processor time per second, window and child.

python tests/benchmarks/devices_cost.py [--seconds N]
A shown panel with the machine and eight GPUs, five minutes of each drawn; fails when the window
takes more than 3 % of a core. The child is the real one: without a driver it has less to ask.
"""

import argparse
import subprocess
import sys
import time

import psutil
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from steerlm_studio.child import child_command
from steerlm_studio.device_watch import Seen
from steerlm_studio.gpu_memory import Gpu
from steerlm_studio.memory_free import memory
from steerlm_studio.ui.devices.panel import DevicesPanel
from steerlm_studio.ui.devices.state import Engine
from steerlm_studio.ui.theme import Theme

LIMIT = 0.03
GPUS, KEPT = 8, 300  # looks


def seen(second: int) -> Seen:
    used = (second % 60) * 10**9
    gpus = (Gpu(f"GPU {n}", f"0000:0{n}:00.0", 80 * 10**9 - used, 80 * 10**9) for n in range(GPUS))
    return Seen(memory(), tuple(gpus))


def window(app: QApplication, seconds: int) -> float:
    """Processor seconds of one look, drawn."""
    clock = iter(range(10**9))
    panel = DevicesPanel(clock=lambda: next(clock))
    panel.resize(1280, 560)
    panel.show()
    QTest.qWaitForWindowExposed(panel)
    for second in range(KEPT):
        panel.show_seen(seen(second), Engine())
    app.processEvents()
    begun = time.process_time()
    for second in range(seconds):
        panel.show_seen(seen(second), Engine())
        app.processEvents()
    return (time.process_time() - begun) / seconds


def child(seconds: int) -> float:
    """Processor seconds of a second, once it runs."""
    pipe = subprocess.PIPE
    command = child_command("steerlm_studio.device_watch")
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        process.stdout.readline()
        times = psutil.Process(process.pid).cpu_times
        begun = sum(times()[:2])
        time.sleep(seconds)
        spent = sum(times()[:2]) - begun
        process.kill()
    return spent / seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=20)
    seconds = parser.parse_args().seconds
    app = QApplication(sys.argv[:1])
    Theme(app)
    share = window(app, seconds)
    print(f"devices dock, {GPUS} GPUs on {app.platformName()}: {share:.2%} of a core")
    print(f"its child: {child(seconds):.2%} of a core")
    return 0 if share < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
