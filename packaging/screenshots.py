"""Take the pictures of the documentation from the real window with the demo model.

    python packaging/screenshots.py docs/images

Needs a display (`xvfb-run -a -s "-screen 0 1920x1080x24"` gives one).
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QEventLoop, QLocale, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget

from steerlm_studio import resources
from steerlm_studio.ui.compare.columns import Column, Columns
from steerlm_studio.ui.icons import app_icon
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.translations import install_translations
from steerlm_studio.ui.window import MainWindow

CHECKPOINT = Path(__file__).parents[1] / "tests" / "fixtures" / "nemo" / "legacy_bf16.nemo"
PATIENCE = 120_000  # ms for one step
SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}

QUESTIONS = (
    "What is tea?",
    "How do bees make honey?",
    "Why do people keep cats?",
    "Tell me about volcanoes.",
    "How do I look after a bicycle?",
    "Where does chocolate come from?",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(["steerlm-studio"])
    app.setWindowIcon(app_icon())
    install_translations(app, QLocale("en"))
    with tempfile.TemporaryDirectory() as home:
        theme = Theme(app)
        store = QSettings(f"{home}/settings.ini", QSettings.Format.IniFormat)
        window = MainWindow(theme, store, ["--threads=1"])
        window.resize(1280, 770)
        window.show()
        _take(window, theme, folder)
        window.close()
    return 0


def _take(window: MainWindow, theme: Theme, folder: Path) -> None:
    window.open_model(resources.demo_model())
    _wait(lambda: window.model is not None and window.model.ready is not None)
    _grab(window, theme, folder / "start")
    window.ask("How do bees make honey?")
    _wait(lambda: window.session.active is None)
    window.steering.apply(window.steering.steering.having(verbosity=1, humor=3))
    window.answering.resteer()
    _wait(lambda: window.session.active is None)
    _grab(window, theme, folder / "chat")
    _take_devices(window, theme, folder)
    _take_comparison(window, theme, folder)
    _take_sweep(window, theme, folder)
    _take_batch(window, theme, folder)
    _take_export(window, theme, folder)


def _take_devices(window: MainWindow, theme: Theme, folder: Path) -> None:
    """The memory of the machine that takes the pictures, and its GPUs where there are any."""
    dock = window.frame.devices_dock
    dock.show()
    _wait(lambda: bool(window.frame.devices.rows))
    window.ask("Tell me about volcanoes.")
    _wait(lambda: window.session.active is None)
    _rest(20_000)  # so that the plot has a line
    _grab(window, theme, folder / "devices", "light")
    dock.hide()


def _take_comparison(window: MainWindow, theme: Theme, folder: Path) -> None:
    window.conversing.start_new()
    window.viewing.show("compare")
    base = window.steering.preset.steering
    told = (base, base.having(humor=4), base.having(verbosity=1))
    window.comparing.become(Columns(tuple(Column(n, one) for n, one in enumerate(told))))
    window.ask("Why do people keep cats?")
    _wait(lambda: window.session.active is None)
    _grab(window, theme, folder / "compare", "light")
    window.findChild(QDockWidget, "throughput").hide()
    foot = window.page.compare.foot
    foot.set_shown("words")
    foot.table.setChecked(True)
    _rest(500)
    _grab(window, theme, folder / "differences", "dark")


def _take_sweep(window: MainWindow, theme: Theme, folder: Path) -> None:
    window.conversing.start_new()
    window.viewing.show("sweep")
    window.steering.apply(window.steering.preset.steering)
    page = window.page.sweep
    page.restore({"across": ["complexity", "0-4"], "down": ["", ""], "measure": "lix"})
    window.ask("How do bees make honey?")
    _wait(lambda: not window.sweeping.is_running)
    _grab(window, theme, folder / "strip", "light")
    page.restore({"across": ["humor", "0-4"], "down": ["verbosity", "0-4"], "measure": "change"})
    page.restore({"tokens": 100})
    window.sweeping.run_again()
    _wait(lambda: not window.sweeping.is_running)
    _grab(window, theme, folder / "grid", "dark")


def _take_batch(window: MainWindow, theme: Theme, folder: Path) -> None:
    folder, here = folder.resolve(), Path.cwd()
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)  # so that no path of this machine is in the picture
        Path("prompts.txt").write_text("\n".join(QUESTIONS))
        dialog = window.batching.open()
        form = dialog.form
        form.prompts.set_path(Path("prompts.txt"))
        form.source.setCurrentIndex(form.source.findData("sweep"))
        form.attribute.setCurrentIndex(form.attribute.findData("verbosity"))
        dialog.start.click()
        _wait(lambda: _full_rows(dialog.table.model()) >= 2)
        dialog.table.setCurrentIndex(dialog.table.model().index(0, 2))
        theme.set_scheme(SCHEMES["light"])
        _rest(500)
        dialog.grab().save(str(folder / "batch-light.png"))
        window.batching.stop()
        os.chdir(here)


def _full_rows(table: QAbstractItemModel) -> int:
    """Those with an answer in every column, as they are shown."""
    columns = range(table.columnCount())
    rows = range(table.rowCount() if columns else 0)
    return sum(all(table.index(row, column).data() for column in columns) for row in rows)


def _take_export(window: MainWindow, theme: Theme, folder: Path) -> None:
    dialog = window.exporting.open(CHECKPOINT)
    _wait(lambda: dialog.plan.types.total() is not None)
    dialog.plan.output.set_folder(Path("models"))  # no path of this machine
    dialog.plan.output.note.clear()
    theme.set_scheme(SCHEMES["light"])
    _rest(800)
    dialog.grab().save(f"{folder}/export-light.png")
    dialog.close()


def _grab(window: MainWindow, theme: Theme, stem: Path, *names: str) -> None:
    """In these modes, else in both."""
    for name in names or SCHEMES:
        theme.set_scheme(SCHEMES[name])
        _rest(800)
        window.grab().save(f"{stem}-{name}.png")
        print(f"{stem}-{name}.png", flush=True)


def _wait(reached: Callable[[], bool]) -> None:
    """Let the window work until something holds, and a little longer for the paint."""
    loop, poll = QEventLoop(), QTimer()
    poll.timeout.connect(lambda: reached() and loop.quit())
    poll.start(20)
    QTimer.singleShot(PATIENCE, loop, lambda: loop.exit(1))
    if loop.exec():
        sys.exit("The window did not get there in two minutes.")
    _rest(300)


def _rest(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
