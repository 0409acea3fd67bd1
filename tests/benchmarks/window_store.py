"""The window over 10,000 conversations of 20 turns, against an empty store: start, scroll, search.

Run: QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.window_store
     [--conversations N] [--turns N] [--starts N] [--json]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import psutil
from PySide6.QtWidgets import QApplication

from steerlm_studio.folders import HOME_VARIABLE
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.window import MainWindow
from tests.benchmarks.store_scale import QUERIES, _fill

_PAGES = 200
_MIB = 2**20


def window(begun: float) -> dict[str, object]:
    """In a process of its own: its start since `begun`, then scrolling and searching in it."""
    app = QApplication(["benchmark"])
    shown = MainWindow(Theme(app), settings(), [], open_store(default_path()))
    shown.resize(1280, 800)
    shown.show()
    app.processEvents()
    shown.page.composer.setFocus()
    shown.repaint()
    started = time.time() - begun
    memory = psutil.Process().memory_info().rss / _MIB
    panel = shown.frame.conversations
    found: dict[str, object] = {
        "start_ms": 1000 * started,
        "memory_mib": memory,
        "lines": panel.list.rowCount(),
        "scroll_ms": scrolled(shown) if panel.list.rowCount() > _PAGES else [],
        "search_ms": searched(shown) if panel.list.rowCount() > _PAGES else [],
        "memory_after_mib": psutil.Process().memory_info().rss / _MIB,
    }
    shown.close()
    return found


def scrolled(shown: MainWindow) -> list[float]:
    """Milliseconds of each page from the top of the list to its end, painted."""
    view = shown.frame.conversations.view
    bar, times = view.verticalScrollBar(), []
    for page in range(_PAGES + 1):
        begun = time.perf_counter()
        bar.setValue(bar.maximum() * page // _PAGES)
        view.viewport().repaint()
        times.append(1000 * (time.perf_counter() - begun))
    return times


def searched(shown: MainWindow) -> list[float]:
    """Milliseconds from the end of typing to the painted hits."""
    panel, times = shown.frame.conversations, []
    for query in QUERIES * 5:
        panel.field.setText(query)
        begun = time.perf_counter()
        panel.searched.emit(query)
        panel.view.viewport().repaint()
        times.append(1000 * (time.perf_counter() - begun))
    panel.searched.emit("")
    return times


def started(home: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.benchmarks.window_store", "--child", str(time.time())]
    made = subprocess.run(
        command, env={**os.environ, HOME_VARIABLE: str(home)}, capture_output=True, check=True
    )
    told: dict[str, object] = json.loads(made.stdout.splitlines()[-1])
    return told


def measure(folder: Path, conversations: int, turns: int, starts: int) -> dict[str, object]:
    homes = {"empty": folder / "empty", "full": folder / "full"}
    opened = open_store(homes["full"] / "data" / default_path().name)
    _fill(opened.store, conversations, turns)
    opened.close()
    runs: dict[str, list[dict[str, object]]] = {"empty": [], "full": []}
    for home in homes.values():
        started(home)  # once for the disk's cache
    for _ in range(starts):
        for name, home in homes.items():
            runs[name].append(started(home))
    start = {name: median(run["start_ms"] for run in told) for name, told in runs.items()}
    search = [each for run in runs["full"] for each in run["search_ms"]]
    scroll = [each for run in runs["full"] for each in run["scroll_ms"]]
    memory = {name: median(run["memory_mib"] for run in told) for name, told in runs.items()}
    after = median(run["memory_after_mib"] for run in runs["full"])
    return {
        "lines": runs["full"][0]["lines"],
        "start_empty_ms": round(start["empty"]),
        "start_full_ms": round(start["full"]),
        "start_ratio": round(start["full"] / start["empty"], 3),
        "search_p95_ms": round(quantiles(search, n=20)[-1], 1),
        "search_max_ms": round(max(search), 1),
        "scroll_p95_ms": round(quantiles(scroll, n=20)[-1], 1),
        "scroll_max_ms": round(max(scroll), 1),
        "memory_empty_mib": round(memory["empty"]),
        "memory_full_mib": round(memory["full"]),
        "memory_after_searches_mib": round(after),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        print(json.dumps(window(options.child)))
        return
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), options.conversations, options.turns, options.starts)
    if options.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:<26} {value}")


if __name__ == "__main__":
    main()
