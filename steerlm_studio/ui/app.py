"""Starting the window: the application, its looks, and the model to begin with."""

import argparse
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QLocale, QSettings, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from steerlm_studio import folders, resources
from steerlm_studio.folders import APP
from steerlm_studio.memory_need import CACHES
from steerlm_studio.store.health import open_store
from steerlm_studio.store.store import default_path
from steerlm_studio.ui.collecting import Collecting
from steerlm_studio.ui.icons import app_icon
from steerlm_studio.ui.preferences import load_preferences
from steerlm_studio.ui.settings import settings
from steerlm_studio.ui.single_instance import SingleInstance
from steerlm_studio.ui.theme import Theme
from steerlm_studio.ui.translations import install_translations, locale_for
from steerlm_studio.ui.window import MainWindow

NO_DISPLAY = (
    "steerlm-studio: there is no display to show the window on (DISPLAY and WAYLAND_DISPLAY are "
    "not set). Start it on a desktop or through ssh -X; `steerlm-studio --help` lists the commands "
    "that work without one."
)

BUSY_SECONDS = 1.0  # that the window may stand still while another program writes
HANDED_OVER = "steerlm-studio: the window that is open already was brought forward."


def run(arguments: Sequence[str]) -> int:
    """Show the window until it is closed; `arguments` are those after the program's name."""
    options = _options(arguments)
    if _has_no_display():
        print(NO_DISPLAY, file=sys.stderr)
        return 1
    app = QApplication([APP])
    app.setApplicationName(APP)
    app.setApplicationDisplayName("SteerLM Studio")
    app.setDesktopFileName(APP)
    app.setWindowIcon(app_icon())
    remembered = settings()
    QLocale.setDefault(
        locale_for(load_preferences(remembered).language)
    )  # numbers go with the words
    install_translations(app, QLocale())
    instance = SingleInstance(folders.data())
    files = options.files
    if not instance.claim() and instance.hand_over(files):
        print(HANDED_OVER)
        return 0
    theme = Theme(app)
    result, reopens = 0, True
    while reopens:
        result, reopens = _show(app, theme, remembered, options, instance)
    instance.release()
    return result


def _show(
    app: QApplication,
    theme: Theme,
    remembered: QSettings,
    options: argparse.Namespace,
    instance: SingleInstance,
) -> tuple[int, bool]:
    """One window until it is closed; its result, and whether another is wanted after it."""
    opened = open_store(default_path(), busy_seconds=BUSY_SECONDS)
    window = MainWindow(theme, remembered, _engine_options(options), opened)
    _close_when_asked(window)
    arrived = instance.files_arrived.connect(lambda files: _come_forward(window, files))
    window.show()
    window.page.composer.setFocus()
    # after the window is painted: it comes up at once whatever the model's size
    QTimer.singleShot(0, window, lambda: _load_first(window, options.files))
    collecting = Collecting(app)
    result = app.exec()
    collecting.end()
    instance.files_arrived.disconnect(arrived)
    reopens = window.reopens
    window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return result, reopens


def _come_forward(window: MainWindow, files: Sequence[Path]) -> None:
    """Another start was asked for: this window is it."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    window.incoming.take(files)


def _load_first(window: MainWindow, files: Sequence[Path]) -> None:
    if files:
        window.incoming.take(files)
    elif resources.demo_model().is_file():
        window.last_model.load_at_start(resources.demo_model())


def _has_no_display() -> bool:
    """Qt itself would abort the process there."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform == "linux" and not any(os.environ.get(name) for name in named)


def _close_when_asked(window: MainWindow) -> None:
    """Ctrl+C in the terminal and SIGTERM close the window; nothing is asked then."""
    ours, pythons = socket.socketpair()
    for end in (ours, pythons):
        end.setblocking(False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read, window)
    notifier.activated.connect(lambda: (ours.recv(64), window.end()))
    signal.set_wakeup_fd(pythons.fileno())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: pythons)  # holds the socket; the notifier acts


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=APP, description="The SteerLM Studio window.")
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        type=Path,
        help="a GGUF file, a checkpoint to export, a folder with models, conversations to import",
    )
    parser.add_argument("--model", dest="named", type=Path, metavar="FILE", help="the same")
    parser.add_argument("--context", type=int, help="tokens of one conversation")
    parser.add_argument("--gpu-layers", type=int, help="layers on the GPU, -1 for all")
    parser.add_argument("--threads", type=int, help="CPU threads, 0 to adapt them")
    parser.add_argument("--cache", choices=CACHES, help="how keys and values are kept")
    parser.add_argument("--split", help="shares of the layers for several GPUs, e.g. 3,1")
    options = parser.parse_args(arguments)
    if options.named is not None:
        options.files.insert(0, options.named)
    return options


def _engine_options(options: argparse.Namespace) -> list[str]:
    named = {
        "--context": options.context,
        "--gpu-layers": options.gpu_layers,
        "--threads": options.threads,
        "--cache": options.cache,
        "--split": options.split,
    }
    return [f"{name}={value}" for name, value in named.items() if value is not None]


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
